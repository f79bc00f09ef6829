import Foundation
import TestSupport
import Testing

/// The real program, run as a user would.
struct Command {
  /// What came of a run.
  struct Result {
    var status: Int32
    var output: String
    var errors: String

    /// The sentences that the program ended with.
    var sentences: [String] {
      errors.split(separator: "\n").map(String.init)
        .filter { $0.hasPrefix("toposheet: ") }
    }
  }

  /// The binary lies beside the test bundle, whose process this is.
  static let binary = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "toposheet")

  static func process(
    _ arguments: [String], errors: URL? = nil, environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs the program to its end.
  /// - Parameters:
  ///   - place: where standard output goes, instead of into the result.
  ///   - outer: a command line that runs the program, whose path follows it.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], output place: FileHandle? = nil,
    through outer: [String] = []
  ) throws -> Result {
    let folder = try TemporaryFolder()
    let (output, errors) = (
      folder.url.appending(path: "output"), folder.url.appending(path: "errors")
    )
    for file in [output, errors] { try Data().write(to: file) }
    let process = try process(arguments, environment: environment)
    if let first = outer.first {
      process.executableURL = URL(filePath: first)
      process.arguments = outer.dropFirst() + [binary.path] + arguments
    }
    process.standardOutput = try place ?? FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// Runs the program, kills it (SIGKILL) as soon as `file` exists, and waits for its end.
  /// - Parameter folder: a new folder of results. On a busy machine the program may be done before
  ///   the file is seen; then the folder is removed, and the program runs again.
  /// - Returns: whether it was killed rather than done.
  static func kill(_ arguments: [String], when file: URL, into folder: URL) throws -> Bool {
    for _ in 0..<20 {
      if try kill(arguments, when: file) { return true }
      try FileManager.default.removeItem(at: folder)
    }
    return false
  }

  /// As above, once.
  static func kill(_ arguments: [String], when file: URL) throws -> Bool {
    let process = try process(arguments)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !FileManager.default.fileExists(atPath: file.path) { usleep(200) }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }

  /// Runs the program, and sends a signal when `isTime` says so of its errors.
  static func interrupt(
    _ arguments: [String], by signal: Int32, when isTime: (String) -> Bool
  ) throws -> Result {
    // Before the program has its handlers, it dies of the signal.
    func listens(_ process: Process) -> Bool {
      let status = try? String(
        contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
      let mask = line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) }
      return (mask ?? 0) & 1 << UInt64(signal - 1) != 0
    }
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "errors")
    try Data().write(to: file)
    let process = try process(arguments)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: file)
    try process.run()
    func errors() throws -> String { try String(contentsOf: file, encoding: .utf8) }
    while process.isRunning, try !listens(process) || !isTime(errors()) { usleep(1000) }
    Foundation.kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -1, output: "",
      errors: try errors())
  }
}

/// Expects a run that was refused: one sentence with all of `parts`, and an exit code.
func expectRefused(
  _ arguments: [String], _ parts: [String], environment: [String: String] = [:],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let result = try Command.run(arguments, environment: environment)
  #expect(result.status > 0, "\(arguments): \(result.status)", sourceLocation: sourceLocation)
  #expect(result.sentences.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
  for part in parts {
    #expect(
      result.sentences.first?.contains(part) == true, "\(result.errors), not \(part)",
      sourceLocation: sourceLocation)
  }
  #expect(result.output.isEmpty, "\(result.output)", sourceLocation: sourceLocation)
}
