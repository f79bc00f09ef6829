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
  /// Nothing; the text says why, as a clause.
  case absent(String)
  /// Nothing, although a trial was worth it; the text says how it failed, as a clause.
  case failed(String)

  /// Why there are none, as a clause; nil if there are some.
  var trouble: String? {
    switch self {
    case .instruction, .emulated: nil
    case .absent(let reason), .failed(let reason): reason
    }
  }

  /// `TOPOSHEET_TENSOR_CORES=emulated` asks for the emulation on every OpenCL device.
  static var isEmulationWanted: Bool {
    ProcessInfo.processInfo.environment["TOPOSHEET_TENSOR_CORES"] == "emulated"
  }

  /// Tensor cores of devices by context. A trial takes a second.
  private static let known = Mutex<[ObjectIdentifier: TensorCores]>([:])

  /// The tensor cores of a device. Neither its name nor its version is trusted: if there may be
  /// some, kernels are built, run, and their results are compared.
  static func of(_ context: OpenCLContext) -> TensorCores {
    if context.isStandIn {
      return context.profile.hasTensorCores ? .emulated : .absent("it has no tensor cores")
    }
    if isEmulationWanted { return .emulated }
    guard OpenCLQuery.platformText(context.platform, CL_PLATFORM_NAME).contains("NVIDIA"),
      context.computeCapability.major >= 8
    else { return .absent("that takes an NVIDIA GPU from Ampere on") }
    if let found = known.withLock({ $0[ObjectIdentifier(context)] }) { return found }
    let found = quietly {
      trial(of: .instruction) { try convolution(of: $0, with: .instruction, on: context) }
    }
    known.withLock { $0[ObjectIdentifier(context)] = found }
    return found
  }

  /// Compares results with and without tensor cores.
  /// - Parameter convolve: the results of a convolution of small integers, which are exact, by an
  ///   algorithm.
  /// - Returns: the tensor cores, or how they failed.
  static func trial(
    of cores: TensorCores, convolve: (_ algorithm: String) throws -> [Float]
  ) -> TensorCores {
    do {
      let expected = try convolve("direct")
      for algorithm in ConvolutionPass.tensor where try convolve(algorithm) != expected {
        return .failed("a trial of its tensor cores gave wrong results")
      }
      return cores
    } catch {
      let lines = "\(error)".split(whereSeparator: \.isNewline)
      return .failed("a trial of its tensor cores failed: \(lines.first ?? "no reason is known")")
    }
  }

  /// The results of a convolution of small integers.
  static func convolution(
    of algorithm: String, with cores: TensorCores, on context: OpenCLContext
  ) throws -> [Float] {
    let isTensor = ConvolutionPass.tensor.contains(algorithm)
    let device = try OpenCLDevice(
      context, algorithms: [ConvolutionPass.forward.rawValue: algorithm], tuning: .shipped,
      precision: isTensor ? .tf32 : .float32, tensorCores: cores)
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

  /// Hides what a driver's compiler prints about a trial that does not build.
  private static func quietly<Result>(_ work: () -> Result) -> Result {
    fflush(nil)
    let nowhere = Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
    let kept = [STDOUT_FILENO, STDERR_FILENO].map { (file: $0, copy: dup($0)) }
    for (file, copy) in kept where nowhere >= 0 && copy >= 0 { dup2(nowhere, file) }
    defer {
      fflush(nil)
      for (file, copy) in kept where copy >= 0 {
        dup2(copy, file)
        close(copy)
      }
      if nowhere >= 0 { close(nowhere) }
    }
    return work()
  }
}
