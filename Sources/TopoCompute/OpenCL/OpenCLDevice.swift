import COpenCL
import Synchronization
import TopoFoundation
import TopoKernels

/// A device that computes through OpenCL 1.2: one context, one in-order queue.
///
/// All tensors are dense. Only one thread at a time may use a device.
public final class OpenCLDevice: Device {
  /// What the device is.
  public let information: DeviceInformation
  let context: OpenCLContext
  let queue: OpenCLHandle
  /// Algorithms to use, by operation, if it has several.
  let algorithms: [String: String]
  /// The choices that ship for this device.
  public let shippedTuning: TuningTable
  /// Choices for operations without a forced algorithm.
  let tuning: TuningTable
  /// How products of convolutions are computed.
  let precision: Precision
  /// What multiplies TF32 values, if anything does.
  let tensorCores: TensorCores
  private let kernels: KernelRecord
  private let compiledProducts = Mutex<Set<[Int]>>([])
  let memory = MemoryCounter()
  let stepMemory = StepMemory<OpenCLStorage>()
  /// What every tensor's buffer is where memory is only counted.
  let placeholder: OpenCLHandle?

  /// The OpenCL devices of this machine, over all platforms.
  /// - Throws: `DeviceError` that says what to install when there is none.
  public static func available() throws -> [DeviceInformation] {
    try OpenCLDiscovery.devices().enumerated()
      .map { OpenCLDiscovery.information($0.element, index: $0.offset) }
  }

  /// Opens the device `opencl:<index>`.
  /// - Parameters:
  ///   - algorithms: algorithms to force by operation, as `["linear": "direct"]`; see
  ///     `OpenCLDevice.algorithmNames`.
  ///   - tuning: which choices go before those that ship.
  ///   - precision: of the products of convolutions.
  ///   - emulatesTensorCores: whether plain OpenCL C does what tensor cores do, slowly: for tests.
  ///     The environment's `TOPOSHEET_TENSOR_CORES=emulated` asks for that, too.
  /// - Throws: `DeviceError` when there is no such device, it cannot be used, there is no such
  ///   algorithm, it does not have the precision, or what was saved of its tuning is malformed.
  public convenience init(
    index: Int = 0, algorithms: [String: String] = [:], tuning: TuningSource = .saved,
    precision: Precision = .float32, emulatesTensorCores: Bool = false
  ) throws {
    try OpenCLDevice.check(algorithms, precision)
    try self.init(
      OpenCLContext.shared(index: index), algorithms: algorithms, tuning: tuning,
      precision: precision, tensorCores: emulatesTensorCores ? .emulated : nil)
  }

  /// Opens one of `parts` equal parts of the device `opencl:<index>`, which compute side by side.
  /// - Parameters:
  ///   - part: counted from 0.
  ///   - tuning: as of the whole device.
  /// - Throws: `DeviceError` when there is no such device, or its driver cannot divide it so.
  public convenience init(
    part: Int, of parts: Int, index: Int, algorithms: [String: String] = [:],
    tuning: TuningSource = .saved, precision: Precision = .float32
  ) throws {
    try OpenCLDevice.check(algorithms, precision)
    try self.init(
      OpenCLContext.shared(index: index, part: part, of: parts), algorithms: algorithms,
      tuning: tuning, precision: precision)
  }

  /// Opens the first device to make the choices of another one: to see which kernels that one
  /// would run, and that they compute correctly.
  /// - Throws: `DeviceError` when there is no device, or no such algorithm.
  public convenience init(
    standingInFor profile: DeviceProfile, algorithms: [String: String] = [:],
    precision: Precision = .float32
  ) throws {
    try OpenCLDevice.check(algorithms, precision)
    try self.init(
      OpenCLContext.shared(index: 0, standingInFor: profile), algorithms: algorithms,
      tuning: .shipped, precision: precision)
  }

  /// - Parameter tensorCores: what multiplies TF32 values; nil to find out where it is needed.
  init(
    _ context: OpenCLContext, algorithms: [String: String], tuning: TuningSource,
    precision: Precision = .float32, tensorCores: TensorCores? = nil
  ) throws {
    self.context = context
    self.algorithms = algorithms
    self.precision = precision
    let needsTensorCores =
      precision == .tf32 || algorithms.values.contains { ConvolutionPass.tensor.contains($0) }
    self.tensorCores =
      needsTensorCores
      ? tensorCores ?? TensorCores.of(context) : .absent("nothing asks for its tensor cores")
    if needsTensorCores, let trouble = self.tensorCores.trouble {
      throw PrecisionSupport.refusal(context.information, .tf32, because: trouble)
    }
    shippedTuning = context.profile.tuning(emulatesTensorCores: self.tensorCores == .emulated)
    let own = try tuning.table(for: context.information)
    self.tuning = shippedTuning.merging(own)
    var information = context.information
    let choices = self.tuning.choices(for: precision)
    information.tuning =
      choices == shippedTuning.choices(for: precision) ? nil : choices.identity
    information.precision = precision
    if self.tensorCores == .emulated, !context.isStandIn {
      information.driver += ", emulated tensor cores"
    }
    self.information = information
    do {
      try context.use(shippedTuning.clblastParameters)
    } catch let error as DeviceError {
      // No reason to refuse the device: CLBlast's own constants give correct results, too.
      TuningFolder.logOnce("\(error.description): CLBlast keeps its own constants")
    }
    try context.use(own.clblastParameters)
    queue = try OpenCLHandle.make(
      "clCreateCommandQueue", release: { _ = clReleaseCommandQueue($0) }
    ) { clCreateCommandQueue(context.context.pointer, context.device, 0, $0) }
    placeholder = nil
    kernels = KernelRecord()
  }

