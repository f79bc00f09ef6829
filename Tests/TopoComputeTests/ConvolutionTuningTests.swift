import TestSupport
import Testing

@testable import TopoCompute

@Suite("Tuning of convolutions") struct ConvolutionTuningTests {
  private let generous = ConvolutionTiling.Limits(workItems: 1024, localMemory: 48 << 10)
  private let tiling = ConvolutionTiling(64, 128, 16, item: (8, 4), unroll: 8, buffers: 2)

  @Test("a tiling reads back from its text") func tilingText() {
    #expect(tiling.description == "64x128x16/8x4/u8/b2")
    #expect(ConvolutionTiling("64x128x16/8x4/u8/b2") == tiling)
    for text in [
      "", "64x128x16", "64x128/8x4/u8/b2", "64x128x16/8x4/8/b2", "64x128x16/8x4/u0/b2",
      "64x-128x16/8x4/u8/b2", "64x128x16/8x4/u8/b2/", "ax128x16/8x4/u8/b2",
    ] { #expect(ConvolutionTiling(text) == nil, "\(text)") }
  }

  @Test("a tiling is valid where its group and tiles fit") func limits() {
    #expect(tiling.workItems == 256)
    #expect(tiling.localMemory(.forward) == 24576)
    for pass in ConvolutionPass.allCases {
      #expect(tiling.isValid(pass, for: generous))
      #expect(!tiling.isValid(pass, for: .init(workItems: 255, localMemory: 48 << 10)))
      #expect(!tiling.isValid(pass, for: .init(workItems: 256, localMemory: 24575)))
    }
    func variant(_ change: (inout ConvolutionTiling) -> Void) -> ConvolutionTiling {
      var changed = tiling
      change(&changed)
      return changed
    }
    #expect(!variant { $0.itemM = 6 }.isValid(.forward, for: generous))
    #expect(!variant { $0.tileM = 60 }.isValid(.forward, for: generous))
    #expect(!variant { $0.buffers = 3 }.isValid(.forward, for: generous))
    #expect(!variant { $0.unroll = 17 }.isValid(.forward, for: generous))
    // 9 terms suit the pixels of the forward form, not those of the weights' gradient.
    #expect(variant { ($0.tileK, $0.unroll) = (9, 9) }.isValid(.forward, for: generous))
    #expect(!variant { ($0.tileK, $0.unroll) = (9, 9) }.isValid(.backwardWeight, for: generous))
    // 96 pixels among 128 work-items: neither divides the other.
    #expect(
      !ConvolutionTiling(64, 96, 16, item: (4, 12), unroll: 8, buffers: 1)
        .isValid(.forward, for: generous))
  }

