import TestSupport
import Testing
import TopoCompute

@testable import TopoVerification

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
    "convolution/tensor": 9, "convolution/tensor-split": 5,
    "convolution-backward-data/tensor": 8, "convolution-backward-data/tensor-split": 4,
    "convolution-backward-weight/tensor": 9, "convolution-backward-weight/tensor-split": 5,
  ]

  /// What is checked of the emulation of tensor cores, whose kernels PoCL compiles in seconds each:
  /// small cases, tiles that nothing fills, chunks of pixels, and integers.
  private static func isChecked(_ operationCase: OperationCase, of algorithm: String) -> Bool {
    guard ConvolutionPass.tensor.contains(algorithm) else { return true }
    let full = [", 31 -> 33, 7 x 5", ", 33 -> 31,", ", 32 -> 64, 14 x 14"]
    return operationCase.size == .small
      || full.prefix(algorithm == "tensor" ? 3 : 1).contains { operationCase.name.contains($0) }
  }

  @Test(
    "each algorithm that can be forced agrees too, and applies as widely as it should",
    arguments: ForcedAlgorithm.all)
  func forced(_ algorithm: ForcedAlgorithm) throws {
    let device = try algorithm.open()
    let cases = Verification.cases(precision: device.information.precision).filter {
      $0.operation.algorithmKey == algorithm.operation
        && Self.isChecked($0, of: algorithm.name)
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

  @Test(
    "so do those with tensor cores, emulated",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func shippedTensorCores() throws {
    let device = try OpenCLDevice(standingInFor: .nvidiaHopper, precision: .tf32)
    let cases = Verification.cases(precision: .tf32).filter { operationCase in
      ConvolutionPass(rawValue: operationCase.operation.algorithmKey ?? "") != nil
        && [", 31 -> 33, 7 x 5, batch 3, integers", ", 33 -> 31,"].contains {
          operationCase.name.contains($0)
        }
    }
    let results = Verification.run(device: device, cases: cases)
    #expect(results.count == 6)
    for result in results {
      #expect(result.passed, "\(result.name): \(result.failure ?? "")")
      #expect(result.algorithms.contains { $0.hasSuffix("/tensor") }, "\(result.algorithms)")
      #expect((result.tolerance.maximum == 0) == result.name.contains("integers"))
    }
  }

  /// The tolerance is of use only if it is not far above the errors.
  @Test("rounding to TF32 is found where it is not allowed", arguments: ConvolutionPass.allCases)
  func tolerance(_ pass: ConvolutionPass) throws {
    let operationCase = try #require(
      Verification.cases().first {
        $0.operation.algorithmKey == pass.rawValue && $0.name.contains(", 33 -> 31,")
      })
    let own = operationCase.tolerance
    let allowed = own.rounding(to: .tf32, stages: 1)
    #expect(allowed.maximum == own.maximum + 4 * 0x1p-11 && allowed.reason.contains("tf32"))
    #expect(own.rounding(to: .float32, stages: 1) == own)
    #expect(Tolerance.exact.rounding(to: .tf32, stages: 1) == .exact)
    guard TestDevices.hasOpenCL else { return }
    let device = try OpenCLDevice(index: 0, precision: .tf32, emulatesTensorCores: true)
    let result = try #require(Verification.run(device: device, cases: [operationCase]).first)
    #expect(result.passed && result.tolerance == allowed, "\(result.failure ?? "")")
    // Far above float32's tolerance, and not far below that of tf32.
    #expect(result.error > 4 * own.maximum && result.error > allowed.maximum / 40)
  }

  @Test("a case can be timed") func timing() throws {
    let operationCase = try #require(
      Verification.cases(size: .small).first { $0.operation == .linear })
    let seconds = try operationCase.secondsPerRun(
      on: try CPUDevice(threads: 1), duration: 0.01)
    #expect(seconds > 0 && seconds.isFinite)
  }
}
