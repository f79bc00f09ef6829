import TestSupport
import Testing
import TopoCompute
import TopoVerification

@Suite("Every operation on every device", .serialized) struct DeviceVerificationTests {
  @Test("agrees with the reference", arguments: try VerifiedDevice.all(), OperationFamily.allCases)
  func agrees(device: VerifiedDevice, operation: OperationFamily) {
    let cases = Verification.cases().filter { $0.operation == operation }
    #expect(!cases.isEmpty)
    for result in Verification.run(device: device.device, cases: cases) {
      #expect(result.passed, "\(result.name): \(result.failure ?? "")")
    }
  }

  /// How many cases each algorithm computes, at least; it may refuse the shapes of all others.
  static let computedCases = [
    "convolution/direct": 28, "convolution/implicit-gemm": 28,
    "convolution-backward-data/gather": 27, "convolution-backward-data/rotated": 20,
    "convolution-backward-data/implicit-gemm": 20, "convolution-backward-weight/direct": 28,
    "convolution-backward-weight/implicit-gemm": 28, "linear/direct": 32, "linear/clblast": 32,
    "convolution/tensor": 32, "convolution/tensor-split": 28,
    "convolution-backward-data/tensor": 24, "convolution-backward-data/tensor-split": 20,
    "convolution-backward-weight/tensor": 32, "convolution-backward-weight/tensor-split": 28,
  ]

  @Test(
    "each algorithm that can be forced agrees too, and applies as widely as it should",
    arguments: ForcedAlgorithm.all)
  func forced(_ algorithm: ForcedAlgorithm) throws {
    let device = try algorithm.open()
    let cases = Verification.cases(precision: device.information.precision).filter {
      $0.operation.algorithmKey == algorithm.operation
    }
    let name = "\(algorithm.operation)/\(algorithm.name)"
    let least = Self.computedCases[name] ?? .max
    var computed = 0
    for result in Verification.run(device: device, cases: cases) where !result.isRefused {
      #expect(result.passed, "\(result.name): \(result.failure ?? "")")
      if result.algorithms.contains(where: {
        $0.hasPrefix(algorithm.operation) && $0.hasSuffix("/" + algorithm.name)
      }) {
        computed += 1
      }
    }
    #expect(computed > 1 && computed >= least, "\(name): \(computed) of \(cases.count) cases")
  }

  @Test(
    "the tilings that ship for a GPU compute correctly",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL),
    arguments: [DeviceProfile.nvidiaHopper, .amdCDNA])
  func shipped(_ profile: DeviceProfile) throws {
    let device = try OpenCLDevice(standingInFor: profile)
    // Tiles of every height, and shapes that fill none; a CPU is slow with kernels for GPUs.
    let full = [", 33 -> 31,", ", 3 -> 121,", ", 31 -> 121,"]
    let cases = Verification.cases().filter { operationCase in
      ConvolutionPass(rawValue: operationCase.operation.algorithmKey ?? "") != nil
        && (operationCase.size == .small || full.contains { operationCase.name.contains($0) })
    }
    let results = Verification.run(device: device, cases: cases)
    for result in results { #expect(result.passed, "\(result.name): \(result.failure ?? "")") }
    for pass in ConvolutionPass.allCases {
      #expect(results.contains { $0.algorithms.contains("\(pass.rawValue)/implicit-gemm") })
    }
  }

  @Test("a case can be timed") func timing() throws {
    let operationCase = try #require(
      Verification.cases(size: .small).first { $0.operation == .linear })
    let seconds = try operationCase.secondsPerRun(
      on: try CPUDevice(threads: 1), duration: 0.01)
    #expect(seconds > 0 && seconds.isFinite)
  }
}
