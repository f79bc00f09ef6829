import Foundation
import TestSupport
import Testing
import TopoPerturbations

@testable import ToposheetCommand

/// What becomes of results that cannot be printed.
@Suite("Standard output", .serialized) struct OutputTests {
  private static func full() throws -> FileHandle {
    try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
  }

  private func expectTold(
    _ arguments: [String], _ part: String = "No space left on device",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Command.run(arguments, output: try Self.full())
    #expect(result.status == 1, "\(arguments)", sourceLocation: sourceLocation)
    #expect(result.sentences.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    let sentence = result.sentences.last ?? ""
    #expect(
      sentence.hasPrefix("toposheet: standard output: ") && sentence.contains(part),
      "\(result.errors)", sourceLocation: sourceLocation)
  }

  @Test(
    "a full disk is reported",
    arguments: [
      ["devices"], ["suites"], ["suites", "noise"], ["suites", "--every"], ["--help"],
      ["--version"],
      ["help", "train"], ["train", "--help"], ["--generate-completion-script", "bash"], [],
      ["verify", "--small", "--device", "cpu", "--only", "softmax"],
    ])
  func aFullDiskIsTold(_ arguments: [String]) throws { try expectTold(arguments) }

  @Test("a full disk is reported for lists of kernels") func listsOfKernelsAreTold() throws {
    let folder = try TemporaryFolder()
    try expectTold(["kernels", "--profile", "nvidia-hopper", "--out", folder.url.path])
  }

  /// What was asked for is in its folder all the same, and can be printed again.
  @Test("results are in their folder") func resultsAreInTheirFolder() throws {
    let place = try Workplace()
    try expectTold(place.train("trained"), "toposheet show \(place.path("trained"))")
    let model = place.url("trained/ws-euclidean-0.5/seed-1/model.safetensors").path
    #expect(FileManager.default.fileExists(atPath: model))
    let evaluate = ["evaluate", model, "--data", place.data, "--device", "cpu"]
    try expectTold(evaluate)
    let out = ["--noise", "white", "--draws", "1", "--out", place.path("metrics")]
    try expectTold(evaluate + out, "toposheet show \(place.path("metrics"))")
    try expectTold(["show", place.path("metrics")])
    let shown = try Command.run(["show", place.path("metrics")])
    #expect(shown.status == 0 && shown.errors.isEmpty)
    #expect(shown.output.contains("Noise white, accuracy %"), "\(shown.output)")
  }

  /// A reader that leaves, as `| head` does, is no reason to complain, nor to lose results.
  @Test("closed pipes end quietly") func closedPipesAreQuiet() throws {
    let place = try Workplace()
    for arguments in [["devices"], ["--help"], place.train("trained")] {
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let result = try Command.run(arguments, output: pipe.fileHandleForWriting)
      #expect(result.status == 0, "\(arguments)")
      #expect(result.sentences.isEmpty, "\(result.errors)")
    }
    #expect(place.exists("trained/ws-euclidean-0.5/seed-1/model.safetensors"))
  }

  /// A standard output that is closed from the start: no file takes its place and gets the tables.
  @Test("closed streams are not reused by files") func closedStreamsAreNotTakenByFiles() throws {
    let place = try Workplace()
    let cases: [(String, Int32)] = [(">&-", 1), ("<&-", 0), ("2>&-", 0), (">&- 2>&- <&-", 1)]
    for (number, (streams, status)) in cases.enumerated() {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      let name = "trained\(number)"
      process.arguments =
        ["-c", "exec \"$0\" \"$@\" \(streams)", Command.binary.path] + place.train(name)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == status, "\(streams)")
      let csv = try String(contentsOf: place.url("\(name)/training.csv"), encoding: .utf8)
      #expect(csv.contains("cross-entropy") && !csv.contains("penalty  "), "\(csv)")
      let marker = try String(contentsOf: place.url("\(name)/study.json"), encoding: .utf8)
      #expect(marker.hasPrefix("{") && !marker.contains("penalty  "))
    }
  }

  /// Without a folder to look into, the remedy is another one; errors keep their exit code.
  @Test("other errors come first") func otherErrorsComeFirst() throws {
    let result = try Command.run(["evaluate"], output: try Self.full())
    #expect(result.status == 64 && result.sentences.count == 1)
    try expectTold(["devices"], "make room")
  }
}