  @Test("every profile has a valid choice for every key", arguments: DeviceProfile.allCases)
  func shipped(_ profile: DeviceProfile) throws {
    let table = profile.tuning()
    let count = ConvolutionPass.allCases.count * ConvolutionClass.all.count
    #expect(table.keys.count { $0.precision == .float32 } == count)
    // Half of the classes have few channels.
    #expect(
      table.keys.count { $0.precision == .tf32 } == (profile.hasTensorCores ? count / 2 : 0))
    // What every OpenCL 1.2 GPU of note allows.
    let limits = ConvolutionTiling.Limits(workItems: 256, localMemory: 32 << 10)
    for key in table.keys {
      let choice = try #require(table[key])
      guard key.precision == .float32 else {
        // What NVIDIA's OpenCL allows.
        let limits = ConvolutionTiling.Limits(workItems: 1024, localMemory: 48 << 10)
        #expect(choice.tiling.isValid(key.pass, for: limits, isTensor: true), "\(key)")
        #expect(choice.algorithm == "tensor")
        continue
      }
      #expect(choice.tiling.isValid(key.pass, for: limits), "\(key.pass) \(key.shape)")
      #expect(key.pass.algorithms.contains(choice.algorithm))
      #expect((choice.algorithm == "implicit-gemm") == (profile != .cpu))
    }
    #expect(try TuningTable(text: table.text, name: "shipped") == table)
  }

  @Test("another table's choices go before one's own") func merging() throws {
    let table = DeviceProfile.cpu.tuning()
    let key = TuningTable.Key(.forward, ConvolutionClass(source: 8, target: 33))
    #expect(key.shape.description == "many-64")
    let merged = table.merging(TuningTable([key: .init("implicit-gemm", tiling)]))
    #expect(merged[key] == .init("implicit-gemm", tiling))
    let other = TuningTable.Key(.forward, ConvolutionClass(source: 7, target: 33))
    #expect(merged[other] == table[other] && table[other]?.algorithm == "direct")
  }

  @Test(
    "a table that is wrong says where",
    arguments: [
      ("", "line 1"), ("toposheet-tuning 2\n", "line 1"),
      ("toposheet-tuning 1\n\nconvolution many-64 direct\n", "line 3: should be four words"),
      ("toposheet-tuning 1\nrelu many-64 direct 64x64x16/8x4/u8/b2\n", "no pass relu"),
      ("toposheet-tuning 1\nconvolution big direct 64x64x16/8x4/u8/b2\n", "no class big"),
      ("toposheet-tuning 1\nconvolution few-32 magic 64x64x16/8x4/u8/b2\n", "no algorithm magic"),
      ("toposheet-tuning 1\nconvolution few-32 direct 64x64\n", "64x64 is no tiling"),
    ])
  func wrong(_ text: String, _ expected: String) throws {
    let error = try #require(throws: DeviceError.self) {
      try TuningTable(text: text, name: "gpu.txt")
    }
    #expect(error.description.hasPrefix("gpu.txt, line "))
    #expect(error.description.contains(expected))
  }

  @Test("drivers' names lead to profiles") func profiles() {
    func profile(
      _ vendor: String, _ name: String = "", _ capability: (Int, Int) = (0, 0), cpu: Bool = false
    ) -> DeviceProfile {
      DeviceProfile(isCPU: cpu, vendor: vendor, name: name, capability: capability)
    }
    #expect(profile("NVIDIA Corporation", "NVIDIA H100", (9, 0)) == .nvidiaHopper)
    #expect(profile("NVIDIA Corporation", "RTX 4090", (8, 9)) == .nvidiaAda)
    #expect(profile("NVIDIA Corporation", "A100", (8, 0)) == .nvidiaAmpere)
    #expect(profile("Advanced Micro Devices, Inc.", "gfx90a:sramecc+") == .amdCDNA)
    #expect(profile("Advanced Micro Devices, Inc.", "gfx1100") == .amdRDNA)
    #expect(profile("Intel(R) Corporation", "Arc A770") == .intel)
    #expect(profile("Intel(R) Corporation", "Xeon", cpu: true) == .cpu)
    #expect(profile("ARM", "Mali") == .other)
  }

  @Test(
    "the device takes the table's algorithm, and another where it does not apply",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func device() throws {
    var table = TuningTable()
    for key in DeviceProfile.cpu.tuning().keys {
      table[key] = .init(
        "implicit-gemm", .init(16, 16, 4, item: (4, 4), unroll: 2, buffers: 1))
    }
    let device = try OpenCLDevice(index: 0, tuning: .table(table))
    let input = try device.makeTensor(members: 1, shape: [1, 1, 20, 20])
    let weight = try device.makeTensor(members: 1, shape: [2, 1, 17, 17])
    let bias = try device.makeTensor(members: 1, shape: [2])
    let output = try device.makeTensor(members: 1, shape: [1, 2, 2, 2])
    let window = Window(17, stride: 2)
    let forward = try device.convolution(
      window, input: input, weight: weight, bias: bias, output: output)
    #expect(forward.name == "convolution/implicit-gemm")
    let data = try device.convolutionBackwardData(
      window, outputGradient: output, weight: weight, inputGradient: input)
    #expect(data.name == "convolution-backward-data/gather")
    let gradient = try device.convolutionBackwardWeight(
      window, input: input, outputGradient: output, weightGradient: weight, biasGradient: bias)
    #expect(gradient.name == "convolution-backward-weight/direct")
    #expect(device.kernelsInUse.contains { $0.options.contains("-DTILE_M=16") })
    let forced = try OpenCLDevice(
      index: 0, algorithms: ["convolution-backward-weight": "implicit-gemm"])
    let error = try #require(throws: DeviceError.self) {
      try forced.convolutionBackwardWeight(
        window, input: forced.makeTensor(members: 1, shape: [1, 1, 20, 20]),
        outputGradient: forced.makeTensor(members: 1, shape: [1, 2, 2, 2]),
        weightGradient: forced.makeTensor(members: 1, shape: [2, 1, 17, 17]),
        biasGradient: forced.makeTensor(members: 1, shape: [2]))
    }
    #expect(error.description.contains("16 rows and 15 columns"))
  }
}
