import TopoCompute

/// The parameters of consecutive layers of a population's networks in one piece of device memory,
/// for a `ForwardPass` of these layers.
public struct SegmentParameters: Sendable {
  /// The networks' architecture.
  public let architecture: Architecture
  /// Indices of the layers.
  public let layers: Range<Int>
  /// Number of networks.
  public let members: Int
  /// A view of each tensor, in the order of `architecture.parameters`; nil for other layers'.
  public let tensors: [Tensor?]
  private let arena: Tensor
  private let offsets: [Int?]

  /// Zeroed memory for `members` networks.
  /// - Throws: `DeviceError` if there is not enough memory.
  public init(
    _ architecture: Architecture, layers: Range<Int>, members: Int, device: any Device
  ) throws {
    var count = 0
    let offsets: [Int?] = architecture.parameters.map { parameter in
      guard layers.contains(parameter.layer) else { return nil }
      defer {
        let line = ParameterArenaLayout.alignment
        count += (parameter.count + line - 1) / line * line
      }
      return count
    }
    let arena = try device.makeTensor(members: members, shape: [max(count, 1)])
    self.architecture = architecture
    self.layers = layers
    self.members = members
    self.arena = arena
    self.offsets = offsets
    tensors = zip(architecture.parameters, offsets).map { parameter, offset in
      offset.map { arena.view(at: $0, shape: parameter.shape) }
    }
  }

  /// Copies the layers' parameters to the device, one network for each member.
  /// - Throws: `DeviceError`.
  public func write(_ states: [StateDictionary], device: any Device) throws {
    precondition(states.count == members)
    var values = [Float](repeating: 0, count: members * arena.count)
    values.withUnsafeMutableBufferPointer { values in
      for (member, state) in states.enumerated() {
        for (tensor, offset) in zip(state.tensors, offsets) {
          guard let offset else { continue }
          let start = member * arena.count + offset
          _ = values[start..<start + tensor.count].update(fromContentsOf: tensor)
        }
      }
    }
    try device.write(values, to: arena)
  }
}
