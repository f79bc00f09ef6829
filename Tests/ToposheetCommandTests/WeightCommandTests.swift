import Foundation
import Testing

/// `toposheet evaluate --weights`.
@Suite("evaluate --weights", .serialized) struct WeightCommandTests {
  let place: Workplace
  let arguments: [String]

  init() throws {
    place = try Workplace()
    arguments = ["evaluate", try place.model().path, "--data", place.data, "--device", "cpu"]
  }

  @Test("perturbed weights are recorded") func damageIsRecorded() throws {
    let result = try Command.run(
      arguments + [
        "--weights", "additive-relative,lesion/patch", "--layers", "topographic,readout",
        "--weight-levels", "0.5,1", "--weight-draws", "2", "--patch-centers", "3",
        "--weight-seed", "4", "--out", place.path("metrics"),
      ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("AUDC %"))
    let csv = try String(contentsOf: place.url("metrics/metrics.csv"), encoding: .utf8)
    let rows = csv.components(separatedBy: "\r\n")
    for (label, draws) in [
      ("weights/additive-relative/topographic", 2), ("weights/additive-relative/readout", 2),
      ("lesion/patch", 3),
    ] {
      let short = label.replacing("weights/", with: "").replacing("/topographic", with: "")
      #expect(result.output.contains("\n\(short) "), "\(result.output)")
      #expect(rows.count { $0.contains(",accuracy,\(label),0.0,0,") } == 1)
      for level in ["0.5", "1.0"] {
        #expect(rows.count { $0.contains(",accuracy,\(label),\(level),") } == draws)
        #expect(rows.count { $0.contains(",class-specificity,\(label),\(level),0,") } == 1)
      }
      for measure in ["audc", "audc-normalized", "half-level"] {
        #expect(rows.count { $0.contains(",\(measure),\(label),1.0,0,") } == 1, "\(measure)")
      }
    }
    #expect(rows.count { $0.contains(",weight-norm,clean,") } == 1)
    #expect(rows.count { $0.contains(",accuracy,clean,") } == 1)
    let json = try String(contentsOf: place.url("metrics/metrics.json"), encoding: .utf8)
    #expect(json.contains("\"weight-seed\"") && json.contains("\"patch-centers\""))
  }

  @Test("bad options are refused") func badOptions() throws {
    for (options, parts) in [
      (
        ["--weights", "shake"],
        ["no weight perturbation \"shake\"", "additive-relative", "lesion/patch"]
      ),
      (["--weights", "zeroing", "--weight-levels", "1.5"], ["zeroing", "from 0 to 1"]),
      (["--weights", "zeroing", "--weight-levels", "x"], ["\"x\"", "not a number"]),
      (["--weights", "quantization", "--weight-levels", "1"], ["from 2 to 24"]),
      (["--weights", "quantization", "--weight-levels", "1e19"], ["from 2 to 24"]),
      (["--weights", "quantization", "--weight-levels", "1e300"], ["from 2 to 24"]),
      (["--weights", "zeroing", "--weight-draws", "0"], ["is 0", "from 1"]),
      (["--weights", "zeroing", "--layers", "fc9"], ["no layer \"fc9\"", "fc2"]),
      (["--weights", "zeroing", "--layers", "a/b"], ["no layers \"a/b\"", "topographic"]),
      (["--weights", "stimulation/patch", "--layers", "all"], ["--layers has no effect on"]),
      (["--weights", "lesion/patch", "--patch-centers", "few"], ["\"few\"", "all"]),
      (["--weights", "lesion/selective", "--weight-levels", "122"], ["has 121"]),
      (["--weights", "zeroing", "--memory-limit", "1M"], ["--memory-limit"]),
    ] {
      try expectRefused(arguments + options + ["--out", place.path("refused")], parts)
      #expect(options.contains("--memory-limit") || !place.exists("refused"), "\(options)")
    }
  }
}
