import Foundation
import Testing

/// `toposheet report`.
@Suite("report", .serialized) struct ReportCommandTests {
  @Test("trained networks have a report, in their folder or another") func trained() throws {
    let place = try Workplace()
    let trained = try Command.run([
      "train", "--data", place.data, "--architecture", "mnist", "--penalty", "control,ws",
      "--lambda", "1",
      "--seeds", "0-1", "--epochs", "1", "--device", "cpu", "--out", place.path("trained"),
    ])
    try #require(trained.status == 0, "\(trained.errors)")
    let result = try Command.run(["report", place.path("trained"), "--out", place.path("a b")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("report.html") && result.errors.contains("note: "))
    let page = try String(contentsOf: place.url("a b/report.html"), encoding: .utf8)
    #expect(page.contains("--out &#39;") || page.contains("--out '"))
    #expect(try Command.run(["report", place.path("trained")]).status == 0)
    #expect(FileManager.default.fileExists(atPath: place.url("trained/report.html").path))
  }

  @Test("a study ends with its report, or with how to get one") func study() throws {
    let place = try Workplace()
    let plan = [
      "run", "demo", "--set", "data=\(place.data)", "--set", "subset=60", "--set", "seeds=0-1",
      "--set", "epochs=1", "--set", "batch=16", "--set", "evaluation.subset=20", "--device", "cpu",
      "--out", place.path("a b"),
    ]
    let first = try Command.run(plan)
    try #require(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("toposheet report '\(place.path("a b"))'"), "\(first.output)")
    #expect(!place.exists("a b/report.html"))
    // Also of a study that is done.
    let second = try Command.run(plan + ["--resume", "--report"])
    #expect(second.status == 0 && second.output.contains("Verdicts: "), "\(second)")
    #expect(place.exists("a b/report.html") && place.exists("a b/figures/verdicts.csv"))
    #expect(!second.output.contains("toposheet report"))
    // Every constant, and a command that makes the same study again.
    let page = try String(contentsOf: place.url("a b/report.html"), encoding: .utf8)
    for constant in [
      "Adam with beta1 0.9, beta2 0.999, epsilon 1e-08, learning rate 0.001, batches of 16, 1 epoch",
      "60 training images", "(training fraction 0.8)", "WS by euclidean, lambda 1",
      "neighborhood moore, open borders", "AS by correlation", "view pre-relu, layout unit-major",
      "Seeds: 0-1.", "stride 1 x 1, padding 1 x 1", "dropout 0.5", "Evaluated on 20 test images",
      "normalized by mean",
    ] { #expect(page.contains(constant), "\(constant)") }
    let command = "toposheet run plan.yaml --out &#39;\(place.path("a b"))-again&#39;"
    #expect(page.contains(command), "\(command)")
    // The page is enough: the plan in it is saved.
    let start = try #require(page.range(of: "<summary>plan.yaml</summary><pre tabindex=\"0\">"))
    let text = try #require(page[start.upperBound...].range(of: "</pre>"))
    let saved = page[start.upperBound..<text.lowerBound].replacing("&#39;", with: "'")
      .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
    try Data(saved.utf8).write(to: place.url("plan.yaml"))
    let again = try Command.run([
      "run", place.path("plan.yaml"), "--out", place.path("a b-again"), "--device", "cpu",
    ])
    #expect(again.status == 0, "\(again.errors)")
    for file in ["metrics.csv", "training.csv"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: place.path("a b/\(file)"), andPath: place.path("a b-again/\(file)")), "\(file)")
    }
    let shard = try Command.run(plan + ["--shard", "1/2", "--report"])
    #expect(shard.status == 64 && shard.errors.contains("without --shard"), "\(shard)")
  }

  @Test("arrays have a report") func arrays() throws {
    let place = try Workplace()
    let image = (0..<40).map { Float(($0 * 7) % 11) }
    var bytes = Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }) + [1, 0, 118, 0]
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 4), }"
    bytes += Array(header.utf8) + [UInt8](repeating: 32, count: 117 - header.utf8.count) + [10]
    bytes += image.flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
    try Data(bytes).write(to: place.url("a.npy"))
    let made = try Command.run([
      "analyze", "--activations", place.path("a.npy"), "--sheet", "2x2", "--condition", "control",
      "--out", place.path("one"),
    ])
    try #require(made.status == 0, "\(made.errors)")
    let result = try Command.run(["report", place.path("one")])
    #expect(result.status == 0, "\(result.errors)")
    let page = try String(contentsOf: place.url("one/report.html"), encoding: .utf8)
    #expect(page.contains("Whether networks learned was not evaluated."))
    #expect(page.contains("Figures over lambda need networks with a penalty."))
  }

  @Test("a folder without results is one sentence") func refused() throws {
    let place = try Workplace()
    let result = try Command.run(["report", place.path("nothing")])
    #expect(result.status != 0 && result.errors.contains("does not exist"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
