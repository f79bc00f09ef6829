import COneDNN
import Glibc
import Synchronization

/// Threads that wait for work and all run the same body, each with its own number.
///
/// It is not a task pool, because oneDNN's settings (one thread, flushed denormals) belong to a
/// thread, and because teams of threads meet at spin barriers, for which all of them must run at
/// once.
final class WorkerPool: @unchecked Sendable {
  let threads: Int
  private let state: UnsafeMutablePointer<State>
  private var handles: [pthread_t] = []
  /// One body at a time.
  private let turn = Mutex(())

  private struct State {
    var mutex = pthread_mutex_t()
    var workArrived = pthread_cond_t()
    var workDone = pthread_cond_t()
    var generation = 0
    var running = 0
    var stop = false
    var body: (@Sendable (Int) -> Void)?
  }

  private final class Start {
    let thread: Int
    let state: UnsafeMutablePointer<State>

    init(thread: Int, state: UnsafeMutablePointer<State>) {
      self.thread = thread
      self.state = state
    }
  }

  init(threads: Int) throws {
    self.threads = threads
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    pthread_mutex_init(&state.pointee.mutex, nil)
    pthread_cond_init(&state.pointee.workArrived, nil)
    pthread_cond_init(&state.pointee.workDone, nil)
    for thread in 0..<threads {
      var handle = pthread_t()
      let start = Unmanaged.passRetained(Start(thread: thread, state: state))
      let status = pthread_create(
        &handle, nil,
        { argument in
          if let argument {
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            WorkerPool.serve(thread: start.thread, state: start.state)
          }
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        throw DeviceError(
          "cannot start thread \(thread + 1) of \(threads) (\(String(cString: strerror(status)))): "
            + "ask for fewer with --threads")
      }
      handles.append(handle)
    }
  }

  deinit {
    pthread_mutex_lock(&state.pointee.mutex)
    state.pointee.stop = true
    pthread_cond_broadcast(&state.pointee.workArrived)
    pthread_mutex_unlock(&state.pointee.mutex)
    for handle in handles { pthread_join(handle, nil) }
    pthread_mutex_destroy(&state.pointee.mutex)
    pthread_cond_destroy(&state.pointee.workArrived)
    pthread_cond_destroy(&state.pointee.workDone)
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Runs `body` on every thread and waits for all of them.
  func run(_ body: @escaping @Sendable (Int) -> Void) {
    turn.withLock { _ in
      pthread_mutex_lock(&state.pointee.mutex)
      state.pointee.body = body
      state.pointee.running = threads
      state.pointee.generation += 1
      pthread_cond_broadcast(&state.pointee.workArrived)
      while state.pointee.running > 0 {
        pthread_cond_wait(&state.pointee.workDone, &state.pointee.mutex)
      }
      state.pointee.body = nil
      pthread_mutex_unlock(&state.pointee.mutex)
    }
  }

  /// Runs the body that has arrived, and releases it before it counts as done: it may hold the
  /// pool, which must not be released on one of its own threads. Unlocks the state.
  @inline(never)
  private static func work(thread: Int, state: UnsafeMutablePointer<State>) {
    let body = state.pointee.body
    pthread_mutex_unlock(&state.pointee.mutex)
    body?(thread)
  }

  private static func serve(thread: Int, state: UnsafeMutablePointer<State>) {
    topo_single_threaded()
    topo_flush_denormals()
    var seen = 0
    while true {
      pthread_mutex_lock(&state.pointee.mutex)
      while state.pointee.generation == seen && !state.pointee.stop {
        pthread_cond_wait(&state.pointee.workArrived, &state.pointee.mutex)
      }
      if state.pointee.stop {
        pthread_mutex_unlock(&state.pointee.mutex)
        return
      }
      seen = state.pointee.generation
      work(thread: thread, state: state)

      pthread_mutex_lock(&state.pointee.mutex)
      state.pointee.running -= 1
      if state.pointee.running == 0 { pthread_cond_signal(&state.pointee.workDone) }
      pthread_mutex_unlock(&state.pointee.mutex)
    }
  }
}
