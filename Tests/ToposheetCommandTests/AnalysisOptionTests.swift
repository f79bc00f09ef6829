import Foundation
import TestSupport
import Testing
import TopoEvaluation
import TopoFoundation

/// `--torus`, `--soft-labels` and ensembles, as a user calls them.
@Suite("Options of analyses", .serialized) struct AnalysisOptionTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func records(_ folder: String) throws -> [Record] {
    try RecordTable(csv: place.url("\(folder)/metrics.csv")).records
  }

  /// The specification's values of Moran's I on 11 x 11 units, on a torus and with open borders.
  private static let values: [(name: String, torus: Double, open: Double)] = [
    ("ramp", 0.625, 0.85238095238), ("checkerboard", -0.0744535519, -0.04755399428),
    ("stripes", -0.375, -0.47619047619), ("impulse", -0.00833333333, -0.01087301587),
    ("half", 0.725, 0.84992063492),
  ]

  @Test("Moran's I on a torus", arguments: values)
  func moran(name: String, torus: Double, open: Double) throws {
    let map = (0..<121).map { unit -> Float in
      let (row, column) = (unit / 11, unit % 11)
      return switch name {
      case "ramp": Float(row)
      case "checkerboard": Float((row + column) % 2)
      case "stripes": Float(column % 2)
      case "impulse": unit == 60 ? 1 : 0
      default: row < 6 ? 1 : 0
      }
    }
    try NPYArray.write(map, shape: [1, 121], to: place.url("map.npy"))
    let runs: [(String, [String], Double)] = [("torus", ["--torus"], torus), ("open", [], open)]
    for (out, more, expected) in runs {
      let result = try Command.run(
        [
          "analyze", "--activations", place.path("map.npy"), "--sheet", "11x11", "--analyses",
          "organization", "--out", place.path(out),
        ] + more)
      #expect(result.status == 0, "\(result.errors)")
      let found = try records(out)
      func value(_ measure: String) -> Double {
        found.first { $0.measure == measure }?.value.number ?? .nan
      }
      #expect(abs(value("morans-i-pre-relu") - expected) < 1e-9, "\(name) \(out)")
      #expect(value("sheet-wraps") == (more.isEmpty ? 0 : 1))
      if !more.isEmpty {
        // Every unit has 8 neighbors, so that both weights are the same statistic.
        #expect(
          abs(value("morans-i-pre-relu-row-standardized") - expected) < 1e-9, "\(name) \(out)")
      }
      let provenance = RecordTable.provenance(of: place.url("\(out)/metrics.json"))
      #expect(provenance["borders"] == (more.isEmpty ? nil : "torus"))
    }
  }

  @Test("options without effect are refused") func refused() throws {
    try NPYArray.write([1, 2, 3, 4], shape: [1, 4], to: place.url("a.npy"))
    for (arguments, part) in [
      (
        ["analyze", "--activations", place.path("a.npy"), "--torus", "--out", place.path("x")],
        "--torus belongs to --sheet"
      ),
      (["evaluate", place.path("none"), "--torus"], "--torus belongs to --analyses"),
      (
        ["evaluate", place.path("none"), "--soft-labels", place.path("a.npy")],
        "--soft-labels belongs to --analyses"
      ),
      (
        ["evaluate", place.path("none"), "--torus", "--suite", "noise"],
        "--torus does not go with --suite"
      ),
      (
        ["evaluate", place.path("none"), "--analyses", "representation", "--torus"],
        "a torus has no effect on representation"
      ),
      (
        ["evaluate", place.path("none"), "--analyses", "people"],
        "the analysis people needs soft labels"
      ),
    ] { try expectRefused(arguments, [part]) }
  }

  @Test("ensembles and people, with resume") func networks() throws {
    try #require(try Command.run(place.train("nets")).status == 0)
    // Twenty images; people chose the class and the next one.
    var shares = [Float](repeating: 0, count: 200)
    for image in 0..<20 {
      shares[image * 10 + SmallData.label(image)] = 0.75
      shares[image * 10 + (SmallData.label(image) + 1) % 10] = 0.25
    }
    try NPYArray.write(shares, shape: [20, 10], to: place.url("people.npy"))
    func evaluate(_ out: String, _ more: [String]) -> [String] {
      [
        "evaluate", place.path("nets"), "--data", place.data, "--device", "cpu", "--soft-labels",
        place.path("people.npy"), "--analyses",
      ] + more + (out.isEmpty ? [] : ["--out", place.path(out)])
    }
    let list = "organization,ensembles,people"
    let whole = try Command.run(evaluate("whole", [list, "--torus"]))
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(whole.output.contains("\nEnsembles\n"), "\(whole.output)")
    #expect(whole.output.contains("Agreement with people"), "\(whole.output)")
    #expect(whole.output.contains("ensembles.csv  "), "\(whole.output)")
    let found = try records("whole")
    for seed in [0, 1] {
      let own = found.filter { $0.seed == UInt64(seed) }
      func value(_ measure: String) -> Double? {
        own.first { $0.measure == measure }?.value.number
      }
      // The class that most people chose is always correct.
      #expect(value("people-majority-accuracy") == value("accuracy"))
      #expect(
        own.first { $0.measure == "people-error-consistency" }?.value.reason
          == "the class that most people chose is always correct")
      #expect(value("people-majority-of-labels") == 1)
      #expect(value("people-cross-entropy") ?? 0 > value("people-divergence") ?? 0)
      #expect(value("disagreement-to-other-seeds") != nil && value("sheet-wraps") == 1)
    }
    #expect(!whole.errors.contains("in the order of the test set"))
    // All but the first two rows in another order.
    let moved = (0..<200).map { $0 < 20 ? shares[$0] : shares[($0 + 10) % 200] }
    try NPYArray.write(moved, shape: [20, 10], to: place.url("moved.npy"))
    var other = evaluate("", ["people"])
    other[other.firstIndex(of: place.path("people.npy")) ?? 0] = place.path("moved.npy")
    let wrong = try Command.run(other)
    #expect(
      wrong.errors.contains(
        "is the label for 10% of images: is \(place.path("moved.npy")) in the order"),
      "\(wrong.errors)")
    let rows = try EnsembleFile.read(in: place.url("whole"))
    #expect(rows.count == 13 && rows.allSatisfy { $0.members == 2 && $0.groups == 1 })
    let accuracies = found.filter { $0.measure == "accuracy" }.compactMap(\.value.number)
    #expect(rows[1].mean.number == (accuracies[0] + accuracies[1]) / 2)
    let suite = try String(contentsOf: place.url("whole/suite.json"), encoding: .utf8)
    #expect(suite.contains(#""borders" : "torus""#) && suite.contains("people.npy, "))
    let provenance = RecordTable.provenance(of: place.url("whole/metrics.json"))
    #expect(provenance["borders-of-analysis/organization"] == "torus")
    #expect(provenance["files-of-analysis/people"]?.contains("people.npy, ") == true)

    // The tables again, and without a folder.
    let shown = try Command.run(["show", place.path("whole")])
    #expect(shown.output.contains("\nEnsembles\n"), "\(shown.output)")
    let printed = try Command.run(evaluate("", ["ensembles"]))
    #expect(printed.output.contains("\nEnsembles\n"), "\(printed.output) \(printed.errors)")

    // Two tasks are lost: ensembles and people.
    for name in ["tasks/3.csv", "tasks/3-findings.json", "tasks/4.csv", "ensembles.csv"] {
      try FileManager.default.moveItem(
        at: place.url("whole/\(name)"), to: place.url(name.replacing("/", with: "-")))
    }
    #expect(!place.exists("whole/tasks/4-findings.json"))
    let metrics = try Data(contentsOf: place.url("whole/metrics.csv"))
    let resumed = try Command.run(evaluate("whole", [list, "--torus", "--resume"]))
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try Data(contentsOf: place.url("whole/metrics.csv")) == metrics)
    #expect(
      try Data(contentsOf: place.url("whole/ensembles.csv"))
        == Data(contentsOf: place.url("ensembles.csv")))
    // Other borders and other people are another evaluation.
    try expectRefused(
      evaluate("whole", [list, "--resume"]),
      ["analysis/organization is of a sheet with torus there"])
    shares[0] += 0.25
    shares[1] -= 0.25
    try NPYArray.write(shares, shape: [20, 10], to: place.url("people.npy"))
    try expectRefused(
      evaluate("whole", [list, "--torus", "--resume"]), ["analysis/ensembles comes from "])
    // Labels of other images leave no folder.
    try NPYArray.write(Array(shares.prefix(100)), shape: [10, 10], to: place.url("people.npy"))
    try expectRefused(
      evaluate("none", ["people"]), ["people.npy: has 10 rows, but 20 images are evaluated"])
    #expect(!place.exists("none"))
    // One seed has no ensembles, but people.
    try NPYArray.write(shares, shape: [20, 10], to: place.url("people.npy"))
    var alone = evaluate("alone", ["all"])
    alone[1] = place.path("nets/ws-euclidean-0.5/seed-0")
    let one = try Command.run(alone)
    #expect(one.errors.contains("ensembles is left out"), "\(one.errors)")
    #expect(!place.exists("alone/ensembles.csv") && !one.output.contains("Ensembles"))
    #expect(try records("alone").contains { $0.measure == "people-agreement" })
  }
}
