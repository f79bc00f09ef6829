import Foundation
import TestSupport
import Testing

@testable import TopoCompute

/// Which devices have tf32, and what is said about the others.
@Suite("Precision") struct PrecisionTests {
  private static let device = DeviceInformation(
    kind: .opencl, identifier: "opencl:2", name: "a GPU", vendor: "", driver: "driver 1",
    computeUnits: 1, memory: 1, maximumAllocation: 1)

  @Test("a trial compares both algorithms with direct sums") func trial() {
    var tried: [String] = []
    let cores = TensorCores.trial(of: .instruction) {
      tried.append($0)
      return [1, 2]
    }
    #expect(cores == .instruction && cores.trouble == nil)
    #expect(tried == ["direct", "tensor", "tensor-split"])
    let support = PrecisionSupport(cores)
    #expect(support.precisions == [.float32, .tf32] && !support.isEmulated)
    #expect(support.failure == nil)
  }

  @Test("a trial that fails is explained in a line")
  func failedTrial() {
    for wrong in ["tensor", "tensor-split"] {
      let cores = TensorCores.trial(of: .instruction) { $0 == wrong ? [1, 3] : [1, 2] }
      #expect(cores == .failed("a trial of its tensor cores gave wrong results"))
      #expect(PrecisionSupport(cores).precisions == [.float32])
      #expect(PrecisionSupport(cores).failure == cores.trouble)
    }
    let unbuilt = TensorCores.trial(of: .instruction) {
      if $0 == "direct" { return [] }
      throw DeviceError("the kernels do not build\nptxas: unknown instruction\n")
    }
    #expect(
      unbuilt == .failed("a trial of its tensor cores failed: the kernels do not build"))
    // No failure if there is nothing to try.
    let absent = PrecisionSupport(.absent("it has no tensor cores"))
    #expect(absent.precisions == [.float32] && absent.failure == nil)
    #expect(PrecisionSupport.cpu == absent)
  }

  @Test("a refusal names the devices that have the precision") func refusal() {
    func said(_ others: [String]) -> String {
      PrecisionSupport.refusal(
        Self.device, .tf32, because: "it has no tensor cores", others: others
      ).description
    }
    let start = "opencl:2 (a GPU) cannot compute in tf32: it has no tensor cores; "
    #expect(said([]) == start + "none of the devices here can, so compute in float32")
    #expect(said(["opencl:0 (H)"]) == start + "opencl:0 (H) can: name it with --device")
    #expect(
      said(["opencl:0 (H)", "opencl:1 (H)"])
        == start + "opencl:0 (H), opencl:1 (H) can: name it with --device")
  }

  @Test("devices without tensor cores refuse", arguments: TestDevices.all)
  func refused(_ name: String) throws {
    let error = try #require(throws: DeviceError.self) {
      try DeviceChoice(name).open(precision: .tf32)
    }
    let start = name == "cpu" ? "cpu (" : "opencl:0 ("
    #expect(error.description.hasPrefix(start))
    #expect(error.description.contains(" cannot compute in tf32: "))
    #expect(try DeviceChoice(name).open().information.precision == .float32)
  }

  @Test("records without a precision are of float32") func records() throws {
    var device = Self.device
    let old = try JSONDecoder().decode(
      DeviceInformation.self,
      from: Data(
        """
        {"kind": "opencl", "identifier": "opencl:2", "name": "a GPU", "vendor": "",
         "driver": "driver 1", "computeUnits": 1, "memory": 1, "maximumAllocation": 1,
         "isAccelerator": false, "limits": []}
        """.utf8))
    #expect(old == device && old.precision == .float32)
    device.precision = .tf32
    let data = try JSONEncoder().encode(device)
    #expect(try JSONDecoder().decode(DeviceInformation.self, from: data) == device)
    #expect(device.driverAndChoices == "driver 1, precision tf32")
    #expect(device.heading == "opencl:2  a GPU, driver 1, in tf32")
    #expect(Self.device.heading == "opencl:2  a GPU, driver 1")
  }

  // MARK: Tables

  private static let text = """
    toposheet-tuning 1
    convolution many-64 implicit-gemm 64x128x16/8x8/u8/b2
    tf32 convolution many-64 tensor 64x256x16/8x16/u16/b2
    tf32 convolution-backward-data many-64 implicit-gemm 64x128x16/8x8/u8/b2
    tf32 convolution-backward-weight many-64 tensor-split 64x128x16/8x8/u16/b2
    linear clblast-from 131072

    """

  @Test("tables have choices of both precisions") func tables() throws {
    let table = try TuningTable(text: Self.text, name: "table")
    #expect(table.text == Self.text)
    let key = TuningTable.Key(.forward, ConvolutionClass(source: 32, target: 64))
    let ofTF32 = TuningTable.Key(key.pass, key.shape, .tf32)
    #expect(table[key]?.algorithm == "implicit-gemm" && table[ofTF32]?.algorithm == "tensor")
    #expect(table.choice(for: ofTF32) == table[ofTF32] && table.choice(for: key) == table[key])
    // What has no choice in tf32 follows float32.
    var other = table
    other[ofTF32] = nil
    #expect(other.choice(for: ofTF32) == table[key])
    // Choices of tf32 change no bits of float32.
    #expect(table.choices(for: .float32).keys == [key])
    #expect(table.choices(for: .tf32) == table)
  }

  @Test("float32 has no tensor cores", arguments: ["tensor", "tensor-split"])
  func noTensorCores(_ algorithm: String) throws {
    let line = "convolution many-64 \(algorithm) 64x128x16/8x8/u16/b2"
    let error = try #require(throws: DeviceError.self) {
      try TuningTable(text: "toposheet-tuning 1\n\(line)\n", name: "table")
    }
    #expect(
      error.description
        == "table, line 2: convolution has no algorithm \(algorithm) in float32; it has direct, "
        + "implicit-gemm")
    #expect(throws: Never.self) {
      try TuningTable(text: "toposheet-tuning 1\ntf32 \(line)\n", name: "table")
    }
  }

  @Test("tuning a precision keeps what was found for the other one") func replacing() throws {
    let table = try TuningTable(text: Self.text, name: "table")
    let tf32 = try TuningTable(
      text: "toposheet-tuning 1\ntf32 convolution many-32 tensor 32x64x16/4x8/u16/b2\n",
      name: "table")
    let lines = Self.text.split(separator: "\n")
    #expect(
      table.replacing(.tf32, with: tf32).lines
        == [String(lines[1]), "tf32 convolution many-32 tensor 32x64x16/4x8/u16/b2"]
        + [String(lines[5])])
    let float32 = try TuningTable(
      text: "toposheet-tuning 1\nconvolution few-32 direct 32x64x16/4x8/u16/b2\n", name: "table")
    #expect(
      table.replacing(.float32, with: float32).lines
        == ["convolution few-32 direct 32x64x16/4x8/u16/b2"] + lines[2...4].map(String.init))
  }
}

