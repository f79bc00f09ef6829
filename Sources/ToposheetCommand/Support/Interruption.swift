import Foundation
import Synchronization

/// What is said when somebody stops the program, by Ctrl-C or SIGTERM: how to go on.
///
/// Everything that is kept is written whole or not at all, so the program can stop anywhere.
enum Interruption {
  /// Address of the message: its length in bytes, then those. A signal's handler must not wait for
  /// a lock or take memory, so the message lies ready.
  fileprivate static let message = Atomic<UInt>(0)

  /// From now on those signals end the program with a message; not where they are ignored, as they
  /// are for what a script put into the background.
  static func listen() {
    say("interrupted; run it again")
    for number in [SIGINT, SIGTERM] {
      var old = sigaction()
      guard sigaction(number, nil, &old) == 0 else { continue }
      let ignored = unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == 1
      guard !ignored else { continue }
      signal(number, interrupted)
      // Whoever starts the program from a thread that blocks signals does not mean this one to.
      var own = sigset_t()
      sigemptyset(&own)
      sigaddset(&own, number)
      pthread_sigmask(SIG_UNBLOCK, &own, nil)
    }
  }

  /// What to say from now on, the sentence after the program's name.
  static func say(_ sentence: String) {
    let text = (Terminal.isInteractive ? "\n" : "") + "toposheet: \(sentence)\n"
    let bytes = Array(text.utf8)
    // Never given back: the handler may be reading it. It is short, and said once an epoch.
    let place = UnsafeMutableRawPointer.allocate(byteCount: 8 + bytes.count, alignment: 8)
    place.storeBytes(of: bytes.count, as: Int.self)
    (place + 8).copyMemory(from: bytes, byteCount: bytes.count)
    message.store(UInt(bitPattern: place), ordering: .releasing)
  }

  /// What to say of a command that goes on with --resume.
  /// - Parameter after: what is done: `after epoch 3 of 10`.
  static func sayHowToGoOn(after: String) {
    say("interrupted \(after); go on with\n  \(resumingCommand(CommandLine.arguments))")
  }

  /// The command line that goes on with this one's work, as a shell takes it.
  static func resumingCommand(_ arguments: [String]) -> String {
    let resumes = arguments.contains { $0 == "--resume" || $0.hasPrefix("--resume=") }
    return (arguments + (resumes ? [] : ["--resume"])).map(quoted).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy {
      $0.isLetter || $0.isNumber || "-_./:,=+@%".contains($0)
    }
    guard !plain || argument.isEmpty else { return argument }
    return "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}

private func interrupted(_ number: Int32) {
  let address = Interruption.message.load(ordering: .acquiring)
  if let place = UnsafeRawPointer(bitPattern: address) {
    _ = write(STDERR_FILENO, place + 8, place.load(as: Int.self))
  }
  _exit(128 + number)
}
