import COneDNN
import Synchronization

/// oneDNN's engine, with one stream and one workspace per thread.
final class OneDNN: @unchecked Sendable {
  let engine: dnnl_engine_t
  let threads: Int
  private let pool: WorkerPool
  private let streams: [dnnl_stream_t]
  /// Workspace by thread; grows when primitives are prepared, never while they run.
  private(set) var scratch: [UnsafeMutableRawPointer]
  private var scratchBytes = 0
  private let memory: MemoryCounter
  private let isMeasuring: Bool
  private let failure = Atomic<Int32>(0)

  init(pool: WorkerPool, memory: MemoryCounter, isMeasuring: Bool = false) throws {
    var engine: dnnl_engine_t?
    guard dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success, let engine else {
      throw DeviceError("oneDNN cannot use this CPU")
    }
    var streams: [dnnl_stream_t] = []
    for _ in 0..<pool.threads {
      var stream: dnnl_stream_t?
      let flags = UInt32(dnnl_stream_default_flags.rawValue)
      guard dnnl_stream_create(&stream, engine, flags) == dnnl_success, let stream else {
        throw DeviceError("oneDNN cannot create a stream")
      }
      streams.append(stream)
    }
    self.engine = engine
    self.pool = pool
    self.memory = memory
    self.isMeasuring = isMeasuring
    self.streams = streams
    threads = pool.threads
    scratch = (0..<pool.threads).map { _ in .allocate(byteCount: 64, alignment: 64) }
  }

  deinit {
    for stream in streams { dnnl_stream_destroy(stream) }
    for memory in scratch { memory.deallocate() }
    dnnl_engine_destroy(engine)
  }

  func stream(_ thread: Int) -> dnnl_stream_t { streams[thread] }

  func reserveScratch(_ bytes: Int) {
    guard bytes > scratchBytes else { return }
    memory.giveBack(scratchBytes * threads)
    memory.take(bytes * threads)
    scratchBytes = bytes
    if isMeasuring { return }
    for thread in 0..<threads {
      scratch[thread].deallocate()
      let whole = HugePages.rounded(bytes)
      scratch[thread] = .allocate(byteCount: whole, alignment: HugePages.alignment(bytes))
      HugePages.request(scratch[thread], whole)
    }
  }

  /// Prepares on one of the pool's threads: oneDNN plans a primitive for as many threads as its
  /// setting on the calling thread says, and only the pool's threads have that set to one.
  func prepare<Result>(_ make: @escaping () throws -> Result) throws -> Result {
    let task = UncheckedTask(make)
    pool.run { thread in if thread == 0 { task.run() } }
    guard let result = task.result else { throw DeviceError("the CPU's threads are gone") }
    return try result.get()
  }

  private final class UncheckedTask<Result>: @unchecked Sendable {
    private var body: (() throws -> Result)?
    private(set) var result: Swift.Result<Result, any Error>?

    init(_ body: @escaping () throws -> Result) { self.body = body }

    /// Releases the body at once: a thread may hold the task a moment longer than the run lasts,
    /// and the body must not outlive `prepare`.
    func run() {
      guard let body = body.take() else { return }
      result = .init { try body() }
    }
  }

  /// Notes a failed execution; `rethrow` reports it after the run.
  func note(_ status: dnnl_status_t) {
    failure.store(Int32(bitPattern: UInt32(status.rawValue)), ordering: .relaxed)
  }

  func rethrow() throws {
    let status = failure.exchange(0, ordering: .relaxed)
    if status != 0 {
      throw DeviceError("a oneDNN primitive failed with status \(status) (see dnnl_status_t)")
    }
  }
}

/// A memory descriptor.
final class OneDNNLayout {
  let handle: topo_layout_t

  init?(_ handle: topo_layout_t?) {
    guard let handle else { return nil }
    self.handle = handle
  }

  deinit { topo_layout_free(handle) }

  var bytes: Int { topo_layout_bytes(handle) }

  static func == (a: OneDNNLayout, b: OneDNNLayout) -> Bool {
    topo_layout_equal(a.handle, b.handle)
  }

  /// Row-major over `extents`, or with explicit strides.
  static func dense(_ extents: [Int], strides: [Int]? = nil) -> OneDNNLayout? {
    var rowMajor = [Int](repeating: 1, count: extents.count)
    for axis in stride(from: extents.count - 2, through: 0, by: -1) {
      rowMajor[axis] = rowMajor[axis + 1] * extents[axis + 1]
    }
    return OneDNNLayout(
      topo_layout_strided(
        Int32(extents.count), extents.map(dnnl_dim_t.init),
        (strides ?? rowMajor).map(dnnl_dim_t.init)))
  }

  /// Any layout: the primitive chooses.
  static func any(_ extents: [Int]) -> OneDNNLayout? {
    OneDNNLayout(topo_layout_any(Int32(extents.count), extents.map(dnnl_dim_t.init)))
  }

  /// The layout of `batch` images of an activation.
  static func activation(_ tensor: Tensor, batch: Int) -> OneDNNLayout? {
    let extents = [batch] + tensor.shape.dropFirst()
    switch tensor.layout {
    case .dense: return dense(extents)
    case .blockedChannels(let block):
      return OneDNNLayout(topo_layout_blocked(extents.map(dnnl_dim_t.init), Int32(block)))
    }
  }
}
