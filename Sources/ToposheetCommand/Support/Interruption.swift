import Foundation
import Synchronization
import Toposheet

/// The end of the program by a signal, with a message that says how to continue.
///
/// All results are written atomically, so the program can stop anywhere. Training first finishes its
/// step and keeps checkpoints: see `postpone`.
enum Interruption {
  /// What a handler needs to know. It must not wait for a lock or allocate memory, so everything is
  /// prepared before.
  fileprivate struct State: ~Copyable {
    /// Address of the message: its length in bytes, then the bytes.
    let message = Atomic<UInt>(0)
    /// Address of the message when a signal is postponed; 0 for none.
    let notice = Atomic<UInt>(0)
    /// Whether --resume continues the work.
    let isResumable = Atomic<Bool>(false)
    /// Whether the work ends by itself soon after a signal.
    let isPostponed = Atomic<Bool>(false)
    /// When the first postponed signal came, in nanoseconds of the monotonic clock; 0 before it.
    let requested = Atomic<UInt64>(0)
  }

  fileprivate static let shared = State()

  /// The signals that end the program with a message. Batch systems send the last four: before a
  /// limit of time, at the end of a session, at a limit of CPU time.
  static let signals = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU]

  /// The exit code if --resume continues the work: EX_TEMPFAIL of sysexits.h.
  static let resumable: Int32 = 75

  /// From now on these signals end the program with a message, except if they are ignored, as in
  /// background processes of a script and under nohup.
  static func listen() {
    say("interrupted; run it again")
    // Makes the list of locks, which is empty: a handler must not be the first to use it.
    FileLock.removeFilesAtEnd()
    for number in signals {
      var old = sigaction()
      guard sigaction(number, nil, &old) == 0 else { continue }
      let ignored = unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == 1
      guard !ignored else { continue }
      signal(number, interrupted)
      // The signal may be blocked: the mask is inherited from the thread that started the program.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, number)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
  }

  // MARK: Messages

  /// Sets the message: a sentence, which will follow the program's name.
  static func say(_ sentence: String) {
    shared.message.store(message(sentence), ordering: .releasing)
    shared.isResumable.store(false, ordering: .releasing)
  }

  /// Sets the message of a command that can be continued with --resume.
  /// - Parameter after: how far it is: `after epoch 3 of 10`.
  static func sayHowToContinue(after: String) {
    shared.message.store(message(howToContinue(after)), ordering: .releasing)
    shared.isResumable.store(true, ordering: .releasing)
  }

  /// The sentence with the command line that continues.
  static func howToContinue(_ after: String) -> String {
    "interrupted \(after); continue with\n  \(resumingCommand(CommandLine.arguments))"
  }

  /// A message at an address that a handler can read. It is never freed, as a handler may be reading
  /// it; it is short, and set about once per epoch.
  private static func message(_ sentence: String) -> UInt {
    let text = (Terminal.isInteractive ? "\n" : "") + "toposheet: \(sentence)\n"
    let bytes = Array(text.utf8)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 8 + bytes.count, alignment: 8)
    memory.storeBytes(of: bytes.count, as: Int.self)
    (memory + 8).copyMemory(from: bytes, byteCount: bytes.count)
    return UInt(bitPattern: memory)
  }

  // MARK: Postponed signals

  /// From now on the first signal is only noted, for `isRequested`: the work ends soon. Signals
  /// SIGINT and SIGTERM end the program at once if they come a second later or more. Earlier ones
  /// are the same request: `timeout`, for example, sends its signal twice.
  static func postpone() {
    if Terminal.isInteractive, shared.notice.load(ordering: .relaxed) == 0 {
      let text = message("finishing this step; again ends it at once")
      shared.notice.store(text, ordering: .releasing)
    }
    shared.isPostponed.store(true, ordering: .releasing)
  }

  /// From now on signals end the program at once. If one was postponed and not seen, it ends now.
  static func endPostponement() {
    guard shared.isPostponed.exchange(false, ordering: .acquiringAndReleasing) else { return }
    if isRequested { finish(SIGTERM) }
  }

  /// Whether a signal was postponed.
  static var isRequested: Bool { shared.requested.load(ordering: .acquiring) != 0 }

  /// Whether --resume continues what was at work.
  static var isResumable: Bool { shared.isResumable.load(ordering: .acquiring) }

  /// What a signal does while signals are postponed.
  enum Reaction { case note, ignore, end }

  /// - Parameters:
  ///   - first: when the first signal came, in nanoseconds; 0 if this is the first.
  ///   - now: the present time on the same clock.
  static func reaction(to number: Int32, first: UInt64, now: UInt64) -> Reaction {
    guard first != 0 else { return .note }
    let isImpatient = number == SIGINT || number == SIGTERM
    return isImpatient && now >= first + 1_000_000_000 ? .end : .ignore
  }

  fileprivate static var isPostponed: Bool { shared.isPostponed.load(ordering: .acquiring) }

  /// Notes a signal.
  /// - Returns: when the first one came; 0 if this is the first.
  fileprivate static func request(at now: UInt64) -> UInt64 {
    shared.requested.compareExchange(
      expected: 0, desired: now, ordering: .acquiringAndReleasing
    ).original
  }

  fileprivate static func writeNotice() { write(shared.notice.load(ordering: .acquiring)) }

  fileprivate static func finish(_ number: Int32) -> Never {
    FileLock.removeFilesAtEnd()
    write(shared.message.load(ordering: .acquiring))
    _exit(isResumable && !isPostponed ? resumable : 128 + number)
  }

  private static func write(_ address: UInt) {
    guard let message = UnsafeRawPointer(bitPattern: address) else { return }
    _ = Glibc.write(STDERR_FILENO, message + 8, message.load(as: Int.self))
  }
}

// MARK: The command line that continues

extension Interruption {
  /// The command line that continues the work of another, quoted for a shell.
  static func resumingCommand(_ arguments: [String]) -> String {
    let resumes = arguments.contains { $0 == "--resume" || $0.hasPrefix("--resume=") }
    return (arguments + (resumes ? [] : ["--resume"])).map(quoted).joined(separator: " ")
  }

  /// A word of a command line, quoted for a shell if that is needed.
  static func quoted(_ argument: String) -> String {
    ShellWord.quoted(argument)
  }
}

private func interrupted(_ number: Int32) {
  let saved = errno
  guard Interruption.isPostponed else { Interruption.finish(number) }
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  let now = max(UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec), 1)
  switch Interruption.reaction(to: number, first: Interruption.request(at: now), now: now) {
  case .note: Interruption.writeNotice()
  case .ignore: break
  case .end: Interruption.finish(number)
  }
  errno = saved
}
