import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoSheets
import TopoVerification

@testable import TopoNetworks

/// The gradient with respect to the images: of small networks with every kind of layer first, and
/// in every order that matters.
@Suite("Input gradients", .serialized) struct InputGradientTests {
  static let batch = 2
  static let members = 2

  static func architectures() throws -> [Architecture] {
    let image = ImageShape(channels: 2, rows: 6, columns: 5)
    let (same, pair) = (Window(3, padding: 1), Window(2, stride: 2))
    let head: [Layer] = [
      .globalAveragePooling, .sheet(name: "sheet", Sheet(rows: 2, columns: 3)), .relu,
      .dropout(rate: 0.5), .linear(name: "out", outputs: 4),
    ]
    func convolution(_ name: String, _ outputs: Int, _ window: Window) -> Layer {
      .convolution(name: name, outputs: outputs, window: window)
    }
    let layers: [(String, [Layer])] = [
      (
        "convolution first",
        [
          convolution("c1", 5, same), .batchNormalization(name: "b1"), .relu, .maxPooling(pair),
          convolution("c2", 4, same), .relu,
        ]
      ),
      (
        "ReLU before batch normalization",
        [
          convolution("c1", 3, Window(3, stride: 2, padding: 1)), .relu,
          .batchNormalization(name: "b1", epsilon: 0.01), convolution("c2", 4, Window(2)),
        ]
      ),
      (
        "batch normalization first",
        [
          .batchNormalization(name: "b1"), .relu,
          .maxPooling(Window(3, stride: 2, padding: 1)), convolution("c1", 8, same),
        ]
      ),
      ("ReLU first", [.relu, convolution("c1", 3, same), .batchNormalization(name: "b1"), .relu]),
      ("pooling first", [.maxPooling(pair), convolution("c1", 3, same)]),
      ("global pooling first", []),
    ]
    return try layers.map { name, layers in
      try Architecture(name: name, input: image, layers: layers + head)
    }
  }

  /// Multiples of 2^-10, so that small steps from them are exact.
  static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var source = RandomSequence(Philox(seed: seed, purpose: .test))
    return (0..<count).map { _ in (Float(source.next(below: 4096)) - 2047.5) / 1024 }
  }

  static func networks(_ architecture: Architecture) -> [StateDictionary] {
    (0..<members).map { member in
      StateDictionary(
        architecture: architecture,
        tensors: architecture.parameters.enumerated().map { index, parameter in
          let drawn = numbers(parameter.count, seed: UInt64(100 * member + index))
          return parameter.role == .runningVariance ? drawn.map { 0.5 + abs($0) } : drawn
        })
    }
  }

  /// A program on a device, with networks and targets in place; the last image has no target.
  struct Prepared {
    var program: InputGradientProgram
    var input: Tensor
    var device: any Device

    static let targets: [Int32] = [2, -1]

    init(_ architecture: Architecture, device: any Device) throws {
      let parameters = try ParameterArena(
        architecture: architecture, members: members, device: device)
      try parameters.write(networks(architecture), device: device)
      let shape = architecture.input
      input = try device.makeActivation(
        members: members, shape: [batch, shape.channels, shape.rows, shape.columns],
        elementType: .float32, lifetime: .persistent)
      program = try InputGradientProgram(
        parameters: parameters, input: input,
        targets: try device.makeTensor(members: 1, shape: [batch], values: Self.targets),
        device: device)
      self.device = device
    }

    func gradient(at values: [Float]) throws -> [Float] {
      try device.write(values, to: input)
      try device.run(program.operations)
      return try device.read(program.inputGradient, as: Float.self)
    }

    /// Mean loss over the batch, by member, in double precision.
    func losses(at values: [Float]) throws -> [Double] {
      try device.write(values, to: input)
      try device.run(program.forward.operations)
      let logits = (device as? ReferenceDevice)?.values(of: program.forward.output) ?? []
      let classes = logits.count / members / batch
      return (0..<members).map { member in
        (0..<batch).reduce(0) { sum, image in
          let first = (member * batch + image) * classes
          let row = logits[first..<first + classes]
          let target = Int(Self.targets[image])
          if target < 0 { return sum }
          let all = row.reduce(0) { $0 + exp($1) }
          return sum + (log(all) - row[first + target]) / Double(batch)
        }
      }
    }
  }

  @Test("against central differences") func differences() throws {
    for architecture in try Self.architectures() {
      let prepared = try Prepared(architecture, device: ReferenceDevice())
      let count = Self.batch * architecture.input.count
      let point = Self.numbers(Self.members * count, seed: 7)
      let gradient = try prepared.gradient(at: point)
      // Small, so that hardly any ReLU or maximum tips over within it.
      let step: Float = 0x1p-18
      var worst = 0.0
      // Both members move the same pixel at a time.
      for index in 0..<count {
        func losses(_ move: Float) throws -> [Double] {
          var moved = point
          for member in 0..<Self.members { moved[member * count + index] += move }
          return try prepared.losses(at: moved)
        }
        let (above, below) = (try losses(step), try losses(-step))
        for member in 0..<Self.members {
          let slope = (above[member] - below[member]) / Double(2 * step)
          worst = max(worst, abs(slope - Double(gradient[member * count + index])))
        }
      }
      let largest = gradient.reduce(0) { max($0, abs($1)) }
      #expect(largest > 0.01, "\(architecture.name)")
      #expect(worst < 1e-4 * max(1, Double(largest)), "\(architecture.name): off by \(worst)")
      let size = architecture.input.count
      for member in 0..<Self.members {
        let last = gradient[(member + 1) * count - size..<(member + 1) * count]
        #expect(last.allSatisfy { $0 == 0 }, "an image without a target has no gradient")
      }
    }
  }

  @Test("on every device as in double precision, alone as in company") func devices() throws {
    var devices: [any Device] = [try CPUDevice(threads: 1), try CPUDevice(threads: 3)]
    devices += try TestDevices.openCL.map { try OpenCLDevice(index: $0) }
    for architecture in try Self.architectures() {
      let point = Self.numbers(
        Self.members * Self.batch * architecture.input.count, seed: 7)
      let wanted = try Prepared(architecture, device: ReferenceDevice()).gradient(at: point)
      let scale = wanted.reduce(0) { max($0, abs($1)) }
      for device in devices {
        let prepared = try Prepared(architecture, device: device)
        let found = try prepared.gradient(at: point)
        let worst = zip(found, wanted).map { abs($0 - $1) }.max() ?? .infinity
        #expect(
          worst <= 1e-5 * scale, "\(architecture.name) on \(device.information.name): \(worst)")
        #expect(try prepared.gradient(at: point) == found)
      }
    }
  }
}
