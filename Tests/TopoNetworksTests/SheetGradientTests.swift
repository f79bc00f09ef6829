import TestSupport
import Testing
import TopoCompute
import TopoVerification

@testable import TopoNetworks

/// The gradient of units of the sheet with respect to the images, for the networks of
/// `InputGradientTests`.
@Suite("Gradients of the sheet", .serialized) struct SheetGradientTests {
  static let (batch, members) = (InputGradientTests.batch, InputGradientTests.members)

  /// A program with networks in place. Each member has a copy of the images, because not every
  /// first layer reads shared ones.
  struct Prepared {
    var program: SheetGradientProgram
    var input: Tensor
    var device: any Device
    let units: Int

    init(_ architecture: Architecture, device: any Device) throws {
      let parameters = try ParameterArena(
        architecture: architecture, members: members, device: device)
      try parameters.write(InputGradientTests.networks(architecture), device: device)
      let shape = architecture.input
      input = try device.makeActivation(
        members: members, shape: [batch, shape.channels, shape.rows, shape.columns],
        elementType: .float32, lifetime: .persistent)
      program = try SheetGradientProgram(parameters: parameters, input: input, device: device)
      units = architecture.sheet.units
      self.device = device
    }

    /// By unit: the gradients of all members, dense `[member, image, channel, row, column]`.
    func gradients(at values: [Float]) throws -> [[Float]] {
      try device.write(Array(repeatElement(values, count: members).joined()), to: input)
      try device.run(program.forward.operations)
      return try (0..<units).map { unit in
        var gradient = [Float](repeating: 0, count: members * batch * units)
        for row in 0..<members * batch { gradient[row * units + unit] = 1 }
        try device.write(gradient, to: program.sheetGradient)
        try device.run(program.backward)
        return try device.read(program.inputGradient, as: Float.self)
      }
    }

    /// Dense `[member, image, unit]`, in double precision.
    func sheet(at values: [Float]) throws -> [Double] {
      try device.write(Array(repeatElement(values, count: members).joined()), to: input)
      try device.run(program.forward.operations)
      return (device as? ReferenceDevice)?.values(of: program.forward.sheet) ?? []
    }
  }

  @Test("against central differences") func differences() throws {
    for architecture in try InputGradientTests.architectures() {
      let prepared = try Prepared(architecture, device: ReferenceDevice())
      let size = architecture.input.count
      let point = InputGradientTests.numbers(Self.batch * size, seed: 9)
      let gradients = try prepared.gradients(at: point)
      let step: Float = 0x1p-18
      var worst = 0.0
      // All images move the same pixel at a time.
      for pixel in 0..<size {
        func sheet(_ move: Float) throws -> [Double] {
          var moved = point
          for image in 0..<Self.batch { moved[image * size + pixel] += move }
          return try prepared.sheet(at: moved)
        }
        let (above, below) = (try sheet(step), try sheet(-step))
        for row in 0..<Self.members * Self.batch {
          for unit in 0..<prepared.units {
            let place = row * prepared.units + unit
            let slope = (above[place] - below[place]) / Double(2 * step)
            worst = max(worst, abs(slope - Double(gradients[unit][row * size + pixel])))
          }
        }
      }
      let largest = gradients.joined().reduce(0) { max($0, abs($1)) }
      #expect(largest > 0.01, "\(architecture.name)")
      #expect(worst < 1e-4 * max(1, Double(largest)), "\(architecture.name): off by \(worst)")
      #expect(gradients[0] != gradients[1])
    }
  }

  @Test("on every device as in double precision, in any order of units") func devices() throws {
    var devices: [any Device] = [try CPUDevice(threads: 1), try CPUDevice(threads: 3)]
    devices += try TestDevices.openCL.map { try OpenCLDevice(index: $0) }
    for architecture in try InputGradientTests.architectures() {
      let point = InputGradientTests.numbers(Self.batch * architecture.input.count, seed: 9)
      let wanted = try Prepared(architecture, device: ReferenceDevice()).gradients(at: point)
      let scale = wanted.joined().reduce(0) { max($0, abs($1)) }
      for device in devices {
        let prepared = try Prepared(architecture, device: device)
        let found = try prepared.gradients(at: point)
        for (unit, pair) in zip(found, wanted).enumerated() {
          let worst = zip(pair.0, pair.1).map { abs($0 - $1) }.max() ?? .infinity
          #expect(
            worst <= 1e-5 * scale,
            "\(architecture.name) on \(device.information.name), unit \(unit): \(worst)")
        }
        // A backward run changes nothing that the next one reads.
        #expect(try prepared.gradients(at: point) == found)
      }
    }
  }
}
