import Foundation
import Synchronization

/// The message when the program is stopped, by Ctrl-C or SIGTERM: how to continue.
///
/// All results are written atomically, so the program can stop anywhere.
enum Interruption {
  /// Address of the message: its length in bytes, then the bytes. A signal's handler must not wait
  /// for a lock or allocate memory, so the message is prepared before.
  fileprivate static let message = Atomic<UInt>(0)

  /// From now on these signals end the program with a message, except if they are ignored, as in
  /// background processes of a script.
  static func listen() {
    say("interrupted; run it again")
    for number in [SIGINT, SIGTERM] {
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

  /// Sets the message: a sentence, which will follow the program's name.
  static func say(_ sentence: String) {
    let text = (Terminal.isInteractive ? "\n" : "") + "toposheet: \(sentence)\n"
    let bytes = Array(text.utf8)
    // Never freed, as the handler may be reading it. It is short, and set about once per epoch.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 8 + bytes.count, alignment: 8)
    memory.storeBytes(of: bytes.count, as: Int.self)
    (memory + 8).copyMemory(from: bytes, byteCount: bytes.count)
    message.store(UInt(bitPattern: memory), ordering: .releasing)
  }

  /// Sets the message of a command that can be continued with --resume.
  /// - Parameter after: how far it is: `after epoch 3 of 10`.
  static func sayHowToContinue(after: String) {
    say("interrupted \(after); continue with\n  \(resumingCommand(CommandLine.arguments))")
  }

  /// The command line that continues the work of another, quoted for a shell.
  static func resumingCommand(_ arguments: [String]) -> String {
    let resumes = arguments.contains { $0 == "--resume" || $0.hasPrefix("--resume=") }
    return (arguments + (resumes ? [] : ["--resume"])).map(quoted).joined(separator: " ")
  }

  /// A word of a command line, quoted for a shell if that is needed.
  static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy {
      $0.isLetter || $0.isNumber || "-_./:,=+@%".contains($0)
    }
    guard !plain || argument.isEmpty else { return argument }
    return "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}

private func interrupted(_ number: Int32) {
  let address = Interruption.message.load(ordering: .acquiring)
  if let message = UnsafeRawPointer(bitPattern: address) {
    _ = write(STDERR_FILENO, message + 8, message.load(as: Int.self))
  }
  _exit(128 + number)
}
