import TopoCompute

/// The tensors of a population's networks in device memory: one arena of trainable values, so that
/// one operation of the optimizer updates all of them, and one of running statistics.
public struct ParameterArena: Sendable {
  /// The networks' architecture.
  public let architecture: Architecture
  /// Number of networks.
  public let members: Int
  /// Trainable values, dense `[value]`, with gaps of zeros between tensors.
  public let trainable: Tensor
  /// A view of each tensor, in the order of `architecture.parameters`.
  public let tensors: [Tensor]
  private let statistics: Tensor?
  private let offsets: [Int]

  /// Zeroed memory for `members` networks.
  /// - Throws: `DeviceError` if there is not enough memory.
  public init(architecture: Architecture, members: Int, device: any Device) throws {
    let layout = ParameterArenaLayout(architecture)
    let trainable = try device.makeTensor(members: members, shape: [layout.trainableCount])
    let statistics =
      layout.statisticsCount > 0
      ? try device.makeTensor(members: members, shape: [layout.statisticsCount]) : nil
    self.architecture = architecture
    self.members = members
    self.trainable = trainable
    self.statistics = statistics
    offsets = layout.offsets
    tensors = zip(architecture.parameters, layout.offsets).map { parameter, offset in
      let arena = parameter.isTrainable ? trainable : statistics ?? trainable
      return arena.view(at: offset, shape: parameter.shape)
    }
  }

  /// Memory laid out like the trainable values, for example for gradients, and a view of it for
  /// each tensor of `architecture.parameters` (nil for running statistics).
  /// - Throws: `DeviceError` if there is not enough memory.
  public func makeCompanion(device: any Device) throws -> (arena: Tensor, tensors: [Tensor?]) {
    let arena = try device.makeTensor(members: members, shape: trainable.shape)
    let tensors = zip(architecture.parameters, offsets).map { parameter, offset in
      parameter.isTrainable ? arena.view(at: offset, shape: parameter.shape) : nil
    }
    return (arena, tensors)
  }

  /// Copies networks of the arena's architecture to the device, one for each member. If there are
  /// fewer networks than members, the members left over get the first one.
  /// - Throws: `DeviceError`.
  public func write(_ states: [StateDictionary], device: any Device) throws {
    precondition((1...members).contains(states.count))
    precondition(states.allSatisfy { $0.architecture == architecture })
    let states = states + Array(repeating: states[0], count: members - states.count)
    for (arena, trainable) in [(Optional(trainable), true), (statistics, false)] {
      guard let arena else { continue }
      var values = [Float](repeating: 0, count: members * arena.count)
      for (member, state) in states.enumerated() {
        for (index, parameter) in architecture.parameters.enumerated()
        where parameter.isTrainable == trainable {
          let start = member * arena.count + offsets[index]
          values.replaceSubrange(start..<start + parameter.count, with: state.tensors[index])
        }
      }
      try device.write(values, to: arena)
    }
  }

  /// Copies the networks from the device.
  /// - Throws: `DeviceError`.
  public func read(device: any Device) throws -> [StateDictionary] {
    let values = try device.read(trainable, as: Float.self)
    let running = try statistics.map { try device.read($0, as: Float.self) } ?? []
    return (0..<members).map { member in
      let tensors = architecture.parameters.enumerated().map { index, parameter in
        let (source, count) =
          parameter.isTrainable
          ? (values, trainable.count) : (running, statistics?.count ?? 0)
        let start = member * count + offsets[index]
        return Array(source[start..<start + parameter.count])
      }
      return StateDictionary(architecture: architecture, tensors: tensors)
    }
  }

  /// Cuts values laid out as the arena's trainable ones, for one member, into one array for each
  /// trainable tensor, in the order of `architecture.parameters`.
  public func split(_ values: ArraySlice<Float>) -> [[Float]] {
    zip(architecture.parameters, offsets).compactMap { parameter, offset in
      guard parameter.isTrainable else { return nil }
      let start = values.startIndex + offset
      return Array(values[start..<start + parameter.count])
    }
  }

  /// The inverse of `split`: gaps are zero.
  public func join(_ tensors: [[Float]]) -> [Float] {
    var values = [Float](repeating: 0, count: trainable.count)
    let trainables = zip(architecture.parameters, offsets).filter { $0.0.isTrainable }
    for (tensor, (parameter, offset)) in zip(tensors, trainables) {
      values.replaceSubrange(offset..<offset + parameter.count, with: tensor)
    }
    return values
  }
}

/// The offset of each tensor in its arena.
struct ParameterArenaLayout {
  /// Tensors begin at multiples of this many values, a cache line.
  static let alignment = 16

  private(set) var offsets: [Int] = []
  private(set) var trainableCount = 0
  private(set) var statisticsCount = 0

  init(_ architecture: Architecture) {
    for parameter in architecture.parameters {
      let size = (parameter.count + Self.alignment - 1) / Self.alignment * Self.alignment
      offsets.append(parameter.isTrainable ? trainableCount : statisticsCount)
      if parameter.isTrainable { trainableCount += size } else { statisticsCount += size }
    }
  }
}
