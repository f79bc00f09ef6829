import CVectorKernels
import COneDNN
import Foundation
import Synchronization

/// The CPU. oneDNN computes matrix products, and convolutions that our kernels do not fit.
///
/// Members are divided over the threads: one thread runs a member's whole sequence of operations.
/// If the number of members is not a multiple of the number of threads, all threads together work
/// on each of the members that remain. Either way a member's arithmetic is cut into the same
/// pieces, so its bits depend neither on the number of threads nor on the other members.
public final class CPUDevice: Device {
  /// What the CPU is.
  public let information: DeviceInformation

  let pool: WorkerPool
  let oneDNN: OneDNN
  /// Channels of a block in activations whose channel count is a multiple of it.
  let channelBlock: Int
  /// Whether convolutions that our kernels fit use them and not oneDNN.
  let vectorConvolutions: Bool
  /// What our kernels use.
  let instructions: CPUInstructions
  let memory = MemoryCounter()
  private let stepMemory = StepMemory<CPUStorage>()
  /// Whether memory is only counted.
  let isMeasuring: Bool

  /// A device of `threads` threads, by default one per available core.
  /// - Parameters:
  ///   - vectorConvolutions: whether to use this project's convolution kernels if the CPU
  ///     and the shapes allow it; otherwise oneDNN computes all convolutions.
  ///   - instructions: what this project's kernels use; by default what the environment variable
  ///     `TOPOSHEET_CPU` names, or the most that the CPU has. oneDNN is limited by the variable.
  /// - Throws: `DeviceError` when `threads` is not positive or cannot be started, or the CPU does
  ///   not have the instructions.
  public init(
    threads: Int? = nil, vectorConvolutions: Bool = true, instructions: CPUInstructions? = nil
  ) throws {
    let chosen = try CPUInstructions.chosen()
    self.instructions = try instructions.map { try .named($0.rawValue) } ?? chosen
    let threads = threads ?? CPUDevice.availableCores
    guard (1...4096).contains(threads) else {
      throw DeviceError("\(threads) threads make no sense: give --threads a number from 1 to 4096")
    }
    pool = try WorkerPool(threads: threads)
    oneDNN = try OneDNN(pool: pool, memory: memory)
    self.vectorConvolutions = vectorConvolutions && self.instructions != .portable
    // Our kernels take blocks of eight; oneDNN is fastest with a whole register.
    channelBlock = !self.vectorConvolutions && topo_wide_vectors() ? 16 : 8
    information = CPUDevice.describe(threads: threads, vectorConvolutions: self.vectorConvolutions)
    isMeasuring = false
  }

  private init(measuring device: CPUDevice) throws {
    pool = device.pool
    oneDNN = try OneDNN(pool: pool, memory: memory, isMeasuring: true)
    channelBlock = device.channelBlock
    vectorConvolutions = device.vectorConvolutions
    instructions = device.instructions
    information = device.information
    isMeasuring = true
  }

  /// Cores that this process may run on.
  public static var availableCores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Number of threads.
  public var threads: Int { pool.threads }

  // MARK: Memory

  /// `Device.makeTensor`.
  public func makeTensor(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    try allocate(members, shape, elementType, lifetime, layout: .dense)
  }

  /// `Device.makeActivation`: in blocks of eight or sixteen channels if the channels are a
  /// multiple.
  public func makeActivation(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor {
    precondition(shape.count == 4, "activations are [batch, channel, row, column]")
    let layout: Tensor.Layout =
      shape[1] % channelBlock == 0 ? .blockedChannels(channelBlock) : .dense
    return try allocate(members, shape, elementType, lifetime, layout: layout)
  }

  /// `Device.memoryUse`.
  public var memoryUse: MemoryUse { memory.use }

  /// `Device.measuring`.
  public func measuring() throws -> any Device { try CPUDevice(measuring: self) }

  /// `Device.sharingStepMemory`.
  public func sharingStepMemory<Result>(_ prepare: () throws -> Result) rethrows -> Result {
    try stepMemory.share(prepare)
  }

  private func allocate(
    _ members: Int, _ shape: [Int], _ elementType: ElementType, _ lifetime: TensorLifetime,
    layout: Tensor.Layout
  ) throws -> Tensor {
    precondition(members > 0 && shape.allSatisfy { $0 > 0 }, "extents are positive")
    let slots = lifetime == .step ? min(members, pool.threads) : 0
    let line = CPUStorage.alignment / elementType.size
    let (padded, overflow) = shape.reduce((1, false)) { product, extent in
      let (value, lost) = product.0.multipliedReportingOverflow(by: extent)
      return (value, product.1 || lost)
    }
    let stride = (padded + line - 1) / line * line
    let copies = slots > 0 ? slots : members
    let (bytes, lost) = stride.multipliedReportingOverflow(by: copies * elementType.size)
    guard !overflow && !lost else {
      throw DeviceError("a tensor of \(members) x \(shape) is larger than any memory")
    }
    func make() throws -> CPUStorage { try CPUStorage(bytes: bytes, slots: slots, device: self) }
    return Tensor(
      members: members, shape: shape, elementType: elementType,
      storage: slots > 0 ? try stepMemory.piece(of: bytes, make) : try make(),
      memberStride: stride, layout: layout)
  }

  // MARK: Execution

  /// `Device.run`: returns when everything is done.
  public func run(_ operations: [any Operation]) throws {
    var segment: [CPUOperation] = []
    for operation in operations {
      guard let operation = operation as? CPUOperation else {
        preconditionFailure("operation \(operation.name) was prepared by another device")
      }
      // Operations with another number of members may read or write what all members share.
      if let first = segment.first, first.members != operation.members {
        execute(segment)
        segment.removeAll(keepingCapacity: true)
      }
      segment.append(operation)
    }
    execute(segment)
    try oneDNN.rethrow()
  }

  /// `Device.finish`: `run` has waited already.
  public func finish() throws {}

  private func execute(_ operations: [CPUOperation]) {
    precondition(!isMeasuring, "a device that only measures was given something to run")
    guard let members = operations.first?.members else { return }
    let threads = pool.threads
    let alone = members / threads * threads
    let next = Counter()
    let barrier = threads > 1 ? SpinBarrier(count: threads) : nil
    pool.run { thread in
      let solo = Team(thread: thread, rank: 0, size: 1, slot: thread, barrier: nil)
      while true {
        let member = next.value.add(1, ordering: .relaxed).oldValue
        guard member < alone else { break }
        for operation in operations { operation.body(member, solo) }
      }
      guard alone < members else { return }
      barrier?.wait()
      let together = Team(thread: thread, rank: thread, size: threads, slot: 0, barrier: barrier)
      for member in alone..<members {
        for operation in operations { operation.body(member, together) }
      }
    }
  }

  private final class Counter: Sendable { let value = Atomic<Int>(0) }
}
