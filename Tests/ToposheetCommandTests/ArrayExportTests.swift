import Foundation
import TestSupport
import Testing
import TopoFoundation

/// `toposheet evaluate --logits`, `--sheet` and `--images`: of one model and of many.
@Suite("Exported arrays", .serialized) struct ArrayExportTests {
  let place: Workplace

  init() throws {
    place = try Workplace()
    let trained = try Command.run(place.train("models"))
    try #require(trained.status == 0, "\(trained.errors)")
  }

  private func model(_ seed: Int) -> String {
    place.path("models/ws-euclidean-0.5/seed-\(seed)/model.safetensors")
  }

  private func evaluate(_ model: String, _ more: [String]) throws {
    let result = try Command.run(
      ["evaluate", model, "--data", place.data, "--device", "cpu"] + more)
    #expect(result.status == 0, "\(result.errors)")
  }

  private func expectLabels(_ name: String, _ count: Int = 20) throws {
    let labels = try NPYArray(contentsOf: place.url(name))
    let wanted = (0..<count).map { Int64(SmallData.label($0)) }
    #expect(labels == NPYArray(.int64(wanted), shape: [count]))
  }

  private func files(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.path(name)).sorted()
  }

  /// The same arrays as one model at a time gives.
  @Test("many models into one folder") func manyModelsIntoOneFolder() throws {
    let arrays = place.path("arrays")
    try evaluate(
      place.path("models"),
      ["--logits", arrays + "/", "--sheet", arrays + "/", "--images", arrays + "/"])
    #expect(
      try files("arrays") == [
        "images.npy", "labels.npy", "ws-euclidean-0.5-seed-0-logits.npy",
        "ws-euclidean-0.5-seed-0-sheet.npy", "ws-euclidean-0.5-seed-1-logits.npy",
        "ws-euclidean-0.5-seed-1-sheet.npy",
      ])
    try expectLabels("arrays/labels.npy")
    for seed in 0...1 {
      for kind in ["logits", "sheet"] {
        try evaluate(model(seed), ["--\(kind)", place.path("\(kind)-\(seed).npy")])
        let alone = try Data(contentsOf: place.url("\(kind)-\(seed).npy"))
        #expect(
          try Data(contentsOf: place.url("arrays/ws-euclidean-0.5-seed-\(seed)-\(kind).npy"))
            == alone)
        try expectLabels("\(kind)-\(seed)-labels.npy")
      }
    }
    #expect(
      try Data(contentsOf: place.url("logits-0.npy"))
        != Data(contentsOf: place.url("logits-1.npy")))
    #expect(try NPYArray(contentsOf: place.url("arrays/images.npy")).shape == [20, 1, 12, 12])
  }

  /// Networks of two sizes take turns on the device.
  @Test("every model has its own arrays") func everyModelGetsItsOwn() throws {
    let small = try Command.run([
      "train", "--data", place.data, "--architecture", "mnist", "--penalty", "control", "--seeds",
      "4", "--epochs", "1", "--sheet", "5x3", "--device", "cpu", "--out", place.path("models/a"),
    ])
    try #require(small.status == 0, "\(small.errors)")
    try evaluate(place.path("models"), ["--sheet", place.path("all/")])
    #expect(
      try NPYArray(contentsOf: place.url("all/control-seed-4-sheet.npy")).shape == [20, 15])
    for seed in 0...1 {
      try evaluate(model(seed), ["--sheet", place.path("alone.npy")])
      #expect(
        try Data(contentsOf: place.url("all/ws-euclidean-0.5-seed-\(seed)-sheet.npy"))
          == Data(contentsOf: place.url("alone.npy")))
    }
  }

  /// A folder that is there, one without an ending, and new ones within new ones.
  @Test("paths that end in a folder, and paths of files") func whatIsAFolder() throws {
    try FileManager.default.createDirectory(
      at: place.url("there"), withIntermediateDirectories: true)
    try evaluate(
      model(0), ["--logits", place.path("there"), "--subset", "7", "--images", place.path("i.npy")])
    #expect(try files("there") == ["labels.npy", "ws-euclidean-0.5-seed-0-logits.npy"])
    try expectLabels("there/labels.npy", 7)
    try expectLabels("i-labels.npy", 7)
    try evaluate(
      place.path("models"),
      ["--sheet", place.path("new/in/new"), "--noise", "pink", "--levels", "0.1", "--draws", "1"])
    #expect(try files("new/in/new").count == 3)
    // Once more: arrays are replaced, as a single file is.
    try evaluate(place.path("models"), ["--sheet", place.path("new/in/new")])
  }

  /// One process at a time writes to a place, and nothing is left of its lock.
  @Test("paths in use are refused") func placesInUse() throws {
    try FileManager.default.createDirectory(
      at: place.url("taken"), withIntermediateDirectories: true)
    let locks = [
      try FileLock(place.url("taken/.arrays.lock")), try FileLock(place.url(".mine.lock")),
    ]
    for (path, sentence) in [
      (place.path("taken") + "/", "another process is writing arrays into this folder"),
      (place.path("mine.npy"), "another process is writing this file"),
    ] {
      let result = try Command.run([
        "evaluate", model(0), "--data", place.data, "--device", "cpu", "--sheet", path,
      ])
      #expect(result.status != 0 && result.errors.contains(sentence), "\(result.errors)")
    }
    for lock in locks { lock.release() }
    try evaluate(
      model(0), ["--sheet", place.path("taken"), "--logits", place.path("mine.npy")])
    #expect(try files("taken").allSatisfy { !$0.hasPrefix(".") })
    #expect(!place.exists(".mine.lock"))
  }

  @Test("paths that cannot be written are refused") func whatIsNoPlace() throws {
    func expect(_ more: [String], _ parts: [String]) throws {
      try expectRefused(
        ["evaluate", place.path("models"), "--data", place.data, "--device", "cpu"] + more, parts)
    }
    try expect(
      ["--logits", place.path("x.npy")],
      ["--logits \(place.path("x.npy")) is one file, but there are 2 models: name a folder"])
    try expect(["--sheet", ""], ["is one file, but there are 2 models"])
    try expect(["--sheet", "/proc/no/such/"], ["/proc/no/such", "cannot be made"])
    try FileManager.default.createDirectory(
      at: place.url("taken"), withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: place.url("taken/labels.npy"))
    try expect(
      ["--logits", place.path("taken")], ["labels.npy", "exists already and is not an array"])
    #expect(try files("taken") == ["labels.npy"])
    try expect(
      ["--logits", place.path("new/"), "--noise", "white"],
      ["write arrays of a single task: give at most one noise"])
    // The name that another array's labels get.
    try expectRefused(
      [
        "evaluate", model(0), "--data", place.data, "--device", "cpu", "--logits",
        place.path("a.npy"), "--sheet", place.path("a-labels.npy"),
      ], ["a-labels.npy", "is named for two files"])
    // What cannot be evaluated leaves no folder.
    try expect(
      ["--logits", place.path("new/"), "--out", "/proc/toposheet"], ["/proc/toposheet"])
    #expect(!place.exists("new") && !place.exists("x.npy"))
  }

  @Test("maps are drawn of one network of each condition")
  func maps() throws {
    let picture = place.path("sheets.png")
    let result = try Command.run(
      [
        "evaluate", place.path("models"), "--data", place.data, "--device", "cpu", "--map", picture,
      ])
    #expect(result.status == 0 && result.output.contains("Maps: \(picture)"), "\(result.errors)")
    let bytes = try Data(contentsOf: place.url("sheets.png"))
    #expect(bytes.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    try Data("mine".utf8).write(to: place.url("text.png"))
    try expectRefused(
      [
        "evaluate", place.path("models"), "--data", place.data, "--device", "cpu", "--map",
        place.path("text.png"),
      ], ["text.png", "exists already and is not a picture"])
  }
}