/// The emulation of tensor cores, on a device without them.
@Suite(
  "Emulated tensor cores", .serialized,
  .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
struct EmulatedTensorCoreTests {
  private func open(
    _ precision: Precision, _ algorithms: [String: String] = [:],
    tuning: TuningSource = .shipped
  ) throws -> OpenCLDevice {
    try OpenCLDevice(
      index: 0, algorithms: algorithms, tuning: tuning, precision: precision,
      emulatesTensorCores: true)
  }

  private func names(
    _ device: OpenCLDevice, inputs: Int
  ) throws -> [String] {
    let window = Window(3, padding: 1)
    func tensor(_ shape: [Int]) throws -> Tensor { try device.makeTensor(members: 1, shape: shape) }
    let (input, output) = (try tensor([1, inputs, 4, 4]), try tensor([1, 16, 4, 4]))
    let (weight, bias) = (try tensor([16, inputs, 3, 3]), try tensor([16]))
    return try [
      device.convolution(window, input: input, weight: weight, bias: bias, output: output),
      device.convolutionBackwardData(
        window, outputGradient: output, weight: weight, inputGradient: input),
      device.convolutionBackwardWeight(
        window, input: input, outputGradient: output, weightGradient: weight,
        biasGradient: bias),
    ].map { $0.name }
  }

  @Test("only tf32 uses tensor cores, for eight or more channels") func choices() throws {
    let passes = ["convolution", "convolution-backward-data", "convolution-backward-weight"]
    let plain = try open(.float32)
    let unstaged = ["convolution/direct", "convolution-backward-data/rotated"]
    #expect(try names(plain, inputs: 16).prefix(2) == unstaged[...])
    #expect(!plain.information.driver.contains("emulated"))
    let device = try open(.tf32)
    #expect(try names(device, inputs: 16) == passes.map { "\($0)/tensor" })
    // Backward-data reads the 16 channels that forward writes.
    #expect(
      try names(device, inputs: 3) == [
        unstaged[0], "convolution-backward-data/tensor", "convolution-backward-weight/direct",
      ])
    #expect(device.information.precision == .tf32 && device.information.tuning == nil)
    #expect(device.information.driver.hasSuffix(", emulated tensor cores"))
  }

  @Test("tables choose in tf32") func tables() throws {
    let table = try TuningTable(
      text: """
        toposheet-tuning 1
        tf32 convolution many-32 direct 32x64x16/4x8/u16/b2
        tf32 convolution-backward-data many-32 gather 32x64x16/4x8/u16/b2
        tf32 convolution-backward-weight many-32 tensor-split 32x64x16/4x8/u16/b2

        """, name: "table")
    let device = try open(.tf32, tuning: .table(table))
    #expect(
      try names(device, inputs: 16) == [
        "convolution/direct", "convolution-backward-data/gather",
        "convolution-backward-weight/tensor-split",
      ])
    #expect(device.information.tuning != nil)
    // The same table changes nothing in float32.
    let plain = try open(.float32, tuning: .table(table))
    #expect(plain.information.tuning == nil)
    #expect(try names(plain, inputs: 16)[0] == "convolution/direct")
  }

  @Test("algorithms can be forced") func forced() throws {
    let error = try #require(throws: DeviceError.self) {
      try open(.float32, ["convolution": "tensor"])
    }
    #expect(error.description.contains("rounds to TF32; add --precision tf32"))
    #expect(throws: DeviceError.self) { try open(.tf32, ["linear": "tensor"]) }
    let split = try open(.float32, ["convolution": "tensor-split"])
    #expect(try names(split, inputs: 3)[0] == "convolution/tensor-split")
    let plain = try open(.tf32, ["convolution": "implicit-gemm"])
    #expect(try names(plain, inputs: 16)[0] == "convolution/implicit-gemm")
    #expect(OpenCLDevice.algorithmNames(in: .float32) == OpenCLDevice.algorithmNames)
    #expect(
      OpenCLDevice.algorithmNames(in: .tf32)["convolution"]
        == ["direct", "implicit-gemm", "tensor", "tensor-split"])
    #expect(OpenCLDevice.algorithmNames(in: .tf32)["linear"] == ["direct", "clblast"])
  }

  @Test("a stand-in has tensor cores if its device has") func standIn() throws {
    let device = try OpenCLDevice(standingInFor: .nvidiaAmpere, precision: .tf32)
    #expect(try names(device, inputs: 16)[0] == "convolution/tensor")
    let error = try #require(throws: DeviceError.self) {
      try OpenCLDevice(standingInFor: .amdCDNA, precision: .tf32)
    }
    #expect(error.description.contains("cannot compute in tf32: it has no tensor cores"))
  }

  /// The products of 1 with values that TF32 does not hold.
  private func products(
    of values: [Float], _ precision: Precision, _ algorithm: String
  ) throws -> [Float] {
    let device = try open(precision, ["convolution": algorithm])
    func tensor(_ shape: [Int], _ values: [Float]) throws -> Tensor {
      let tensor = try device.makeTensor(
        members: 1, shape: shape, elementType: .float32, lifetime: .persistent)
      try device.write(values, to: tensor)
      return tensor
    }
    let rest = [Float](repeating: 0, count: 7 * values.count)
    let input = try tensor([1, 8, 1, values.count], values + rest)
    let weight = try tensor([1, 8, 1, 1], [1] + [Float](repeating: 0, count: 7))
    let output = try tensor([1, 1, 1, values.count], [Float](repeating: 7, count: values.count))
    try device.run([
      try device.convolution(
        Window(1), input: input, weight: weight, bias: try tensor([1], [0]), output: output)
    ])
    return try device.read(output, as: Float.self)
  }

  @Test("factors are rounded to the nearest value, of two to the one farther from zero")
  func rounding() throws {
    let half: Float = 0x1p-11
    let values: [Float] = [
      1 + half, -1 - half, 1 + half - 0x1p-23, 1 + 3 * half, 1 + half / 2, 3, 0, 0x1.fffp10,
    ]
    let rounded: [Float] = [
      1 + 2 * half, -1 - 2 * half, 1, 1 + 4 * half, 1, 3, 0, 0x1p11,
    ]
    #expect(try products(of: values, .tf32, "tensor") == rounded)
    // Two parts hold 22 of the 24 bits, and the second one is rounded.
    for (product, value) in zip(try products(of: values, .float32, "tensor-split"), values) {
      #expect(abs(product - value) <= abs(value) * 0x1p-23, "\(value)")
    }
  }

  @Test("values that are not finite stay so") func notFinite() throws {
    let products = try products(of: [.nan, .infinity, 1], .tf32, "tensor")
    #expect(products[0].isNaN && !products[1].isFinite && products[2] == 1)
  }
}