  /// A device that only counts the memory that `device` would take.
  init(measuring device: OpenCLDevice) throws {
    (context, algorithms, information) = (device.context, device.algorithms, device.information)
    (shippedTuning, tuning, kernels) = (device.shippedTuning, device.tuning, device.kernels)
    (precision, tensorCores) = (device.precision, device.tensorCores)
    queue = device.queue
    placeholder = try OpenCLHandle.make(
      "clCreateBuffer", release: { _ = clReleaseMemObject($0) }
    ) { [context] in
      clCreateBuffer(context.context.pointer, cl_mem_flags(CL_MEM_READ_WRITE), 64, nil, $0)
    }
  }

  /// The kind of device whose algorithms and tilings it chooses.
  public var profile: DeviceProfile { context.profile }
  /// Limits of its work-groups.
  public var tilingLimits: ConvolutionTiling.Limits { context.limits }
  /// Multiply-accumulates of a member from which on CLBlast computes a linear layer.
  public var clblastThreshold: Int {
    tuning.clblastThreshold ?? context.quirks.clblastThreshold
  }

  /// Whether memory is only counted.
  var isMeasuring: Bool { placeholder != nil }

  // MARK: Execution

  /// `Device.run`.
  public func run(_ operations: [any Operation]) throws {
    precondition(!isMeasuring, "a device that only measures was given something to run")
    for operation in operations {
      guard let operation = operation as? OpenCLOperation, operation.device === self else {
        preconditionFailure("\(operation.name) was prepared by another device")
      }
      try operation.enqueue(on: queue.pointer)
    }
    // Drivers may hold commands back until they are asked for.
    try OpenCLStatus.check(clFlush(queue.pointer), "clFlush")
  }

  /// `Device.finish`.
  public func finish() throws { try OpenCLStatus.check(clFinish(queue.pointer), "clFinish") }

  // MARK: Preparing

  /// This project's kernels with which operations were prepared on this device and on those that
  /// measure for it, in a fixed order.
  public var kernelsInUse: [KernelUse] { kernels.uses.withLock { $0.sorted() } }

  /// A launch of the kernel `name`; `grid` counts the work-items needed.
  func launch(
    _ name: String, of family: KernelFamily, _ constants: KernelConstants,
    _ arguments: [KernelArgument], grid: (Int, Int, Int), group: Int
  ) throws -> OpenCLStep {
    let use = KernelUse(
      family: family.rawValue, name: name, workItems: group, options: context.options(constants))
    _ = kernels.uses.withLock { $0.insert(use) }
    // Compilers take long over what never runs.
    if isMeasuring { return .counted(arguments.map { $0.storage(on: self) }) }
    return .launch(
      try OpenCLLaunch(
        name, of: context.program(family, constants), on: self, arguments, grid: grid,
        group: group))
  }

  /// A launch with one work-item per value and member, in groups that share nothing.
  func pointwise(
    _ name: String, of family: KernelFamily, _ constants: KernelConstants,
    _ arguments: [KernelArgument], count: Int, members: Int
  ) throws -> OpenCLStep {
    try launch(
      name, of: family, constants, arguments, grid: (count, members, 1),
      group: context.quirks.pointwiseGroup)
  }

  /// `LANES` of kernels that take rows of `count` values as whole vectors.
  func lanes(dividing count: Int) -> Int { count % 8 == 0 ? 8 : count % 4 == 0 ? 4 : 1 }

  /// A launch with one reducing work-group per result and member.
  func reduction(
    _ name: String, of family: KernelFamily, _ constants: KernelConstants,
    _ arguments: [KernelArgument], results: Int, members: Int
  ) throws -> OpenCLStep {
    let group = context.quirks.reductionGroup
    return try launch(
      name, of: family, constants, arguments, grid: (results * group, members, 1), group: group)
  }

  /// Runs `multiply` once per kind of product, so that no product compiles when it is run.
  func compileProduct(
    _ shape: (m: Int, n: Int, k: Int), _ isTransposedA: Bool, _ isTransposedB: Bool,
    _ multiply: () throws -> Void
  ) throws {
    if isMeasuring { return }
    let key = [shape.m, shape.n, shape.k, isTransposedA ? 1 : 0, isTransposedB ? 1 : 0]
    // What never runs need not be compiled.
    if context.isStandIn || compiledProducts.withLock({ $0.contains(key) }) { return }
    try multiply()
    _ = compiledProducts.withLock { $0.insert(key) }
  }
}
