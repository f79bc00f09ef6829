import TopoCompute

/// A case's tensors on a device, for some of its members.
struct CaseMemory {
  /// What is written where nothing may write, and where outputs have not been written.
  enum Filler {
    /// A NaN with a known payload: it spreads into every result that reads it.
    case notANumber
    /// A finite value: remains where an operation writes nothing.
    case finite

    func bits(_ type: ElementType) -> UInt32 {
      switch (self, type) {
      case (.notANumber, .float32): 0x7FC5_A5A5
      case (.finite, .float32): 0x4B3C_614E
      case (.notANumber, .uint8): 0xE5
      case (.finite, .uint8): 0x77
      case (.notANumber, _): 0xA5A5_A5A5
      case (.finite, _): 0x5C5C_5C5C
      }
    }
  }

  private struct Slot {
    let argument: Argument
    /// What the operations get.
    let tensor: Tensor
    /// What `tensor` is a view of, if it is one.
    let whole: Tensor?
  }

  /// Elements of sentinels before and after each member's values. The first is odd, so that views
  /// begin at addresses that suit no vector type; both exceed what a tile may stick out.
  private static let before = 67
  private static let after = 70

  /// Members of the case that live here, in order.
  let members: [Int]
  private let slots: [Slot]

  /// Allocates a case's tensors on a device.
  /// - Parameter guarded: whether to surround dense tensors with sentinels.
  init(
    _ operationCase: OperationCase, on device: any Device, members: [Int], guarded: Bool
  ) throws {
    self.members = members
    slots = try operationCase.arguments.map { argument in
      try Self.makeSlot(
        argument, on: device, members: argument.shared ? 1 : members.count, guarded: guarded)
    }
  }

  private static func makeSlot(
    _ argument: Argument, on device: any Device, members: Int, guarded: Bool
  ) throws -> Slot {
    let lifetime: TensorLifetime = argument.role == .step ? .step : .persistent
    if argument.placement == .activation {
      let tensor = try device.makeActivation(
        members: members, shape: argument.shape, elementType: argument.elementType,
        lifetime: lifetime)
      if tensor.layout != .dense || !guarded || argument.role == .step {
        return Slot(argument: argument, tensor: tensor, whole: nil)
      }
    } else if !guarded || argument.role == .step {
      let tensor = try device.makeTensor(
        members: members, shape: argument.shape, elementType: argument.elementType,
        lifetime: lifetime)
      return Slot(argument: argument, tensor: tensor, whole: nil)
    }
    let whole = try device.makeTensor(
      members: members, shape: [before + argument.count + after],
      elementType: argument.elementType, lifetime: .persistent)
    return Slot(
      argument: argument, tensor: whole.view(at: before, shape: argument.shape), whole: whole)
  }

  /// The tensors to prepare operations with.
  var tensors: OperationCase.Tensors {
    OperationCase.Tensors(
      Dictionary(uniqueKeysWithValues: slots.map { ($0.argument.name, $0.tensor) }))
  }

  /// The arguments and what the operations get for them.
  var arguments: [(argument: Argument, tensor: Tensor)] {
    slots.map { ($0.argument, $0.tensor) }
  }

  /// Writes the values from which a run starts.
  func fill(_ device: any Device, with values: CaseValues, filler: Filler) throws {
    for slot in slots where slot.argument.role != .step {
      let argument = slot.argument
      let fillerBits = filler.bits(argument.elementType)
      let parts = (argument.shared ? [0] : members).map { member in
        argument.role == .output
          ? [UInt32](repeating: fillerBits, count: argument.count)
          : values[argument.name, member].bits
      }
      if let whole = slot.whole {
        let bits = parts.flatMap { part in
          [UInt32](repeating: fillerBits, count: Self.before) + part
            + [UInt32](repeating: fillerBits, count: Self.after)
        }
        try device.write(HostValues(elementType: argument.elementType, bits: bits), to: whole)
      } else {
        try device.write(
          HostValues(elementType: argument.elementType, bits: parts.reduce(into: []) { $0 += $1 }),
          to: slot.tensor)
      }
    }
  }

  /// Reads all tensors back.
  /// - Returns: the elements of each member by argument name, and a sentence about the first
  ///   sentinel that changed.
  func read(
    _ device: any Device, filler: Filler
  ) throws -> (values: [String: [HostValues]], violation: String?) {
    var values: [String: [HostValues]] = [:]
    var violation: String?
    for slot in slots where slot.argument.role != .step {
      let argument = slot.argument
      let (before, after) = slot.whole == nil ? (0, 0) : (Self.before, Self.after)
      let bits = try device.readValues(slot.whole ?? slot.tensor).bits
      let stride = before + argument.count + after
      values[argument.name] = (0..<slot.tensor.members).map { member in
        let first = member * stride + before
        return HostValues(
          elementType: argument.elementType, bits: Array(bits[first..<first + argument.count]))
      }
      let fillerBits = filler.bits(argument.elementType)
      for member in 0..<slot.tensor.members where violation == nil {
        let start = member * stride
        let sentinels = [start..<start + before, start + stride - after..<start + stride]
        guard let hit = sentinels.joined().first(where: { bits[$0] != fillerBits }) else {
          continue
        }
        let place = hit - start - before
        let distance = place < 0 ? "\(-place) before" : "\(place - argument.count + 1) after"
        violation =
          "writes out of bounds: element \(distance) `\(argument.name)` of member "
          + "\(members[argument.shared ? 0 : member]) changed"
      }
    }
    return (values, violation)
  }
}

/// The values from which the members of a case start, made once.
struct CaseValues {
  private var values: [String: [HostValues]] = [:]

  init(_ operationCase: OperationCase) {
    for argument in operationCase.arguments
    where argument.role == .input || argument.role == .updated {
      values[argument.name] = (0..<(argument.shared ? 1 : operationCase.members)).map { member in
        let values = argument.values(member)
        precondition(values.count == argument.count, "\(operationCase): \(argument.name)")
        return values
      }
    }
  }

  subscript(name: String, member: Int) -> HostValues {
    guard let values = values[name] else { preconditionFailure("no values for \(name)") }
    return values[values.count == 1 ? 0 : member]
  }
}
