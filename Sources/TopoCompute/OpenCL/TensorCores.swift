import COpenCL
import Foundation
import Glibc
import Synchronization
import TopoFoundation

/// What multiplies matrices of TF32 values on an OpenCL device.
enum TensorCores: Sendable, Hashable {
  /// The instruction `mma.sync` of NVIDIA's GPUs from Ampere on.
  case instruction
  /// Plain OpenCL C that does the same, slowly: for tests of the kernels without such a GPU.
  case emulated
  /// Nothing; the text says why, as a part of a sentence.
  case absent(String)

  /// `TOPOSHEET_TENSOR_CORES=emulated` asks for the emulation on every device.
  static var isEmulationWanted: Bool {
    ProcessInfo.processInfo.environment["TOPOSHEET_TENSOR_CORES"] == "emulated"
  }

  /// Tensor cores of devices by context. A trial takes a second.
  private static let known = Mutex<[ObjectIdentifier: TensorCores]>([:])

  /// The tensor cores of a device. Neither its name nor its version is trusted: where there may be
  /// some, a kernel is built, run, and its results are compared.
  static func of(_ context: OpenCLContext) -> TensorCores {
    if context.isStandIn { return .emulated }
    guard OpenCLQuery.platformText(context.platform, CL_PLATFORM_NAME).contains("NVIDIA"),
      context.computeCapability.major >= 8
    else { return .absent("tensor cores are used of NVIDIA GPUs from Ampere on") }
    if let found = known.withLock({ $0[ObjectIdentifier(context)] }) { return found }
    let found = quietly { trial(of: .instruction, on: context) }
    known.withLock { $0[ObjectIdentifier(context)] = found }
    return found
  }

  /// Computes a convolution of small integers, whose results are exact, with and without tensor
  /// cores.
  /// - Returns: the tensor cores, or why they are not used.
  static func trial(of cores: TensorCores, on context: OpenCLContext) -> TensorCores {
    do {
      let expected = try smallConvolution(
        on: OpenCLDevice(context, algorithms: ["convolution": "direct"], tuning: .shipped))
      for algorithm in ["tensor", "tensor-split"] {
        let device = try OpenCLDevice(
          context, algorithms: ["convolution": algorithm], tuning: .shipped, tensorCores: cores)
        guard try smallConvolution(on: device) == expected else {
          return .absent("a trial of its tensor cores gave wrong results")
        }
      }
      return cores
    } catch {
      let log = "\(error)".split(separator: "\n").first.map(String.init) ?? "unknown"
      return .absent("a trial of its tensor cores failed: \(log)")
    }
  }

  private static func smallConvolution(on device: OpenCLDevice) throws -> [Float] {
    func integers(_ shape: [Int], _ factor: Int) throws -> Tensor {
      let tensor = try device.makeTensor(
        members: 1, shape: shape, elementType: .float32, lifetime: .persistent)
      try device.write(
        (0..<shape.reduce(1, *)).map { Float($0 * factor % 31 - 15) }, to: tensor)
      return tensor
    }
    let output = try device.makeTensor(
      members: 1, shape: [4, 64, 8, 8], elementType: .float32, lifetime: .persistent)
    let operation = try device.convolution(
      Window(3, padding: 1), input: try integers([4, 32, 8, 8], 7),
      weight: try integers([64, 32, 3, 3], 11), bias: try integers([64], 3), output: output)
    try device.run([operation])
    return try device.read(output, as: Float.self)
  }

  /// Hides what a driver's compiler writes on standard error about a trial that does not build.
  private static func quietly<Result>(_ work: () -> Result) -> Result {
    fflush(nil)
    let (kept, nowhere) = (dup(2), Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC))
    if nowhere >= 0 { dup2(nowhere, 2) }
    defer {
      fflush(nil)
      if kept >= 0 {
        dup2(kept, 2)
        close(kept)
      }
      if nowhere >= 0 { close(nowhere) }
    }
    return work()
  }
}
