import Testing
import TopoCompute

@testable import TopoVerification

/// Damage done to one output of every operation.
enum Damage: CaseIterable, Sendable {
  case corruptedElement, unwrittenElement, writeBefore, writeAfter, dependsOnPopulation
  case changesWhenRepeated

  /// What the failure's sentence says.
  var words: [String] {
    switch self {
    case .corruptedElement, .unwrittenElement: ["should be"]
    case .writeBefore, .writeAfter: ["out of bounds"]
    case .dependsOnPopulation: ["alone", "in a population"]
    case .changesWhenRepeated: ["runs again"]
    }
  }
}

@Suite("The harness notices faults") struct HarnessTests {
  @Test("a device without faults passes") func sound() {
    for result in Verification.run(
      device: ReferenceDevice(), cases: Verification.cases(size: .small))
    {
      #expect(result.passed, "\(result.operation) \(result.name): \(result.failure ?? "")")
      #expect(result.error < 1e-6)
    }
  }

  @Test("each output of each operation, damaged", arguments: Damage.allCases)
  func damaged(_ damage: Damage) throws {
    for operation in OperationFamily.allCases
    where operation != .memory && operation != .sequence {
      let operationCase = try #require(
        Verification.cases(size: .small).first {
          $0.operation == operation && $0.members > 1
        })
      for output in 0..<outputs(of: operationCase) {
        let device = ReferenceDevice()
        let calls = Box(0)
        device.afterOperation = { [unowned device] operation in
          let tensor = operation.outputs[min(output, operation.outputs.count - 1)]
          try apply(damage, to: tensor, of: device, call: calls.value)
          calls.value += 1
        }
        let result = Verification.run(device: device, cases: [operationCase])[0]
        let failure = try #require(result.failure, "\(damage) of \(operationCase), \(output)")
        #expect(
          damage.words.contains { failure.contains($0) }, "\(damage), \(operationCase): \(failure)")
      }
    }
  }

  @Test("an input that changes") func changedInput() throws {
    let (device, input) = (ReferenceDevice(), Box<Tensor?>(nil))
    device.afterOperation = { [unowned device] _ in
      if let tensor = input.value { try change(tensor, of: device) { $0 + 1 } }
    }
    let operationCase = OperationCase(
      .relu, "whose input changes", members: 2,
      arguments: [.input("input", [3]), .output("output", [3])]
    ) { device, tensors in
      input.value = tensors["input"]
      return [try device.relu(input: tensors["input"], output: tensors["output"])]
    }
    let failure = Verification.run(device: device, cases: [operationCase])[0].failure
    #expect(failure == "changes its input: `input[0]` of member 1")
  }

  @Test("a device that refuses one case fails that case only") func refusal() {
    let device = ReferenceDevice()
    device.afterOperation = { operation in
      if operation.name.hasPrefix("relu/") { throw DeviceError("No such kernel.") }
    }
    let cases = Verification.cases(size: .small).filter {
      $0.operation == .relu || $0.operation == .linear
    }
    for result in Verification.run(device: device, cases: cases) {
      #expect(result.passed == (result.operation == .linear))
      if result.operation == .relu {
        #expect(result.failure == "the device refused: No such kernel.")
      }
    }
  }

  @Test("tolerances: one value off, a value that is not a number") func comparison() {
    let sound = Comparison(
      expected: [1, .nan, .infinity], actual: [1, .nan, .infinity], scaleFloor: 0)
    #expect(sound.error == 0 && sound.nmse == 0)
    let off = Comparison(expected: [2, -4, 0], actual: [2, -4, 0.5], scaleFloor: 0)
    #expect(off.error == 0.125 && off.worst == 2 && off.nmse == 0.25 / 20)
    let lost = Comparison(expected: [1, 2], actual: [1, .nan], scaleFloor: 0)
    #expect(lost.error == .infinity && lost.worst == 1)
    let found = Comparison(expected: [1, .nan], actual: [1, 2], scaleFloor: 0)
    #expect(found.error == .infinity)
    let zero = Comparison(expected: [0], actual: [1e-9], scaleFloor: 0)
    #expect(zero.error == .infinity)
  }

  /// Outputs of the operation that a case runs.
  private func outputs(of operationCase: OperationCase) -> Int {
    let device = ReferenceDevice()
    let counted = Box(0)
    device.afterOperation = { counted.value = $0.outputs.count }
    _ = Verification.run(device: device, cases: [operationCase], checks: [])
    return counted.value
  }
}

/// A value that closures share.
private final class Box<Value>: @unchecked Sendable {
  var value: Value

  init(_ value: Value) { self.value = value }
}

private func apply(
  _ damage: Damage, to tensor: Tensor, of device: ReferenceDevice, call: Int
) throws {
  switch damage {
  case .corruptedElement:
    try change(tensor, of: device) { $0 + max(1, abs($0) * 0.01) }
  case .unwrittenElement:
    // What poison leaves behind, in the types that outputs have.
    try change(tensor, of: device) { _ in tensor.elementType == .float32 ? .nan : 99 }
  case .writeBefore:
    try change(shifted(tensor, by: -1), of: device) { _ in 3 }
  case .writeAfter:
    try change(shifted(tensor, by: tensor.count), of: device) { _ in 3 }
  case .dependsOnPopulation:
    // The whole population is right; a smaller one is not.
    if call > 0 && tensor.members == 1 {
      try change(tensor, of: device) { $0.isNaN ? 0 : $0 + max(1, abs($0) * 1e-6) }
    }
  case .changesWhenRepeated:
    if call == 1 {
      try change(tensor, of: device) { $0.isNaN ? 0 : $0 + max(1, abs($0) * 1e-6) }
    }
  }
}

/// Changes the first element of the last member.
private func change(
  _ tensor: Tensor, of device: ReferenceDevice, _ changed: (Double) -> Double
) throws {
  var values = load(tensor, member: tensor.members - 1)
  values.values[0] = changed(values.values[0])
  store(values, in: tensor, member: tensor.members - 1)
}

/// One element per member, `distance` from the first.
private func shifted(_ tensor: Tensor, by distance: Int) -> Tensor {
  Tensor(
    members: tensor.members, shape: [1], elementType: tensor.elementType,
    storage: tensor.storage, offset: tensor.offset + distance, memberStride: tensor.memberStride)
}
