import Testing
import TopoCompute
import TopoFoundation
import TopoSheets

@testable import TopoNetworks

/// Passes over all or some layers, forward and backward.
@Suite("Passes", .serialized) struct ForwardPassTests {
  static let batch = 3
  static let members = 2

  /// Memory with networks, and images of all members.
  struct Prepared {
    var device: any Device
    var parameters: ParameterArena
    var input: Tensor

    init(_ architecture: Architecture) throws {
      device = try CPUDevice(threads: 2)
      parameters = try ParameterArena(
        architecture: architecture, members: members, device: device)
      try parameters.write(InputGradientTests.networks(architecture), device: device)
      let shape = architecture.input
      input = try device.makeActivation(
        members: members, shape: [batch, shape.channels, shape.rows, shape.columns],
        elementType: .float32, lifetime: .persistent)
      try device.write(
        InputGradientTests.numbers(members * input.count, seed: 5), to: input)
    }
  }

  @Test("training fuses and reorders, inference reorders") func steps() throws {
    let cifar = try Architecture.cifar10()
    let layers = cifar.layers.indices
    let fused = cifar.executionSteps(layers, isTraining: true)
    #expect(fused.filter(\.isFused).map(\.layer) == [1, 5, 9])
    #expect(fused.flatMap(\.layers) == Array(layers))
    let plain = cifar.executionSteps(layers, isTraining: false)
    #expect(plain.filter(\.isFused).isEmpty)
    #expect(plain.prefix(5).map(\.layer) == [0, 1, 3, 2, 4])
    #expect(cifar.executionSteps(0..<3, isTraining: true).map(\.layer) == [0, 1, 2])
  }

  @Test("two parts of a network give the bits of the whole") func parts() throws {
    for architecture in try InputGradientTests.architectures() {
      let prepared = try Prepared(architecture)
      let (device, parameters) = (prepared.device, prepared.parameters)
      let whole = try ForwardPass(parameters, input: prepared.input, device: device)
      try device.run(whole.operations)
      let wanted = try device.read(whole.output, as: Float.self)
      let sheet = try device.read(whole.sheet, as: Float.self)
      func part(_ layers: Range<Int>, _ input: Tensor) throws -> ForwardPass {
        try ForwardPass(
          architecture, layers: layers, parameters: parameters.tensors, members: Self.members,
          input: input, keeping: .everything, device: device)
      }
      let cut = architecture.sheetIndex
      let first = try part(0..<cut, prepared.input)
      let second = try part(cut..<architecture.layers.count, first.output)
      try device.run(first.operations + second.operations)
      let logits = try device.read(second.output, as: Float.self)
      let units = try device.read(second.sheet, as: Float.self)
      #expect(logits == wanted && units == sheet, "\(architecture.name)")
    }
  }

  @Test("the ReLU after dropout leaves the sheet before ReLU alone")
  func sheetBeforeDropout() throws {
    let image = ImageShape(channels: 2, rows: 6, columns: 5)
    let sheets = try [[Layer.relu, .dropout(rate: 0.5)], [.dropout(rate: 0.5), .relu]].map {
      let architecture = try Architecture(
        name: "order", input: image,
        layers: [.globalAveragePooling, .sheet(name: "sheet", Sheet(rows: 2, columns: 3))] + $0
          + [.linear(name: "out", outputs: 4)])
      let prepared = try Prepared(architecture)
      let pass = try ForwardPass(
        prepared.parameters, input: prepared.input, device: prepared.device)
      try prepared.device.run(pass.operations)
      return try prepared.device.read(pass.sheet, as: Float.self)
    }
    #expect(sheets[0] == sheets[1])
    let lowest = try #require(sheets[0].min())
    #expect(lowest < 0)
  }

  @Test("gradients of parameters and of the input are the same together and apart")
  func gradientsTogether() throws {
    for architecture in try InputGradientTests.architectures() {
      func gradients(parameters: Bool, input: Bool) throws -> (weights: [Float], images: [Float]) {
        let prepared = try Prepared(architecture)
        let device = prepared.device
        let clock = try device.makeTensor(
          members: Self.members, shape: [2], elementType: .uint32, lifetime: .persistent)
        let seeds = try device.makeTensor(
          members: Self.members, shape: [2], values: (0..<4).map { UInt32($0) })
        let forward = try ForwardPass(
          prepared.parameters, input: prepared.input, mode: .training(seeds: seeds, clock: clock),
          keeping: .nothing, device: device)
        let companion = try prepared.parameters.makeCompanion(device: device)
        let images = try device.makeActivation(
          members: Self.members, shape: prepared.input.shape, elementType: .float32,
          lifetime: .persistent)
        let logitsGradient = try device.makeTensor(
          members: Self.members, shape: forward.output.shape, elementType: .float32,
          lifetime: .persistent)
        try device.write(
          InputGradientTests.numbers(Self.members * logitsGradient.count, seed: 9),
          to: logitsGradient)
        let backward = try BackwardPass(
          forward, outputGradient: logitsGradient,
          parameterGradients: parameters ? companion.tensors : nil,
          inputGradient: input ? images : nil, device: device)
        try device.run(forward.operations + backward.operations)
        return (
          try device.read(companion.arena, as: Float.self),
          try device.read(images, as: Float.self)
        )
      }
      let both = try gradients(parameters: true, input: true)
      let weights = try gradients(parameters: true, input: false).weights
      let images = try gradients(parameters: false, input: true).images
      #expect(weights == both.weights && images == both.images, "\(architecture.name)")
      let (steepest, brightest) = (both.weights.max() ?? 0, both.images.max() ?? 0)
      #expect(steepest > 0 && brightest > 0, "\(architecture.name)")
    }
  }
}
