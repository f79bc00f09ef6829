import Foundation
import TestSupport
import Testing

/// Networks of chosen epochs: `--snapshots` and `--keep` of `train`, `--epoch` of `evaluate`.
@Suite("Snapshots", .serialized) struct SnapshotCommandTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private static let member = "ws-euclidean-0.5/seed-1"

  private func train(_ out: String, epochs: String, _ more: [String]) throws -> Command.Result {
    try Command.run(place.train(out, more).map { $0 == "2" ? epochs : $0 })
  }

  private func evaluate(_ models: String, _ more: [String]) -> [String] {
    ["evaluate", place.path(models), "--data", place.data, "--device", "cpu"] + more
  }

  private func networks(_ out: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.path("\(out)/\(Self.member)"))
      .sorted()
  }

  /// The epochs in a table of metrics.
  private func epochs(_ name: String) throws -> Set<String> {
    let rows = try String(contentsOf: place.url("\(name)/metrics.csv"), encoding: .utf8)
      .components(separatedBy: "\r\n").filter { !$0.isEmpty }
      .map { $0.components(separatedBy: ",") }
    let column = try #require(rows.first?.firstIndex(of: "epoch"))
    return Set(rows.dropFirst().map { $0[column] })
  }

  @Test("train keeps what was asked for") func trainKeepsWhatWasAskedFor() throws {
    let result = try train("all", epochs: "3", ["--snapshots", "1,3"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try networks("all") == [
        "checkpoint-3.safetensors", "epoch-1.safetensors", "epoch-3.safetensors",
        "model.safetensors",
      ])
    #expect(try train("models", epochs: "3", ["--keep", "models"]).status == 0)
    #expect(try networks("models") == ["model.safetensors"])
    #expect(
      try Data(contentsOf: place.url("all/\(Self.member)/epoch-3.safetensors"))
        == Data(contentsOf: place.url("models/\(Self.member)/model.safetensors")))
    // An epoch is the last one of a shorter training.
    #expect(try train("short", epochs: "1", []).status == 0)
    let model = try Data(contentsOf: place.url("short/\(Self.member)/model.safetensors"))
    #expect(try Data(contentsOf: place.url("all/\(Self.member)/epoch-1.safetensors")) == model)
    // Models alone cannot train on.
    let more = place.train("models", ["--keep", "models", "--resume"])
    try expectRefused(more.map { $0 == "2" ? "4" : $0 }, ["keep"])
    #expect(try networks("models") == ["model.safetensors"])
  }

  @Test("lists that mean nothing are refused") func listsThatMeanNothingAreRefused() throws {
    for (list, part) in [
      ("1,x", "--snapshots takes epochs such as 1,2,5, not x"), ("0", "0"), ("4", "4"),
      ("-1", "-1"),
    ] {
      try expectRefused(place.train("none", ["--snapshots", list]), [part])
      #expect(!place.exists("none"))
    }
    try expectRefused(place.train("none", ["--keep", "everything"]), ["everything"])
  }

  @Test("an epoch is evaluated like any other") func anEpochIsEvaluated() throws {
    #expect(try train("run", epochs: "3", ["--snapshots", "1,2"]).status == 0)
    let out = ["--out", place.path("first")]
    let result = try Command.run(evaluate("run", ["--epoch", "1"] + out))
    #expect(result.status == 0, "\(result.errors)")
    #expect(try epochs("first") == ["1"])
    // The same values as those of networks that were trained for one epoch only.
    #expect(try train("short", epochs: "1", []).status == 0)
    #expect(
      try Command.run(evaluate("short", ["--out", place.path("short-metrics")])).status == 0)
    #expect(
      try Data(contentsOf: place.url("first/metrics.csv"))
        == Data(contentsOf: place.url("short-metrics/metrics.csv")))
    try expectRefused(
      evaluate("run", ["--epoch", "7"]),
      ["holds no epoch-7.safetensors; there are networks of epochs 1, 2 and 3"])
  }

  @Test("several epochs have a folder each") func severalEpochsHaveAFolderEach() throws {
    #expect(try train("run", epochs: "3", ["--snapshots", "1,3"]).status == 0)
    let noise = ["--noise", "white", "--draws", "1"]
    for epoch in ["1", "3"] {
      let out = ["--epoch", epoch, "--out", place.path("alone-\(epoch)")]
      #expect(try Command.run(evaluate("run", noise + out)).status == 0)
    }
    for (list, out) in [("1,3", "listed"), ("all", "all")] {
      let result = try Command.run(
        evaluate("run", noise + ["--epoch", list, "--out", place.path(out)]))
      #expect(result.status == 0, "\(result.errors)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place.path(out)).sorted()
          == ["epoch-1", "epoch-3"])
      for epoch in ["1", "3"] {
        #expect(try epochs("\(out)/epoch-\(epoch)") == [epoch])
        #expect(result.output.contains("Epoch \(epoch)\n"), "\(result.output)")
        #expect(try place.files("\(out)/epoch-\(epoch)") == place.files("alone-\(epoch)"))
      }
    }
    // The folder of several epochs goes to report, show and status, too.
    for command in ["report", "show", "status"] {
      let result = try Command.run([command, place.path("listed")])
      #expect(result.status == 0, "\(command): \(result.errors)")
      if command != "report" {
        #expect(result.output.contains("Epoch 1\n") && result.output.contains("Epoch 3\n"))
      }
    }
    try expectRefused(["status", place.path("listed"), "--json"], ["listed/epoch-1"])
    try expectRefused(["compare", place.path("listed")], ["2 epochs", "listed/epoch-1"])
    // What is missing is added.
    let wanted = try place.files("all")
    try FileManager.default.removeItem(at: place.url("all/epoch-3/metrics.csv"))
    try FileManager.default.removeItem(at: place.url("all/epoch-3/tasks/2.csv"))
    let again = evaluate("run", noise + ["--epoch", "all", "--out", place.path("all")])
    try expectRefusedAfterOutput(again, "add --resume to continue it")
    let resumed = try Command.run(again + ["--resume"])
    #expect(resumed.status == 0 && !resumed.errors.contains("nothing to continue"))
    #expect(try place.files("all") == wanted)
  }

  /// The last epoch has no snapshot, but a model.
  @Test("the models are the networks of the last epoch") func lastEpoch() throws {
    #expect(try train("run", epochs: "3", ["--snapshots", "1"]).status == 0)
    #expect(try Command.run(evaluate("run", ["--out", place.path("models")])).status == 0)
    let last = try Command.run(evaluate("run", ["--epoch", "3", "--out", place.path("last")]))
    #expect(last.status == 0, "\(last.errors)")
    #expect(try place.files("last") == place.files("models"))
    let all = try Command.run(evaluate("run", ["--epoch", "all", "--out", place.path("all")]))
    #expect(all.status == 0, "\(all.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path("all")).sorted()
        == ["epoch-1", "epoch-3"])
    #expect(try place.files("all/epoch-3") == place.files("models"))
  }

  private func expectRefusedAfterOutput(_ arguments: [String], _ part: String) throws {
    let result = try Command.run(arguments)
    #expect(result.status == 1 && result.sentences.count == 1, "\(result.errors)")
    #expect(result.sentences.first?.contains(part) == true, "\(result.errors)")
  }

  @Test("epochs that mean nothing are refused") func epochsThatMeanNothingAreRefused() throws {
    #expect(try train("run", epochs: "1", ["--snapshots", "1"]).status == 0)
    #expect(try train("bare", epochs: "1", []).status == 0)
    for text in ["", "x", "1,", "0", "-1", "1,x"] {
      try expectRefused(
        evaluate("run", ["--epoch", text]), ["--epoch \(text) is not understood: give numbers"])
    }
    try expectRefused(evaluate("run", ["--epoch", "1,1"]), ["--epoch 1,1 names an epoch twice"])
    // Before the first one is evaluated.
    let out = ["--out", place.path("none")]
    try expectRefused(evaluate("run", ["--epoch", "1,2"] + out), ["holds no epoch-2.safetensors"])
    try expectRefused(
      evaluate("bare", ["--epoch", "all"] + out), ["train with --snapshots, or leave out --epoch"])
    try expectRefused(
      evaluate("run", ["--epoch", "all", "--logits", place.path("l.npy")] + out),
      ["--logits is of one epoch: give one, such as --epoch 5"])
    // A file is of one epoch, whatever its name.
    for epoch in ["1", "1,2", "all"] {
      for name in ["model", "epoch-1"] {
        try expectRefused(
          evaluate("run/\(Self.member)/\(name).safetensors", ["--epoch", epoch] + out),
          ["\(name).safetensors: is a file, and --epoch is about folders"])
      }
      try expectRefused(evaluate("nothing", ["--epoch", epoch] + out), ["does not exist"])
    }
    #expect(!place.exists("none") && !place.exists("l.npy"))
  }

  /// Of two folders, each with networks of another epoch.
  @Test("all epochs are in all folders") func allEpochsAreInAllFolders() throws {
    #expect(try train("one", epochs: "1", ["--snapshots", "1"]).status == 0)
    #expect(try train("two", epochs: "2", ["--snapshots", "2"]).status == 0)
    try expectRefused(
      evaluate("one", [place.path("two"), "--epoch", "all", "--out", place.path("none")]),
      ["two: holds no epoch-1.safetensors; there are networks of epoch 2"])
    #expect(!place.exists("none"))
  }

  @Test("an interruption says in which epoch it was") func interrupted() throws {
    #expect(try train("run", epochs: "2", ["--snapshots", "1,2"]).status == 0)
    // Enough tasks that the signal comes before the last one.
    let noise = ["--noise", "white,pink", "--draws", "100", "--subset", "10", "--epoch", "all"]
    let result = try Command.interrupt(
      evaluate("run", noise + ["--out", place.path("all")]), by: SIGTERM
    ) { _ in place.exists("all/epoch-2/tasks/3.csv") }
    #expect(result.status == 75, "\(result.errors)")
    let lines = result.errors.split(separator: "\n")
    let sentence = lines.first { $0.hasPrefix("toposheet: interrupted after ") }
    #expect(sentence?.hasSuffix("tasks of epoch 2 (2 of 2); continue with") == true, "\(lines)")
    #expect(lines.last?.hasSuffix(" --resume") == true)
  }
}
