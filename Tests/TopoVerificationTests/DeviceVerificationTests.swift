import Testing
import TopoCompute
import TopoVerification

@Suite("Every operation on every device", .serialized) struct DeviceVerificationTests {
  @Test("agrees with the reference", arguments: try testDevices(), OperationFamily.allCases)
  func agrees(device: TestDevice, operation: OperationFamily) {
    let cases = Verification.cases().filter { $0.operation == operation }
    #expect(!cases.isEmpty)
    for result in Verification.run(device: device.device, cases: cases) {
      #expect(result.passed, "\(result.name): \(result.failure ?? "")")
    }
  }

  @Test(
    "each algorithm that can be forced does, wherever it applies", arguments: forcedAlgorithms())
  func forced(_ algorithm: ForcedAlgorithm) throws {
    let device = try OpenCLDevice(
      index: algorithm.device, algorithms: [algorithm.operation: algorithm.name])
    let cases = Verification.cases().filter { $0.operation.algorithmKey == algorithm.operation }
    try #require(!cases.isEmpty)
    let results = Verification.run(device: device, cases: cases)
    // An algorithm may refuse a shape, but not all of them.
    for result in results where !result.isRefused {
      #expect(result.passed, "\(result.name): \(result.failure ?? "")")
    }
    #expect(results.contains { $0.algorithms.contains { $0.contains(algorithm.name) } })
  }

  @Test(
    "the tilings that ship for a GPU compute rightly", .enabled(if: hasOpenCL),
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
    #expect(seconds > 0 && seconds < 1)
  }
}
