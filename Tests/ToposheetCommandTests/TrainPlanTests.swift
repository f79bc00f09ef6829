import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoSheets
import TopoStudies

/// `toposheet train` takes what a plan takes, and leaves the plan.
@Suite("Plans of train and run", .serialized) struct TrainPlanTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func train(_ out: String, _ more: [String]) -> [String] {
    [
      "train", "--data", place.data, "--architecture", "mnist", "--seeds", "3,5", "--epochs", "1",
      "--device", "cpu", "--out", place.path(out),
    ] + more
  }

  private func plan(_ out: String) throws -> Plan {
    try Plan(contentsOf: place.url("\(out)/plan.yaml"))
  }

  @Test("every option reaches the plan") func everyOptionReachesThePlan() throws {
    let result = try Command.run(
      train(
        "run",
        [
          "--penalty", "control,as", "--metric", "cosine,correlation", "--lambda", "0.3,2",
          "--view", "post-relu", "--layout", "untransposed", "--neighborhood", "von-neumann",
          "--sheet", "4x6", "--learning-rate", "0.02", "--optimizer", "sgd", "--momentum", "0.5",
          "--batch", "8", "--subset", "40", "--measures", "variance-mean,gearys-c-pre-relu",
          "--measure-images", "12", "--measure-every", "3",
        ]))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("training 10 networks (5 conditions x 2 seeds) on "))
    let plan = try plan("run")
    let neighborhood = Neighborhood(.vonNeumann)
    let conditions: [Penalty] =
      [.control]
      + [PenaltyMetric.cosine, .correlation].flatMap { metric in
        [0.3, 2].map {
          .activationSimilarity(
            metric, lambda: $0, view: .postReLU, layout: .legacyUntransposed,
            neighborhood: neighborhood)
        }
      }
    #expect(plan.conditions == conditions)
    #expect(plan.sheet == Sheet(rows: 4, columns: 6))
    #expect(plan.rule == .sgd(momentum: 0.5) && plan.learningRate == 0.02)
    #expect(plan.batch == 8 && plan.subset == 40 && plan.epochs == 1)
    #expect(plan.alongTraining.measures.further == ["gearys-c-pre-relu", "variance-mean"])
    #expect(plan.alongTraining.images == 12 && plan.alongTraining.every == 3)
    let measured = try String(contentsOf: place.url("run/measures-by-epoch.csv"), encoding: .utf8)
    // A header, and ten networks after the last epoch.
    #expect(measured.split(separator: "\r\n").count == 1 + 10 * 11)
    #expect(plan.seeds.seeds == [3, 5] && plan.data == place.data)
    for condition in conditions {
      #expect(place.exists("run/\(condition.label)/seed-5/model.safetensors"))
    }
    let study = try String(contentsOf: place.url("run/study.json"), encoding: .utf8)
    #expect(study.contains("\"momentum\" : 0.5"), "\(study)")
  }

  @Test("the sheet may be a torus, and all images for training") func torusAndFraction() throws {
    let result = try Command.run(
      train(
        "run", ["--penalty", "ws", "--lambda", "1", "--torus", "--training-fraction", "1"]))
    #expect(result.status == 0, "\(result.errors)")
    let plan = try plan("run")
    #expect(
      plan.conditions == [
        .weightSimilarity(lambda: 1, neighborhood: Neighborhood(.moore, wraps: true))
      ])
    #expect(plan.trainingFraction == 1)
  }

  @Test("the scale belongs to activation similarity") func scaleAndOnePenalty() throws {
    let result = try Command.run(
      train(
        "run", ["--penalty", "ws,as", "--metric", "euclidean", "--lambda", "1", "--scale", "rms"]))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      try plan("run").conditions == [
        .weightSimilarity(lambda: 1), .activationSimilarity(.euclidean, lambda: 1, scale: .rms),
      ])
    let other = try Command.run(
      train("other", ["--penalty", "ws,as", "--lambda", "1", "--neighbourhood", "moore"]))
    #expect(other.status == 0, "\(other.errors)")
    #expect(
      try plan("other").conditions.map(\.label) == ["ws-euclidean-1", "as-correlation-1"])
  }

  /// The plan that training leaves is the plan of what was trained: the bits agree, and `run` goes
  /// on with evaluation.
  @Test("run reads the folder and the plan") func runTakesTheFolderAndThePlan() throws {
    let options = ["--penalty", "ws", "--lambda", "0.5", "--sheet", "5x3"]
    let trained = try Command.run(train("first", options))
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.errors.contains("training 2 x ws-euclidean-0.5 on "))
    let model = "ws-euclidean-0.5/seed-5/model.safetensors"
    let before = try Data(contentsOf: place.url("first/\(model)"))
    // Elsewhere, from the start.
    let plan = place.path("first/plan.yaml")
    let again = try Command.run(["run", plan, "--device", "cpu", "--out", place.path("second")])
    #expect(again.status == 0, "\(again.errors)")
    #expect(try Data(contentsOf: place.url("second/\(model)")) == before)
    // In the same folder.
    let resumed = try Command.run([
      "run", plan, "--device", "cpu", "--resume", "--out", place.path("first"),
    ])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("the epoch is done already"))
    #expect(try Data(contentsOf: place.url("first/\(model)")) == before)
    #expect(
      try Data(contentsOf: place.url("first/metrics.csv"))
        == Data(contentsOf: place.url("second/metrics.csv")))
    // A plan that was edited since says how to evaluate: it stays.
    let edited =
      try String(contentsOf: place.url("first/plan.yaml"), encoding: .utf8)
      + "evaluation: {subset: 10}\n"
    try Data(edited.utf8).write(to: place.url("first/plan.yaml"))
    let trainedAgain = try Command.run(train("first", options + ["--resume"]))
    #expect(trainedAgain.status == 0, "\(trainedAgain.errors)")
    #expect(try String(contentsOf: place.url("first/plan.yaml"), encoding: .utf8) == edited)
  }

  /// A folder named from the current one is found from anywhere.
  @Test("folders are absolute in plans") func foldersAreNamedFromTheRoot() throws {
    let process = try Command.process([
      "train", "--data", "data", "--architecture", "mnist", "--penalty", "control", "--seeds", "0",
      "--epochs", "1", "--device", "cpu", "--out", "run",
    ])
    process.currentDirectoryURL = place.temporary.url
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let data = try plan("run").data
    #expect(data.hasPrefix("/") && data.hasSuffix("/data"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: data).sorted() == SmallData.names.sorted()
    )
  }

  @Test("options that exclude each other") func optionsThatDoNotGoTogether() throws {
    func expect(_ more: [String], _ sentence: String) throws {
      try expectRefused(train("out", more), [sentence])
      #expect(!place.exists("out"))
    }
    try expect(["--penalty", "ws"], "--penalty ws needs --lambda, such as --lambda 1")
    try expect(["--penalty", "control,as"], "--penalty as needs --lambda")
    try expect(["--penalty", "control", "--metric", "cosine"], "no use for --metric; leave it out")
    try expect(
      ["--penalty", "control,ws", "--lambda", "1", "--view", "post-relu"],
      "--view belongs to --penalty as; leave it out")
    try expect(
      ["--penalty", "as", "--lambda", "1", "--metric", "euclidean,cosine", "--scale", "rms"],
      "the scale rms belongs to the Euclidean metric only")
    try expect(["--penalty", "control", "--torus"], "no use for --torus; leave it out")
    for text in ["0", "1.01", "-0.5"] {
      try expect(
        ["--penalty", "control", "--training-fraction", text],
        "--training-fraction takes a number above 0 and at most 1, not ")
    }
    try expect(["--penalty", "ws,ws", "--lambda", "1"], "ws-euclidean-1 occurs twice")
    try expect(["--penalty", "ws", "--lambda", "1,1.0"], "ws-euclidean-1 occurs twice")
    try expect(["--penalty", "ws,", "--lambda", "1"], "--penalty \"ws,\" is empty in one place")
    for text in ["1,a", "1 2", "0x10", "1,1_0", "0x1p-2", "nan"] {
      let item = text.hasPrefix("1,") ? String(text.dropFirst(2)) : text
      try expect(
        ["--penalty", "ws", "--lambda", text],
        "--lambda takes numbers in decimal digits, with commas, not \"\(item)\"")
    }
    try expect(["--penalty", "w s", "--lambda", "1"], "--penalty takes control, ws or as")
    try expect(["--penalty", "control", "--lambda", "0x0"], "--penalty control has no lambda")
    try expect(
      ["--penalty", "control", "--momentum", "0.9"], "--momentum belongs to --optimizer sgd")
    try expect(
      ["--penalty", "control", "--optimizer", "sgd", "--momentum", "1"], "from 0 to below 1")
    try expect(["--penalty", "control", "--optimizer", "rmsprop"], "--optimizer takes adam or sgd")
    try expect(["--penalty", "control", "--sheet", "11"], "\"11\" is not a sheet")
    try expect(["--penalty", "control", "--sheet", "11x1025"], "each from 1 to 1024")
    for text in ["1 1x1 1", "0x4", "11x1 1", "11x11x"] {
      try expect(["--penalty", "control", "--sheet", text], "\"\(text)\" is not a sheet")
    }
  }

  @Test("architectures for other data are noted") func architecturesOfOtherDataAreNoted() throws {
    try SmallData.writeCIFAR(to: place.url("color"))
    for (data, architecture, note) in [
      (place.path("color"), "mnist", "cifar10 is the one for them"),
      (place.data, "cifar10", "mnist is the one for them"),
      (place.data, "mnist", nil), (place.path("color"), "cifar10", nil),
    ] {
      let out = "\(architecture)-\(data.suffix(4))"
      let result = try Command.run([
        "train", "--data", data, "--architecture", architecture, "--penalty", "control", "--seeds",
        "0", "--epochs", "1", "--batch", "16", "--device", "cpu", "--out", place.path(out),
      ])
      let notes = result.errors.split(separator: "\n").filter { $0.contains("was made for") }
      #expect(notes.count == (note == nil ? 0 : 1), "\(result.errors)")
      if let note { #expect(notes.first?.contains(note) == true, "\(result.errors)") }
    }
  }
}
