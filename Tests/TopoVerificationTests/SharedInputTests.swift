import Testing
import TopoCompute
import TopoFoundation

/// A linear layer whose input has fewer members than its output.
@Suite("Inputs that serve several members", .serialized) struct SharedInputTests {
  private let batch = 33
  private let inputs = 20
  private let outputs = 17
  private let models = 3
  private let copies = 4

  private func values(_ count: Int, _ stream: UInt32) -> [Float] {
    let source = Philox(seed: 0, purpose: .test, stream: stream)
    return (0..<count).map { Philox.uniform(source.words(at: UInt64($0)).x) - 0.5 }
  }

  /// The same bits as when every member has a copy of its own.
  private func check(_ device: any Device) throws {
    let members = models * copies
    let features = values(models * batch * inputs, 0)
    let size = batch * inputs
    let repeated = (0..<members).flatMap { member in
      features[member / copies * size..<(member / copies + 1) * size]
    }
    func output(_ input: Tensor) throws -> [Float] {
      let output = try device.makeTensor(members: members, shape: [batch, outputs])
      let operation = try device.linear(
        input: input,
        weight: try device.makeTensor(
          members: members, shape: [outputs, inputs], values: values(members * outputs * inputs, 1)),
        bias: try device.makeTensor(
          members: members, shape: [outputs], values: values(members * outputs, 2)),
        output: output)
      try device.run([operation])
      return try device.read(output, as: Float.self)
    }
    let wanted = try output(
      try device.makeTensor(members: members, shape: [batch, inputs], values: repeated))
    let found = try output(
      try device.makeTensor(members: models, shape: [batch, inputs], values: features))
    #expect(found == wanted)
    #expect(Set(wanted).count > members)
  }

  @Test("give the bits of copies", arguments: try VerifiedDevice.all())
  func devices(_ device: VerifiedDevice) throws { try check(device.device) }

  @Test("with each algorithm", arguments: ForcedAlgorithm.all.filter { $0.operation == "linear" })
  func algorithms(_ algorithm: ForcedAlgorithm) throws {
    try check(
      try OpenCLDevice(
        index: algorithm.device, algorithms: [algorithm.operation: algorithm.name]))
  }
}
