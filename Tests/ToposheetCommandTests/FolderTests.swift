import Foundation
import Testing
import TopoFoundation

/// Folders of commands: links, leftovers, and two commands at once.
@Suite("Folders of results", .serialized) struct FolderTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: place.path(name), withDestinationPath: target)
  }

  private func evaluate(_ folder: String, _ more: [String] = []) -> [String] {
    ["evaluate", place.path(folder), "--data", place.data, "--device", "cpu"] + more
  }

  /// The networks that are found in a folder: data, condition and seed.
  private func networks(_ folder: String, _ out: String) throws -> [String] {
    let result = try Command.run(evaluate(folder, ["--out", place.path(out)]))
    #expect(result.status == 0, "\(result.errors)")
    return try networks(out)
  }

  private func networks(_ out: String) throws -> [String] {
    let lines = try String(contentsOf: place.url("\(out)/metrics.csv"), encoding: .utf8)
      .components(separatedBy: "\r\n").map { $0.components(separatedBy: ",") }
    let columns = try ["dataset", "condition", "seed", "measure", "perturbation"].map { name in
      try #require(lines[0].firstIndex(of: name))
    }
    let rows = lines.dropFirst().filter { $0.count == lines[0].count }
      .map { fields in columns.map { fields[$0] } }
    return rows.filter { $0[3...] == ["accuracy", "clean"] }
      .map { $0[..<3].joined(separator: " ") }.sorted()
  }

  /// Into a link, of a link, and in a folder that holds links: among them circles.
  @Test("links are followed") func linksAreFollowed() throws {
    try FileManager.default.createDirectory(
      at: place.url("real"), withIntermediateDirectories: true)
    try link("latest", to: "real")
    #expect(try Command.run(place.train("latest")).status == 0)
    let wanted = try networks("real", "metrics-1")
    #expect(wanted.count == 2)
    #expect(try networks("latest", "metrics-2") == wanted)
    try FileManager.default.createDirectory(at: place.url("all"), withIntermediateDirectories: true)
    try link("all/one", to: "../latest")
    try link("all/again", to: "../real")
    try link("all/up", to: "..")
    try link("all/self", to: "self")
    #expect(try networks("all", "metrics-3") == wanted)
    // Data, by a link that is called otherwise.
    try link("mine", to: "data")
    var arguments = evaluate("all/one", ["--out", place.path("metrics-4")])
    arguments[3] = place.path("mine")
    #expect(try Command.run(arguments).status == 0)
    #expect(try networks("metrics-4").allSatisfy { $0.hasPrefix("mine ") })
    try link("all/gone", to: "nowhere")
    try expectRefused(
      evaluate("all"), ["\(place.path("all/gone")): is a link that cannot be followed"])
  }

  /// Networks without our metadata are called by the path that was given.
  @Test("linked networks are named by their links") func linkedNetworksAreCalledByTheirLinks()
    throws
  {
    let model = try place.model()
    let bytes = try Data(contentsOf: model)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try #require(
      try JSONSerialization.jsonObject(with: bytes[8..<8 + length]) as? [String: Any])
    let plain = try JSONSerialization.data(
      withJSONObject: header.filter { $0.key != "__metadata__" })
    var foreign = Data()
    withUnsafeBytes(of: UInt64(plain.count).littleEndian) { foreign.append(contentsOf: $0) }
    foreign += plain + bytes[(8 + length)...]
    for (name, seed) in [("elsewhere/a", 5), ("elsewhere/b", 6)] {
      let folder = place.url("\(name)/seed-\(seed)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try foreign.write(to: folder.appending(path: "model.safetensors"))
    }
    try FileManager.default.createDirectory(
      at: place.url("mine/ws-2"), withIntermediateDirectories: true)
    try link("mine/control", to: "../elsewhere/a")
    try link("mine/ws-2/seed-9", to: place.path("elsewhere/b/seed-6"))
    #expect(try networks("mine", "metrics") == ["data control 5", "data ws-2 9"])
  }

  /// Every command that writes into a folder, or a file, has it to itself.
  @Test("paths in use are refused") func placesInUseAreRefused() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    for name in ["metrics", "suite"] {
      try FileManager.default.createDirectory(
        at: place.url(name), withIntermediateDirectories: true)
    }
    let inUse = "another process is at work in this folder; wait for it or choose another"
    do {
      let locks = try ["run", "metrics", "suite"].map {
        try FileLock(place.url($0).appending(path: ".lock"))
      }
      for arguments in [
        place.train("run", ["--resume"]), evaluate("run", ["--out", place.path("metrics")]),
        evaluate("run", ["--out", place.path("run")]),
        evaluate("run", ["--suite", "noise", "--out", place.path("suite")]),
      ] { try expectRefused(arguments, [inUse]) }
      withExtendedLifetime(locks) {}
    }
    let result = try Command.run(evaluate("run", ["--out", place.path("metrics")]))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path("metrics")).sorted()
        == [
          "confusion.csv", "metrics.csv", "metrics.json", "provenance.json", "suite.json",
          "tables.txt", "tasks",
        ])

    // A folder of another evaluation.
    try Data("{}".utf8).write(to: place.url("suite/suite.json"))
    try expectRefused(
      evaluate("run", ["--out", place.path("suite")]), ["suite.json: cannot be understood"])

    // Two files of one folder may be written at once, one file may not.
    func corrupt(_ name: String) -> [String] {
      [
        "corrupt", "--data", place.data, "--perturbation", "white", "--severities", "1", "--out",
        place.path(name),
      ]
    }
    let lock = try FileLock(place.url(".one.lock"))
    for name in ["one.npy", "one"] {
      try expectRefused(corrupt(name), ["\(name): another process is writing this file"])
    }
    try Data("half".utf8).write(to: place.url(".two.npy.1.2.partial"))
    try Data("half".utf8).write(to: place.url(".other.npy.1.2.partial"))
    #expect(try Command.run(corrupt("two.npy")).status == 0)
    lock.release()
    #expect(try Command.run(corrupt("one.npy")).status == 0)
    let hidden = try FileManager.default.contentsOfDirectory(atPath: place.temporary.url.path)
      .filter { $0.hasPrefix(".") }
    #expect(hidden == [".other.npy.1.2.partial"])
    let bench = try FileLock(place.url(".bench.json.lock"))
    try expectRefused(
      ["bench", "--quick", "--device", "cpu", "--json", place.path("bench.json")],
      ["bench.json: another process is writing this file"])
    withExtendedLifetime(bench) {}
  }

  /// Two at once, of which one is refused and the other leaves everything.
  @Test("the second of two commands in one folder is refused") func oneOfTwoAtOnceIsRefused() throws
  {
    #expect(try Command.run(place.train("run")).status == 0)
    let arguments = evaluate(
      "run", ["--noise", "white", "--draws", "400", "--out", place.path("metrics")])
    let first = try Command.process(arguments)
    first.standardOutput = FileHandle.nullDevice
    first.standardError = FileHandle.nullDevice
    try first.run()
    // This is written under the lock; the lock's file alone may not be locked yet.
    while first.isRunning, !place.exists("metrics/suite.json") { usleep(200) }
    // It must not be done before the second has begun.
    Foundation.kill(first.processIdentifier, SIGSTOP)
    defer { Foundation.kill(first.processIdentifier, SIGCONT) }
    try #require(first.isRunning)
    try expectRefused(arguments, ["another process is at work in this folder"])
    Foundation.kill(first.processIdentifier, SIGCONT)
    first.waitUntilExit()
    #expect(first.terminationStatus == 0)
    try expectRefused(arguments, ["metrics: the folder already holds this suite; add --resume"])
    #expect(place.exists("metrics/metrics.json") && !place.exists("metrics/.lock"))
  }

  @Test("leftovers of killed commands are removed") func leftoversOfKillsAreRemoved() throws {
    #expect(try Command.run(place.train("run")).status == 0)
    let leftover = "run/.progress.json.27255.4254211097.partial"
    let kept = "run/ws-euclidean-0.5/.notes.partial"
    for name in [leftover, kept] { try Data("half".utf8).write(to: place.url(name)) }
    #expect(try Command.run(place.train("run", ["--resume"])).status == 0)
    #expect(!place.exists(leftover) && place.exists(kept))
    try FileManager.default.createDirectory(
      at: place.url("metrics"), withIntermediateDirectories: true)
    try Data("half".utf8).write(to: place.url("metrics/.metrics.csv.1.2.partial"))
    #expect(try Command.run(evaluate("run", ["--out", place.path("metrics")])).status == 0)
    #expect(!place.exists("metrics/.metrics.csv.1.2.partial"))
  }
}
