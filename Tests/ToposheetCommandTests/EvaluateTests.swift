import Foundation
import TestSupport
import Testing
import TopoFoundation

/// `toposheet evaluate` and `toposheet run`.
@Suite("evaluate", .serialized) struct EvaluateTests {
  let place: Workplace
  let model: URL

  init() throws {
    place = try Workplace()
    model = try place.model()
  }

  private func evaluate(_ more: [String]) throws -> Command.Result {
    let result = try Command.run(
      ["evaluate", model.path, "--data", place.data, "--device", "cpu"] + more)
    #expect(result.status == 0, "\(result.errors)")
    return result
  }

  private func array(_ name: String) throws -> (shape: [Int], values: [Float]) {
    let array = try NPYArray(contentsOf: place.url(name))
    guard case .float32(let values) = array.elements else {
      Issue.record("\(name) is not float32")
      return (array.shape, [])
    }
    return (array.shape, values)
  }

  private func exports(_ prefix: String) -> [String] {
    ["logits", "sheet", "images"].flatMap { ["--\($0)", place.path("\(prefix)-\($0).npy")] }
  }

  @Test("arrays have their shapes") func arraysHaveTheirShapes() throws {
    _ = try evaluate(exports("clean"))
    let (logits, sheet, images) = (
      try array("clean-logits.npy"), try array("clean-sheet.npy"), try array("clean-images.npy")
    )
    #expect(logits.shape == [20, 10])
    #expect(sheet.shape == [20, 121])
    #expect(images.shape == [20, 1, 12, 12])
    #expect(images.values == SmallData.imageFile(20).dropFirst(16).map { Float($0) / 255 })
    #expect(logits.values.allSatisfy { $0.isFinite })
    // Before ReLU, a sheet has negative values.
    #expect(sheet.values.contains { $0 < 0 } && sheet.values.contains { $0 > 0 })
  }

  @Test("noise changes images and logits") func noiseChangesImagesAndAnswers() throws {
    _ = try evaluate(exports("clean"))
    let white = ["--noise", "white", "--levels", "0.2", "--draws", "1"]
    _ = try evaluate(exports("noisy") + white)
    _ = try evaluate(exports("again") + white)
    _ = try evaluate(exports("none") + ["--noise", "white", "--levels", "0", "--draws", "1"])
    for kind in ["logits", "sheet", "images"] {
      let (clean, noisy) = (try array("clean-\(kind).npy"), try array("noisy-\(kind).npy"))
      #expect(clean.shape == noisy.shape)
      #expect(clean.values != noisy.values, "\(kind)")
      #expect(try array("again-\(kind).npy").values == noisy.values, "\(kind)")
      #expect(try array("none-\(kind).npy").values == clean.values, "\(kind)")
    }
    #expect(try array("noisy-images.npy").values.allSatisfy { (0...1).contains($0) })
  }

  /// The first images of a subset are the first images of the whole: the same answers.
  @Test("subsets are the first images") func subsetsAreTheFirstImages() throws {
    _ = try evaluate(exports("all"))
    _ = try evaluate(exports("some") + ["--subset", "7"])
    for (kind, width) in [("logits", 10), ("sheet", 121), ("images", 144)] {
      let (all, some) = (try array("all-\(kind).npy"), try array("some-\(kind).npy"))
      #expect(some.shape.first == 7)
      #expect(some.values == Array(all.values.prefix(7 * width)), "\(kind)")
    }
    _ = try evaluate(["--logits", place.path("train.npy"), "--split", "train"])
    #expect(try array("train.npy").shape == [60, 10])
  }

  @Test("metrics are a tidy table") func metricsAreTidy() throws {
    let result = try evaluate([
      "--noise", "white,salt-pepper", "--levels", "0.1,0.2", "--draws", "2", "--out",
      place.path("metrics"),
    ])
    #expect(result.output.contains("metrics.csv, metrics.json"))
    let csv = try String(contentsOf: place.url("metrics/metrics.csv"), encoding: .utf8)
    let rows = csv.components(separatedBy: "\r\n").filter { !$0.isEmpty }
    #expect(
      rows[0].hasPrefix(
        "dataset,architecture,sheet,condition,penalty,metric,lambda,view,layout,scale,"
          + "neighborhood,seed,epoch,state,measure"))
    // Clean, and two noises at two levels, twice each.
    #expect(rows.count { $0.contains(",accuracy,") } == 1 + 2 * 2 * 2)
    #expect(
      rows.dropFirst().allSatisfy {
        $0.hasPrefix("data,mnist,11x11,control,control,none,0.0,none,none,none,none,7,1,")
      })
    for measure in ["accuracy", "nll", "ece"] {
      #expect(rows.contains { $0.contains(",\(measure),") }, "\(measure)")
    }
    let json = try JSONSerialization.jsonObject(
      with: try Data(contentsOf: place.url("metrics/metrics.json")))
    #expect(json is [String: Any])
  }

  /// All models of a folder.
  @Test("folders are searched") func foldersAreSearched() throws {
    #expect(try Command.run(place.train("trained/more")).status == 0)
    let result = try Command.run([
      "evaluate", place.path("trained"), "--data", place.data, "--device", "cpu", "--out",
      place.path("metrics"),
    ])
    #expect(result.status == 0, "\(result.errors)")
    let csv = try String(contentsOf: place.url("metrics/metrics.csv"), encoding: .utf8)
    #expect(csv.components(separatedBy: ",accuracy,").count == 1 + 3)
  }

  @Test("a plan runs to the end") func aPlanRunsToTheEnd() throws {
    let plan = place.url("plan.yaml")
    try Data(
      """
      name: tiny
      data: \(place.data)
      architecture: mnist
      conditions: [{penalty: control}, {penalty: as, lambda: [0.1, 0.2]}]
      seeds: 0-1
      epochs: 1
      evaluation: {noise: pink, levels: [0.1], draws: 1}
      """.utf8
    ).write(to: plan)
    let arguments = ["run", plan.path, "--device", "cpu", "--out", place.path("study")]
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    for label in ["control", "as-correlation-0.1", "as-correlation-0.2"] {
      #expect(result.output.contains(label), "\(label)")
      #expect(place.exists("study/\(label)/seed-1/model.safetensors"), "\(label)")
    }
    #expect(result.output.contains("Everything is in \(place.path("study")):\n  metrics.csv"))
    for name in ["metrics.csv", "metrics.json", "training.csv", "plan.yaml", "study.json"] {
      #expect(place.exists("study/\(name)"), "\(name)")
    }
    try expectRefused(arguments, ["already holds this study; add --resume"])
    #expect(try Command.run(arguments + ["--resume"]).status == 0)
  }
}
