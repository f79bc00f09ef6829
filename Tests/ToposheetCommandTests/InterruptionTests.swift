import Foundation
import TestSupport
import Testing

@testable import ToposheetCommand

/// What Ctrl-C, SIGTERM and the signals of batch systems do.
@Suite("Interruption", .serialized) struct InterruptionTests {
  @Test(
    "training says how to resume", arguments: [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU])
  func trainingSaysHowToContinue(_ signal: Int32) throws {
    let place = try Workplace()
    let arguments = place.train("it's here").map { $0 == "2" ? "200" : $0 }
    let result = try Command.interrupt(arguments, by: signal) { $0.contains("\nepoch 2/200") }
    #expect(result.status == 75, "\(result.errors)")
    #expect(result.errors.contains("toposheet: interrupted "), "\(result.errors)")
    let lines = result.errors.split(separator: "\n").map(String.init)
    let command = try #require(lines.last?.trimmingCharacters(in: .whitespaces))
    #expect(command.hasSuffix("--resume"))
    // The very line, by a shell; stopped again before its two hundred epochs are done.
    let shell = Process()
    let errors = place.url("errors")
    try Data().write(to: errors)
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "exec " + command]
    shell.standardError = try FileHandle(forWritingTo: errors)
    try shell.run()
    var text = ""
    while shell.isRunning, !text.contains("\ncontinuing ") {
      text = try String(contentsOf: errors, encoding: .utf8)
      usleep(1000)
    }
    shell.terminate()
    shell.waitUntilExit()
    text = try String(contentsOf: errors, encoding: .utf8)
    #expect(text.contains("\ncontinuing "), "\(text)")
    #expect(shell.terminationStatus == 75, "\(text)")
  }

  /// Of the tasks of an evaluation each is kept, so it ends at once, and can be continued.
  @Test("an evaluation says how to resume") func anEvaluationSaysHowToResume() throws {
    let place = try Workplace()
    #expect(try Command.run(place.train("trained")).status == 0)
    let arguments = [
      "evaluate", place.path("trained"), "--data", place.data, "--device", "cpu", "--noise",
      "white,pink", "--draws", "100", "--out", place.path("evaluated"),
    ]
    let result = try Command.interrupt(arguments, by: SIGUSR1) { _ in
      place.exists("evaluated/tasks/3.csv")
    }
    #expect(result.status == 75, "\(result.errors)")
    #expect(result.errors.contains("toposheet: interrupted after "), "\(result.errors)")
    // No lock remains, which would look like that of a killed process.
    #expect(!place.exists("evaluated/.lock"))
    let status = try Command.run(["status", place.path("evaluated")])
    #expect(status.output.contains("not done, and no process is at work"), "\(status.output)")
    #expect(!status.output.contains("lock"), "\(status.output)")
    let nowhere = try Command.interrupt(Array(arguments.dropLast(2)), by: SIGHUP) { _ in true }
    #expect(nowhere.status == 128 + SIGHUP, "\(nowhere.errors)")
  }

  /// `timeout` sends its signal twice; people press Ctrl-C again if nothing happens.
  @Test("a second signal ends at once") func aSecondSignalEndsAtOnce() {
    let second: UInt64 = 1_000_000_000
    func reaction(_ number: Int32, _ first: UInt64, _ now: UInt64) -> Interruption.Reaction {
      Interruption.reaction(to: number, first: first, now: now)
    }
    for number in Interruption.signals { #expect(reaction(number, 0, 5 * second) == .note) }
    #expect(reaction(SIGTERM, 5 * second, 5 * second + 1000) == .ignore)
    #expect(reaction(SIGTERM, 5 * second, 6 * second - 1) == .ignore)
    #expect(reaction(SIGTERM, 5 * second, 6 * second) == .end)
    #expect(reaction(SIGINT, 5 * second, 65 * second) == .end)
    #expect(reaction(SIGUSR1, 5 * second, 65 * second) == .ignore)
  }

  /// Nothing to continue, nothing to say about it.
  @Test("other commands stop") func otherCommandsStop() throws {
    let result = try Command.interrupt(
      ["bench", "--device", "cpu", "--seconds", "60", "--only", "operations"], by: SIGINT
    ) { _ in true }
    #expect(result.status == 130 && result.errors.contains("toposheet: interrupted"))
    #expect(!result.errors.contains("--resume"))
  }

  /// What a script put into the background with Ctrl-C ignored continues.
  @Test("ignored signals stay ignored") func ignoredSignalsStayIgnored() throws {
    let place = try Workplace()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      [
        "-c", "trap '' INT; \"$0\" \"$@\" & kill -INT $!; sleep 0.2; kill -INT $!; wait $!",
        Command.binary.path,
      ] + place.train("trained")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(place.exists("trained/ws-euclidean-0.5/seed-1/model.safetensors"))
  }

  @Test("command lines are quoted") func commandLinesAreQuoted() {
    #expect(
      Interruption.resumingCommand(["./toposheet", "run", "a b.yaml", "--out", "it's", ""])
        == "./toposheet run 'a b.yaml' --out 'it'\\''s' '' --resume")
    #expect(Interruption.resumingCommand(["t", "--resume", "$x"]) == "t --resume '$x'")
    #expect(Interruption.resumingCommand(["t", "--resume=anyway"]) == "t --resume=anyway")
  }
}
