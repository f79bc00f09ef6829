import COneDNN
import Glibc
import Synchronization

/// Threads that wait for work and all run the same body, each with its own lane number.
///
/// Threads of our own rather than a task pool: a lane's oneDNN settings (one thread, flushed
/// denormals) are thread state, and teams of lanes meet at spin barriers, which needs them all
/// to run at once.
final class WorkerPool: @unchecked Sendable {
  let lanes: Int
  private let state: UnsafeMutablePointer<State>
  private var threads: [pthread_t] = []
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
    let lane: Int
    let state: UnsafeMutablePointer<State>

    init(lane: Int, state: UnsafeMutablePointer<State>) {
      self.lane = lane
      self.state = state
    }
  }

  init(lanes: Int) throws {
    self.lanes = lanes
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    pthread_mutex_init(&state.pointee.mutex, nil)
    pthread_cond_init(&state.pointee.workArrived, nil)
    pthread_cond_init(&state.pointee.workDone, nil)
    for lane in 0..<lanes {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(lane: lane, state: state))
      let status = pthread_create(
        &thread, nil,
        { argument in
          if let argument {
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            WorkerPool.serve(lane: start.lane, state: start.state)
          }
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        throw DeviceError(
          "cannot start thread \(lane + 1) of \(lanes) (\(String(cString: strerror(status)))): "
            + "ask for fewer with --threads")
      }
      threads.append(thread)
    }
  }

  deinit {
    pthread_mutex_lock(&state.pointee.mutex)
    state.pointee.stop = true
    pthread_cond_broadcast(&state.pointee.workArrived)
    pthread_mutex_unlock(&state.pointee.mutex)
    for thread in threads { pthread_join(thread, nil) }
    pthread_mutex_destroy(&state.pointee.mutex)
    pthread_cond_destroy(&state.pointee.workArrived)
    pthread_cond_destroy(&state.pointee.workDone)
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Runs `body` on every lane and waits for all of them.
  func run(_ body: @escaping @Sendable (Int) -> Void) {
    turn.withLock { _ in
      pthread_mutex_lock(&state.pointee.mutex)
      state.pointee.body = body
      state.pointee.running = lanes
      state.pointee.generation += 1
      pthread_cond_broadcast(&state.pointee.workArrived)
      while state.pointee.running > 0 {
        pthread_cond_wait(&state.pointee.workDone, &state.pointee.mutex)
      }
      state.pointee.body = nil
      pthread_mutex_unlock(&state.pointee.mutex)
    }
  }

  /// Runs the body that has arrived, and lets go of it before it counts as done: it may hold the
  /// pool, which must not be given up by one of its own threads. Unlocks the state.
  @inline(never)
  private static func work(lane: Int, state: UnsafeMutablePointer<State>) {
    let body = state.pointee.body
    pthread_mutex_unlock(&state.pointee.mutex)
    body?(lane)
  }

  private static func serve(lane: Int, state: UnsafeMutablePointer<State>) {
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
      work(lane: lane, state: state)

      pthread_mutex_lock(&state.pointee.mutex)
      state.pointee.running -= 1
      if state.pointee.running == 0 { pthread_cond_signal(&state.pointee.workDone) }
      pthread_mutex_unlock(&state.pointee.mutex)
    }
  }
}
