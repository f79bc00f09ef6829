import Foundation
import TestSupport
import Testing

/// Options that make no sense: one sentence, and nothing is left.
@Suite("Options that cannot be used", .serialized) struct BadOptionTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func expectRefusedTraining(
    _ option: String, _ value: String, _ parts: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var arguments = place.train("out")
    if let index = arguments.firstIndex(of: option) {
      arguments[index + 1] = value
    } else {
      arguments += [option, value]
    }
    try expectRefused(arguments, parts, sourceLocation: sourceLocation)
    #expect(!place.exists("out"), sourceLocation: sourceLocation)
  }

  @Test("lambda") func lambda() throws {
    try expectRefusedTraining("--lambda", "-1", ["lambda is -1.0, but it must be a finite number"])
    try expectRefusedTraining("--lambda", "nan", ["--lambda takes numbers", "not \"nan\""])
    try expectRefusedTraining("--lambda", "inf", ["--lambda takes numbers", "not \"inf\""])
    try expectRefusedTraining("--lambda", "1e39", ["lambda is 1e+39, but it must be at most"])
    try expectRefusedTraining("--lambda", "strong", ["strong", "--lambda"])
    try expectRefusedTraining("--penalty", "control", ["control has no lambda"])
    let without = place.train("out").filter { !["--lambda", "0.5"].contains($0) }
    try expectRefused(without, ["--penalty ws needs --lambda"])
    #expect(!place.exists("out"))
  }

  @Test("seeds") func seeds() throws {
    try expectRefusedTraining("--seeds", "", ["the seeds \"\" are empty in one place"])
    try expectRefusedTraining("--seeds", "3-1", ["the seeds 3-1 run backwards; write 1-3"])
    try expectRefusedTraining("--seeds", "0,0", ["name 0 twice"])
    try expectRefusedTraining("--seeds", "one", ["\"one\" is not a seed"])
  }

  @Test("training protocols") func protocols() throws {
    try expectRefusedTraining("--architecture", "resnet", ["choose one of mnist, cifar10"])
    try expectRefusedTraining("--epochs", "0", ["0 epochs"])
    try expectRefusedTraining("--batch", "0", ["the batch is 0 images"])
    try expectRefusedTraining("--metric", "manhattan", ["manhattan", "euclidean"])
    try expectRefusedTraining("--penalty", "es", ["es", "control"])
  }

  @Test("devices") func devices() throws {
    try expectRefusedTraining(
      "--device", "gpu", ["there is no device gpu: --device takes auto, cpu, opencl or opencl:N"])
    try expectRefusedTraining("--device", "opencl:-1", ["there is no device opencl:-1"])
    try expectRefusedTraining("--device", "opencl:99", ["OpenCL"])
    try expectRefusedTraining("--threads", "0", ["give --threads a number from 1 to 4096"])
    try expectRefused(["verify", "--device", "opencl:99"], ["OpenCL"])
    try expectRefused(
      [
        "evaluate", try place.model().path, "--data", place.data, "--device", "opencl:99",
        "--out", place.path("out"),
      ], ["OpenCL"])
    #expect(!place.exists("out"))
  }

  // MARK: Output folder

  @Test("a folder of another study") func folderOfAnotherStudy() throws {
    let first = try Command.run(place.train("out"))
    #expect(first.status == 0, "\(first.errors)")
    let before = try FileManager.default.subpathsOfDirectory(atPath: place.path("out")).sorted()
    let fewer = place.train("out").map { $0 == "2" ? "1" : $0 }
    for arguments in [fewer, fewer + ["--resume"]] {
      try expectRefused(
        arguments,
        [
          "\(place.path("out")): the folder already holds another study (it has 2 epochs, not 1, "
            + "and a study does not shrink)"
        ])
    }
    let more = place.train("out").map { $0 == "2" ? "3" : $0 }
    try expectRefused(more, ["holds a part of this study; add --resume to add what is missing"])
    try expectRefused(place.train("out"), ["add --resume to continue it"])
    let after = try FileManager.default.subpathsOfDirectory(atPath: place.path("out")).sorted()
    #expect(after == before)
  }

  @Test("a folder of other files") func folderOfOtherThings() throws {
    try expectRefused(place.train("data"), ["is not empty and holds no study"])
    let names = try FileManager.default.contentsOfDirectory(atPath: place.data)
    #expect(names.sorted() == SmallData.names.sorted())
  }

  @Test("paths that cannot be written") func placesThatCannotBeWritten() throws {
    // Not even root may make folders here.
    try expectRefused(
      place.train("out").map { $0 == place.path("out") ? "/proc/toposheet" : $0 },
      ["/proc/toposheet: cannot make this folder; choose one with --out"])
    let file = place.path("data/\(SmallData.names[0])")
    try expectRefused(
      place.train("out").map { $0 == place.path("out") ? file : $0 },
      ["\(file): is a file; choose a folder with --out"])
    let model = try place.model().path
    let evaluate = ["evaluate", model, "--data", place.data, "--device", "cpu"]
    try expectRefused(evaluate + ["--out", "/proc/toposheet"], ["/proc/toposheet", "--out"])
    try expectRefused(
      evaluate + ["--out", file], ["\(file): is a file; choose a folder with --out"])
    try expectRefused(
      evaluate + ["--out", "\(file)/a"],
      ["\(file)/a: is in \(file), which is a file; choose a folder with --out"])
    try expectRefused(
      evaluate + ["--logits", place.path("no/such.npy"), "--out", place.path("metrics")],
      [place.path("no/such.npy"), "cannot be written"])
    #expect(!place.exists("metrics") && !place.exists("no"))
  }

  @Test("metrics are not overwritten") func metricsAreNotOverwritten() throws {
    let arguments = [
      "evaluate", try place.model().path, "--data", place.data, "--device", "cpu", "--out",
      place.path("metrics"),
    ]
    #expect(try Command.run(arguments).status == 0)
    let names = ["metrics.csv", "metrics.json", "tables.txt", "confusion.csv", "suite.json"]
    func files() -> [Data?] { names.map { try? Data(contentsOf: place.url("metrics/\($0)")) } }
    let whole = files()
    try expectRefused(
      arguments,
      [
        "\(place.path("metrics")): the folder already holds this suite; add --resume to continue it"
      ])
    #expect(files() == whole)
    try expectRefused(
      arguments + ["--noise", "white"],
      ["already holds a part of this suite; add --resume to add what is missing"])
    #expect(files() == whole)
    // Results without a word on where they come from, as those of earlier versions.
    try FileManager.default.removeItem(at: place.url("metrics/suite.json"))
    for (moved, held) in [
      (nil, "confusion.csv, metrics.csv, metrics.json and tables.txt"),
      ("metrics.csv", "confusion.csv, metrics.json and tables.txt"),
      ("metrics.json", "confusion.csv, metrics.csv and tables.txt"),
    ] {
      if let moved {
        try FileManager.default.moveItem(at: place.url("metrics/\(moved)"), to: place.url("moved"))
      }
      let before = files()
      try expectRefused(
        arguments + ["--resume"],
        [
          "exists already, but there is no suite.json that says what it comes from; move "
            + "\(held) out of the folder, or choose another with --out"
        ])
      #expect(files() == before)
      if let moved {
        try FileManager.default.moveItem(at: place.url("moved"), to: place.url("metrics/\(moved)"))
      }
    }
    // What a killed process left is made whole.
    try whole[4]?.write(to: place.url("metrics/suite.json"))
    for name in names.prefix(4) {
      try FileManager.default.removeItem(at: place.url("metrics/\(name)"))
    }
    #expect(try Command.run(arguments + ["--resume"]).status == 0)
    #expect(files() == whole)
  }

  // MARK: Plans

  @Test("plans") func plans() throws {
    let plan = place.url("plan.yaml")
    func expect(_ text: String, _ parts: [String]) throws {
      try Data(text.utf8).write(to: plan)
      try expectRefused(
        ["run", plan.path, "--device", "cpu", "--out", place.path("out")],
        parts.map { $0.replacingOccurrences(of: "PLAN", with: plan.path) })
      #expect(!place.exists("out"))
    }
    let good = """
      name: small
      data: \(place.data)
      architecture: mnist
      conditions: [{penalty: control}]
      seeds: 0
      epochs: 1
      """
    try expect(
      good + "\nepoch: 3", ["PLAN, line 7: the key epoch is not known in the plan", "epochs"])
    try expect(
      good.replacingOccurrences(of: "seeds: 0", with: "seeds:"),
      ["PLAN, line 5", "seeds has no value"])
    try expect(
      good.replacingOccurrences(of: "control", with: "ws, lambda: -2"),
      ["PLAN, line 4: lambda is -2.0"])
    try expect(
      good.replacingOccurrences(of: place.data, with: "/no/where"),
      ["/no/where: there is no such folder"])
    try expect(good + "\nsubset: 1000", ["data has 60 training images; ask for fewer"])
    try expect("", ["PLAN: is empty"])
    try FileManager.default.removeItem(at: plan)
    try expectRefused(
      ["run", plan.path, "--out", place.path("out")], ["\(plan.path): cannot be opened"])
  }

  // MARK: Evaluation

  @Test("evaluation") func evaluation() throws {
    let model = try place.model().path
    func expect(_ more: [String], _ parts: [String]) throws {
      try expectRefused(
        ["evaluate", model, "--data", place.data, "--device", "cpu", "--out", place.path("out")]
          + more, parts)
      #expect(!place.exists("out"))
    }
    try expect(["--noise", "brown"], ["toposheet: there is no noise \"brown\": choose"])
    try expect(
      ["--noise", "white", "--levels", "2"], ["toposheet: the noise level 2 is out of range"])
    try expect(["--noise", "white", "--draws", "0"], ["must be at least 1"])
    try expect(["--subset", "21"], ["there are only 20"])
    try expect(["--split", "validation"], ["validation", "test"])
    try expect(
      ["--noise", "white", "--logits", place.path("logits.npy")], ["at most one noise"])
    #expect(!place.exists("logits.npy"))
  }
}
