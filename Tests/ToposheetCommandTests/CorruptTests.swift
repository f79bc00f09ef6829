import Foundation
import TestSupport
import Testing
import TopoFoundation

/// `toposheet corrupt`.
@Suite("corrupt", .serialized) struct CorruptTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func corrupt(_ more: [String]) throws -> Command.Result {
    let result = try Command.run(["corrupt", "--data", place.data] + more)
    #expect(result.status == 0, "\(result.errors)")
    return result
  }

  private func bytes(_ name: String) throws -> (shape: [Int], values: [UInt8]) {
    let array = try NPYArray(contentsOf: place.url(name))
    guard case .uint8(let values) = array.elements else {
      Issue.record("\(name) is not uint8")
      return (array.shape, [])
    }
    return (array.shape, values)
  }

  private func description(_ name: String) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: try Data(contentsOf: place.url(name)))
    return try #require(json as? [String: Any])
  }

  private static let clean = Array(SmallData.imageFile(20).dropFirst(16))

  @Test("blocks follow the description") func blocksFollowTheDescription() throws {
    let result = try corrupt([
      "--perturbation", "mnist-c/inverse,mnist-c/translate,white", "--severities", "1-2", "--draws",
      "2", "--out", place.path("some.npy"),
    ])
    #expect(result.output.contains("some.npy, 9 x 20") && result.output.contains("some.json"))
    let (shape, values) = try bytes("some.npy")
    #expect(shape == [9 * 20, 12, 12, 1])
    #expect(Array(values.prefix(Self.clean.count)) == Self.clean.map { 255 - $0 })
    let description = try description("some.json")
    let blocks = try #require(description["blocks"] as? [[String: Any]])
    #expect(
      blocks.map { $0["perturbation"] as? String ?? "" }
        == ["mnist-c/inverse"] + Array(repeating: "mnist-c/translate", count: 4)
        + Array(repeating: "white", count: 4))
    #expect(
      blocks.map { $0["severity"] as? Double ?? -1 } == [1, 1, 1, 2, 2, 0.01, 0.01, 0.05, 0.05])
    #expect(blocks.map { $0["draw"] as? Int ?? -1 } == [0, 0, 1, 0, 1, 0, 1, 0, 1])
    #expect(blocks.map { $0["first"] as? Int ?? -1 } == (0..<9).map { $0 * 20 })
    #expect(blocks.allSatisfy { $0["seed"] as? Int == 0 })
    #expect(description["layout"] as? String == "nhwc")
    #expect((description["provenance"] as? [String: String])?["data"] == "data")
    let labels = try NPYArray(contentsOf: place.url("some-labels.npy"))
    #expect(labels.elements == .int64((0..<20).map { Int64(SmallData.label($0)) }))
    // Draws and severities differ.
    let parts = (0..<9).map { Array(values[$0 * 2880..<($0 + 1) * 2880]) }
    #expect(Set(parts).count == 9)
  }

  @Test("subsets, seeds and layouts") func subsetsSeedsAndLayouts() throws {
    func run(_ name: String, _ more: [String] = []) throws -> [UInt8] {
      _ = try corrupt(
        ["--perturbation", "white", "--levels", "0.3", "--out", place.path(name)] + more)
      return try bytes(name).values
    }
    let all = try run("all.npy")
    #expect(try run("again.npy") == all)
    #expect(try run("some.npy", ["--subset", "7"]) == Array(all.prefix(7 * 144)))
    #expect(try run("seed.npy", ["--seed", "1"]) != all)
    #expect(try run("train.npy", ["--split", "train"]).count == 60 * 144)
    _ = try corrupt([
      "--perturbation", "white", "--levels", "0.3", "--float", "--out", place.path("float.npy"),
    ])
    let array = try NPYArray(contentsOf: place.url("float.npy"))
    #expect(array.shape == [20, 1, 12, 12])
    guard case .float32(let values) = array.elements else {
      Issue.record("float.npy is not float32")
      return
    }
    #expect(values.map { UInt8(($0 * 255).rounded()) } == all)
    // Not only bytes over 255.
    #expect(values.contains { abs($0 * 255 - ($0 * 255).rounded()) > 0.01 })
  }

  @Test("channels come last or first") func channelsComeLastOrFirst() throws {
    let folder = place.url("cifar")
    try SmallData.writeCIFAR(to: folder)
    for layout in ["nhwc", "nchw"] {
      let result = try Command.run([
        "corrupt", "--data", folder.path, "--perturbation", "salt-pepper", "--levels", "0",
        "--layout",
        layout, "--out", place.path("\(layout).npy"),
      ])
      #expect(result.status == 0, "\(result.errors)")
    }
    let (last, first) = (try bytes("nhwc.npy"), try bytes("nchw.npy"))
    #expect(last.shape == [8, 32, 32, 3] && first.shape == [8, 3, 32, 32])
    let data = try Data(contentsOf: folder.appending(path: "test_batch.bin"))
    #expect(Array(first.values.prefix(3072)) == Array(data[1..<3073]))
    for pixel in 0..<1024 {
      for channel in 0..<3 {
        #expect(last.values[pixel * 3 + channel] == first.values[channel * 1024 + pixel])
      }
    }
  }

  /// What is written can be read back as published files are.
  @Test("exports are read as published files") func exportsAreReadAsPublishedFiles() throws {
    let folder = place.url("own/shear")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    _ = try corrupt([
      "--perturbation", "mnist-c/shear", "--severities", "2", "--seed", "5", "--out",
      place.path("own/shear/test_images.npy"),
    ])
    try FileManager.default.moveItem(
      at: folder.appending(path: "test_images-labels.npy"),
      to: folder.appending(path: "test_labels.npy"))
    let arguments = [
      "--corruption-folder", place.path("own"), "--perturbation", "mnist-c/shear", "--out",
      place.path("read.npy"),
    ]
    _ = try corrupt(arguments)
    #expect(try bytes("read.npy").values == bytes("own/shear/test_images.npy").values)
    let blocks = try description("read.json")["blocks"] as? [[String: Any]]
    let origin = blocks?.first?["origin"] as? String
    #expect(
      origin?.hasPrefix(place.path("own/shear/test_images.npy")) == true, "\(origin ?? "none")")
    try expectRefused(
      ["corrupt", "--data", place.data, "--split", "train"] + arguments.dropLast()
        + [place.path("not.npy")],
      ["own: holds neither CIFAR-10-C's files"])
    try NPYArray(.uint8([UInt8](repeating: 3, count: 20)), shape: [20])
      .write(to: folder.appending(path: "test_labels.npy"))
    try expectRefused(
      ["corrupt", "--data", place.data] + arguments.dropLast() + [place.path("not.npy")],
      ["test_labels.npy: says that entry 0 is of class 3", "another data set"])
  }

  @Test("examples are a PNG image") func examplesAreAPicture() throws {
    let result = try corrupt([
      "--perturbation", "mnist-c,white", "--examples", place.path("examples.png"),
      "--example-count", "2", "--magnify", "2",
    ])
    #expect(result.output.contains("Examples: \(place.path("examples.png"))"))
    let bytes = try Data(contentsOf: place.url("examples.png"))
    #expect(bytes.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    #expect(!place.exists("examples.json"))
  }

  /// A suite's images, those that `evaluate` shows.
  @Test("suites are exported") func suitesAreExported() throws {
    let all = try corrupt(["--suite", "noise,weights", "--out", place.path("noise.npy")])
    #expect(all.output.contains("noise.npy, 75 x 20"))
    #expect(all.errors.contains("its perturbations of weights and its attacks are left out"))
    let blocks = try #require(try description("noise.json")["blocks"] as? [[String: Any]])
    #expect(blocks.prefix(5).map { $0["draw"] as? Int ?? -1 } == [0, 1, 2, 3, 4])
    let yaml = """
      name: mine
      subset: 3
      seed: 5
      parts:
        - images: white
          severities: 0.1
          draws: 2
        - images: pink
          severities: 0.2
          draws: 1
          seed: 6
      """
    try Data(yaml.utf8).write(to: place.url("mine.yaml"))
    let mine = ["--suite", place.path("mine.yaml")]
    let evaluated = try Command.run(
      ["evaluate", try place.model().path, "--data", place.data, "--device", "cpu"] + mine
        + ["--out", place.path("metrics"), "--examples", place.path("evaluated.png")])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    _ = try corrupt(mine + ["--out", place.path("mine.npy"), "--examples", place.path("mine.png")])
    // One picture, by either command.
    let picture = try Data(contentsOf: place.url("mine.png"))
    #expect(try Data(contentsOf: place.url("evaluated.png")) == picture)
    let values = try bytes("mine.npy").values
    #expect(values.count == 3 * 3 * 144)
    for (options, block) in [
      (["white", "--levels", "0.1", "--seed", "5", "--draws", "2"], 0..<2),
      (["pink", "--levels", "0.2", "--seed", "6"], 2..<3),
    ] {
      _ = try corrupt(
        ["--subset", "3", "--out", place.path("one-\(block.lowerBound).npy"), "--perturbation"]
          + options)
      let wanted = Array(values[block.lowerBound * 432..<block.upperBound * 432])
      #expect(try bytes("one-\(block.lowerBound).npy").values == wanted)
    }
    try expectRefused(
      ["corrupt", "--data", place.data, "--seed", "1", "--out", place.path("no.npy")] + mine,
      ["--draws and --seed are for suites by name", "mine.yaml"])
  }

  @Test("bad options are refused") func badOptions() throws {
    let arguments = ["corrupt", "--data", place.data, "--out", place.path("bad.npy")]
    for (options, parts) in [
      (["--perturbation", "fogg"], ["there is no perturbation \"fogg\": choose from white"]),
      (["--perturbation", "mnist-c/sheer"], ["\"mnist-c/sheer\": choose from mnist-c/gaussian"]),
      (["--perturbation", ""], ["no perturbation is named"]),
      (["--perturbation", "white", "--severities", "6"], ["white has 5 severities", "1-5"]),
      (["--perturbation", "white", "--severities", "0"], ["\"0\" is not a severity"]),
      (["--perturbation", "white", "--severities", "5-1"], ["write 1-5"]),
      (["--perturbation", "white", "--levels", "1.5"], ["level 1.5 is out of range"]),
      (["--perturbation", "white", "--levels", "-0.1"], ["out of range"]),
      (["--perturbation", "mnist-c/shear", "--levels", "0.1"], ["--levels is for noises"]),
      (["--perturbation", "white", "--levels", "0.1", "--severities", "1"], ["give one of them"]),
      (["--perturbation", "white", "--draws", "0"], ["draws of white is 0", "from 1 to 10000"]),
      (["--perturbation", "white", "--subset", "21"], ["only 20"]),
      (["--perturbation", "white", "--layout", "hwc"], ["hwc", "nhwc"]),
      (["--perturbation", "white", "--examples", place.path("bad.npy")], ["named for two files"]),
      (["--perturbation", "white", "--examples", place.path("bad.json")], ["named for two files"]),
      (["--perturbation", "white", "--examples", place.path("none/a.png")], ["cannot be written"]),
      (
        ["--perturbation", "white", "--corruption-folder", place.data],
        ["holds neither CIFAR-10-C's"]
      ),
      (["--perturbation", "white", "--corruption-folder", place.path("x")], ["is not a folder"]),
      (
        ["--perturbation", "white", "--examples", place.path("a.png"), "--example-count", "21"],
        ["only 20"]
      ),
      (
        ["--perturbation", "white", "--examples", place.path("a.png"), "--magnify", "0"],
        ["from 1 to 64"]
      ),
    ] {
      try expectRefused(arguments + options, parts)
      #expect(!place.exists("bad.npy") && !place.exists("bad.json"), "\(options)")
    }
    try expectRefused(
      ["corrupt", "--data", place.data, "--perturbation", "white"],
      ["there is nothing to write: give --out or --examples"])
    // Nothing is replaced, but pictures by pictures.
    let model = try place.model()
    let before = try Data(contentsOf: model)
    try expectRefused(
      [
        "corrupt", "--data", place.data, "--perturbation", "white", "--examples", model.path,
      ], ["model.safetensors: exists already and is not a picture"])
    #expect(try Data(contentsOf: model) == before)
    try Data([1, 2]).write(to: place.url("fog.npy"))
    try expectRefused(
      ["corrupt", "--data", place.data, "--perturbation", "white", "--out", place.path("fog.npy")],
      ["fog.npy: exists already"])
    #expect(try Data(contentsOf: place.url("fog.npy")) == Data([1, 2]))
    let bare = arguments + ["--suite", "noise"]
    for (options, parts) in [
      (["--perturbation", "white"], ["--perturbation and --suite do not go together"]),
      (["--severities", "1"], ["--severities does not go with --suite"]),
      (["--levels", "0.1"], ["--levels does not go with --suite"]),
      (["--frost", place.path("x")], ["x: cannot be listed"]),
    ] { try expectRefused(bare + options, parts) }
    try expectRefused(arguments, ["there is no perturbation", "--suite"])
    try expectRefused(arguments + ["--suite", "nose"], ["there is no suite \"nose\""])
    try expectRefused(
      arguments + ["--suite", "weights"], ["weights has no perturbation of images"])
    let cifar = place.url("cifar")
    try SmallData.writeCIFAR(to: cifar)
    try expectRefused(
      [
        "corrupt", "--data", cifar.path, "--perturbation", "mnist-c", "--out",
        place.path("bad.npy"),
      ],
      ["cannot be applied to images of 3 channels"])
  }
}
