import Foundation
import TestSupport
import Testing
import TopoEvaluation
import TopoFoundation

/// `analyze`, `measures`, `map` and `evaluate --analyses`, as a user calls them.
@Suite("Analyses on the command line", .serialized) struct AnalyzeTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  /// A layer of 3 x 4 units and 40 images of 4 classes; unit `u` prefers class `u % 4`.
  private func writeLayer() throws {
    var values: [Float] = []
    for image in 0..<40 {
      for unit in 0..<12 {
        values.append(Float((image * 7 + unit * 5) % 11) / 10 + (image % 4 == unit % 4 ? 2 : 0))
      }
    }
    try NPYArray.write(values, shape: [40, 12], to: place.url("a.npy"))
    try NPYArray(.int64((0..<40).map { Int64($0 % 4) }), shape: [40]).write(to: place.url("y.npy"))
    try NPYArray.write(
      (0..<60).map { Float($0 % 7) - 3 }, shape: [12, 5], to: place.url("w.npy"))
  }

  private func arguments(_ out: String, _ more: [String] = []) -> [String] {
    ["analyze", "--activations", place.path("a.npy"), "--out", place.path(out)] + more
  }

  @Test("arrays are analyzed") func arraysAreAnalyzed() throws {
    try writeLayer()
    let result = try Command.run(
      arguments(
        "found",
        ["--labels", place.path("y.npy"), "--weights", place.path("w.npy"), "--sheet", "3x4"]))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("share of units with d' >= 1"), "\(result.output)")
    #expect(!result.output.contains("selective-fraction-1"))
    let units = try String(contentsOf: place.url("found/units.csv"), encoding: .utf8)
      .split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(units.count == 13)
    let column = try #require(units[0].firstIndex(of: "preferred-class"))
    #expect(units.dropFirst().map { $0[column] } == (0..<12).map { "\($0 % 4)" })
    let table = try RecordTable(csv: place.url("found/metrics.csv"))
    #expect(table.records.first { $0.measure == "selective-fraction-1" }?.value == .value(1))
    #expect(table.records.allSatisfy { $0.condition == "a" && $0.dataset == "arrays" })
    #expect(
      table.records.first { $0.measure == "transmission-mean" }?.value.reason?.contains("inputs")
        == true)
    // Tuning needs a network.
    #expect(!table.records.contains { $0.measure == "aperture-eccentricity-mean" })
    #expect(!table.records.contains { $0.measure.hasPrefix("rsa-external") })
    #expect(place.exists("found/analyses/correlation-histogram.csv"))

    // A picture of the results.
    let drawn = try Command.run([
      "map", place.path("found"), "--out", place.path("maps.svg"), "--measures",
      "preferred-class,weight-norm",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    let picture = try String(contentsOf: place.url("maps.svg"), encoding: .utf8)
    #expect(picture.contains(">weight-norm</text>") && picture.hasSuffix("</svg>\n"))
    // Values of the folder do not depend on images.
    try expectRefused(
      ["map", place.path("found"), "--subset", "5", "--out", place.path("maps.svg")],
      ["--subset has no effect on values from units.csv"])
    // Without a folder, all values are printed.
    let printed = try Command.run([
      "analyze", "--activations", place.path("a.npy"), "--labels", place.path("y.npy"),
      "--analyses", "selectivity",
    ])
    #expect(printed.status == 0 && printed.output.contains("selective-fraction-1 "))
    // Nothing is replaced.
    try expectRefused(arguments("found"), ["metrics.csv: exists already"])
  }

  @Test("maps draw each network once, and refuse values that cannot be drawn")
  func maps() throws {
    try writeLayer()
    let more = ["--sheet", "3x4", "--analyses", "units"]
    try #require(try Command.run(arguments("found", more)).status == 0)
    let map = { (sources: [String]) in
      ["map"] + sources.map(place.path) + [
        "--out", place.path("maps.png"), "--networks", "2", "--measures", "energy",
      ]
    }
    let drawn = try Command.run(map(["found", "found"]))
    #expect(drawn.output.contains("Maps of 1 network:"), "\(drawn.output) \(drawn.errors)")
    let file = place.url("found/units.csv")
    let text = try String(contentsOf: file, encoding: .utf8)
    let rows = text.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = try #require(rows[0].firstIndex(of: "row"))
    var changed = rows
    changed[2][column] = "1e18"
    try Data(changed.map { $0.joined(separator: ",") }.joined(separator: "\r\n").utf8)
      .write(to: file)
    try expectRefused(map(["found"]), ["units.csv: line 3 has \"1e18\" as row"])
    try Data((rows[0].joined(separator: ",") + "\r\n").utf8).write(to: file)
    try expectRefused(map(["found"]), ["units.csv: has no units"])
    // Results without values of units.
    let organization = ["--sheet", "3x4", "--analyses", "organization"]
    try #require(try Command.run(arguments("order", organization)).status == 0)
    try expectRefused(
      map(["order"]),
      [
        "holds results without values of units: evaluate with --analyses selectivity, units or "
          + "tuning"
      ])
    try expectRefused(
      ["atlas", place.path("order"), "--out", place.path("atlas.html")],
      ["give the models, not results"])
  }

  @Test("results of arrays say what they come from, and are not mixed with others")
  func provenance() throws {
    try writeLayer()
    try NPYArray.write(
      (0..<24).map { Float(($0 * 13) % 17) }, shape: [12, 2], to: place.url("p.npy"))
    let more = [
      "--positions", place.path("p.npy"), "--neighbors", "3", "--analyses", "units,organization",
    ]
    try #require(try Command.run(arguments("found", more)).status == 0)
    let found = RecordTable.provenance(of: place.url("found/metrics.json"))
    #expect(found["neighbors"] == "3" && found["analyses"] == "units organization")
    #expect(found["checksum-of-activations"] != nil && found["checksum-of-positions"] != nil)
    #expect(found["checksum-of-labels"] == nil)
    for name in [
      "units.csv", "units-undefined.csv", "analyses", "similarities.csv", "metrics.json",
      "ensembles.csv",
    ] {
      let folder = place.url("other")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data().write(to: folder.appending(path: name))
      try expectRefused(arguments("other"), ["\(name): exists already"])
      try FileManager.default.removeItem(at: folder)
    }
    // A file, before arrays are read.
    try expectRefused(
      ["analyze", "--activations", place.path("none.npy"), "--out", place.path("a.npy")],
      ["a.npy: is a file; choose a folder with --out"])
    // A folder that was there stays.
    try FileManager.default.createDirectory(
      at: place.url("empty"), withIntermediateDirectories: true)
    try expectRefused(arguments("empty", ["--sheet", "3x3"]), ["a sheet of 3 x 3 has 9"])
    #expect(place.exists("empty"))
  }

  @Test("positions stand in for a sheet, and labels may be missing") func positions() throws {
    try writeLayer()
    try NPYArray.write(
      (0..<24).map { Float(($0 * 13) % 17) }, shape: [12, 2], to: place.url("p.npy"))
    let result = try Command.run(
      ["analyse"] + arguments("found", ["--positions", place.path("p.npy")]).dropFirst())
    #expect(result.status == 0, "\(result.errors)")
    let table = try RecordTable(csv: place.url("found/metrics.csv"))
    #expect(table.records.first { $0.measure == "morans-i-pre-relu" }?.value.number != nil)
    #expect(!table.records.contains { $0.measure == "selective-fraction-1" })
    #expect(
      result.errors.contains("selectivity is left out, because it needs labels"),
      "\(result.errors)")
  }

  @Test("bad arrays and options are refused") func refusals() throws {
    try writeLayer()
    let labels = place.path("y.npy")
    for (options, parts) in [
      (["--sheet", "3x3"], ["a.npy: has 12 units, but a sheet of 3 x 3 has 9"]),
      (["--sheet", "3"], ["\"3\" is not a sheet"]),
      (["--sheet", "3x4", "--positions", labels], ["give one of them"]),
      (["--inputs", labels], ["--inputs belongs to --weights"]),
      (["--neighbors", "3"], ["--neighbors belongs to --positions"]),
      (["--positions", labels, "--neighbors", "0"], ["--neighbors is 0"]),
      (["--positions", labels], ["y.npy: has the shape [40]"]),
      (["--labels", place.path("w.npy")], ["w.npy: has the shape [12, 5]; labels have one"]),
      (["--analyses", "orga"], ["there is no analysis \"orga\"", "organization, selectivity"]),
      (["--analyses", "units,units"], ["the analysis units occurs twice"]),
      (["--analyses", ""], ["no analysis is named"]),
      (
        ["--analyses", "tuning"],
        ["tuning shows images to a network: use evaluate --analyses tuning"]
      ),
      (["--analyses", "units,selectivity"], ["selectivity needs labels: give --labels"]),
    ] as [([String], [String])] {
      try expectRefused(arguments("none", options), parts)
      #expect(!place.exists("none"), "\(options)")
    }
    for (arguments, parts) in [
      (["measures", "moran"], ["there is no analysis and no measure \"moran\""]),
      (["map", place.path("none"), "--out", place.path("a.pdf")], ["neither in .png nor in .svg"]),
      (
        ["map", place.path("none"), "--out", place.path("a.svg"), "--measures", "accuracy"],
        ["no measure of units \"accuracy\""]
      ),
      (
        ["map", place.path("none"), "--out", place.path("a.svg"), "--networks", "0"],
        ["--networks is 0"]
      ),
    ] as [([String], [String])] { try expectRefused(arguments, parts) }
  }

  @Test("representations are compared with given dissimilarities") func dissimilarities() throws {
    try writeLayer()
    // Of the four classes; 0 and 1 are alike, as are 2 and 3.
    try NPYArray.write(
      [0, 1, 2, 2, 1, 0, 2, 2, 2, 2, 0, 1, 2, 2, 1, 0], shape: [4, 4], to: place.url("rdm.npy"))
    let labels = ["--labels", place.path("y.npy"), "--analyses", "representation"]
    let result = try Command.run(arguments("found", labels + ["--rdm", place.path("rdm.npy")]))
    #expect(result.status == 0, "\(result.errors)")
    let records = try RecordTable(csv: place.url("found/metrics.csv")).records
    func value(_ measure: String) -> MeasuredValue? {
      records.first { $0.measure == measure }?.value
    }
    #expect(value("rsa-external-pearson-class-means-pre-relu")?.number != nil)
    #expect(value("rsa-external-pearson-pre-relu")?.number == nil)
    try NPYArray.write([0, 1, 2, 0], shape: [2, 2], to: place.url("skew.npy"))
    try NPYArray.write([0, 1, 1, 1, 0, 1, 1, 1, 0], shape: [3, 3], to: place.url("other.npy"))
    for (options, part) in [
      (
        labels + ["--rdm", place.path("other.npy")],
        "other.npy: has 3 items, but there are 40 chosen images and 4 classes"
      ),
      (
        labels + ["--rdm", place.path("other.npy"), "--weights", place.path("w.npy")],
        "there are 40 chosen images, 4 classes and 12 units"
      ),
      (labels + ["--rdm", place.path("skew.npy")], "skew.npy: dissimilarities must be symmetric"),
      (labels + ["--rdm", place.path("y.npy")], "y.npy: has the shape [40]"),
      (
        ["--analyses", "units", "--rdm", place.path("rdm.npy")],
        "rdm.npy: belongs to the analysis representation"
      ),
    ] { try expectRefused(arguments("none", options), [part]) }
    try expectRefused(
      ["evaluate", place.path("none"), "--rdm", place.path("rdm.npy")],
      ["--rdm belongs to --analyses"])
  }

  @Test("dissimilarities of nothing are refused beside networks, too")
  func dissimilaritiesOfNetworks() throws {
    let model = try place.model().path
    try NPYArray.write([0, 1, 1, 1, 0, 1, 1, 1, 0], shape: [3, 3], to: place.url("rdm.npy"))
    try expectRefused(
      [
        "evaluate", model, "--data", place.data, "--device", "cpu", "--analyses", "representation",
        "--rdm", place.path("rdm.npy"), "--out", place.path("none"),
      ], ["rdm.npy: has 3 items, but there are 20 chosen images, 10 classes and 121 units"])
    #expect(!place.exists("none"))
  }

  @Test("measures are explained") func measures() throws {
    let all = try Command.run(["measures"])
    #expect(all.status == 0 && all.output.contains("organization: "))
    let one = try Command.run(["measures", "gearys-c-class-means"])
    #expect(one.output.contains("source: Geary 1954"), "\(one.output)")
    #expect(try Command.run(["measures", "units"]).output.contains("expert-units-0.9"))
  }

  @Test("networks are analyzed, with resume and in any company") func networks() throws {
    try #require(try Command.run(place.train("nets")).status == 0)
    let evaluate = { (models: String, out: String, more: [String]) in
      [
        "evaluate", place.path(models), "--data", place.data, "--device", "cpu", "--analyses",
        "all", "--out", place.path(out),
      ] + more
    }
    let whole = try Command.run(evaluate("nets", "whole", []))
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(whole.output.contains("Organization of the sheet"), "\(whole.output)")
    let files = [
      "metrics.csv", "metrics.json", "units.csv", "similarities.csv", "ensembles.csv",
      "similarities-by-condition.csv", "analyses/eigenvalues.csv",
      "analyses/aperture-profile.csv",
    ]
    // Two tasks are lost, one of them half written.
    try FileManager.default.copyItem(at: place.url("whole"), to: place.url("broken"))
    for name in ["tasks/3.csv", "tasks/5.csv", "tasks/5-findings.json", "units.csv", "metrics.csv"]
    {
      try FileManager.default.removeItem(at: place.url("broken/\(name)"))
    }
    let resumed = try Command.run(evaluate("nets", "broken", ["--resume"]))
    #expect(resumed.status == 0, "\(resumed.errors)")
    for name in files {
      #expect(
        try Data(contentsOf: place.url("broken/\(name)"))
          == Data(contentsOf: place.url("whole/\(name)")), "\(name)")
    }
    // A file of a task that was changed is found.
    try Data("[]".utf8).write(to: place.url("broken/tasks/2-findings.json"))
    try expectRefused(
      evaluate("nets", "broken", ["--resume"]),
      ["tasks/2-findings.json: cannot be understood", "tasks/2.csv and continue with --resume"])
    try FileManager.default.removeItem(at: place.url("broken/tasks/2-findings.json"))
    try expectRefused(
      evaluate("nets", "broken", ["--resume"]), ["tasks/2-findings.json: does not exist"])
    // Alone, a network has the same values; it is compared with no other.
    let name = "ws-euclidean-0.5"
    let alone = try Command.run(evaluate("nets/\(name)/seed-0", "alone", []))
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(alone.errors.contains("comparison is left out"), "\(alone.errors)")
    #expect(!alone.output.contains("left out, because"), "\(alone.output)")
    let kind = "because it needs soft labels"
    #expect(alone.errors.components(separatedBy: kind).count == 2, "\(alone.errors)")
    #expect(
      try String(contentsOf: place.url("alone/tables.txt"), encoding: .utf8)
        .components(separatedBy: "is left out").count == 4)
    let kept = try String(contentsOf: place.url("alone/suite.json"), encoding: .utf8)
    #expect(kept.contains("analysis/units") && !kept.contains("analysis/comparison"))
    try expectRefused(
      [
        "evaluate", place.path("nets/\(name)/seed-0"), "--data", place.data, "--device", "cpu",
        "--analyses", "comparison", "--out", place.path("compared"),
      ], ["the analysis comparison needs two networks or more"])
    #expect(!place.exists("compared"))
    func records(_ folder: String) throws -> [String] {
      try RecordTable(csv: place.url("\(folder)/metrics.csv")).records
        .filter {
          $0.condition == name && $0.seed == 0 && !$0.measure.hasSuffix("-to-other-seeds")
        }
        .map { "\($0.measure) \($0.value)" }.sorted()
    }
    #expect(try records("alone") == records("whole"))
    // Maps of models without a folder of results.
    let drawn = try Command.run([
      "map", place.path("nets"), "--data", place.data, "--device", "cpu", "--out",
      place.path("maps.png"),
    ])
    #expect(drawn.status == 0 && place.exists("maps.png"), "\(drawn.errors)")
    // Models that are named are all drawn; of a folder, the first seed of each condition.
    let named = try FolderWalk.files(below: place.url("nets"))
      .filter { $0.lastPathComponent == "model.safetensors" }.map(\.path).sorted()
    let conditions = Set(
      named.map { URL(filePath: $0).deletingLastPathComponent().deletingLastPathComponent().path })
    #expect(conditions.count < named.count)
    for (sources, count) in [
      ([place.path("nets")], conditions.count), (named + named, named.count),
      (named + ["--networks", "1"], conditions.count),
    ] {
      let drawn = try Command.run(
        ["map"] + sources + [
          "--data", place.data, "--device", "cpu", "--out", place.path("maps.png"),
        ])
      #expect(drawn.output.hasPrefix("Maps of \(count) network"), "\(drawn.output)")
    }
  }
}
