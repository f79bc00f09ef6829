import Foundation
import TestSupport
import Testing

/// Models that cannot be used: one sentence that names the file, and nothing is left.
@Suite("Models that cannot be used", .serialized) struct BadModelTests {
  let place: Workplace
  let good: Parts

  /// A safetensors file in its two parts.
  struct Parts {
    var header: String
    var data: Data

    init(_ file: URL) throws {
      let bytes = try Data(contentsOf: file)
      let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
      data = Data(bytes[(8 + length)...])
    }

    /// The header's entry of a tensor.
    func entry(_ name: String) throws -> String {
      let start = try #require(header.range(of: "\"\(name)\":{"))
      let end = try #require(header.range(of: "}", range: start.upperBound..<header.endIndex))
      return String(header[start.lowerBound..<end.upperBound])
    }

    /// The numbers of a tensor's place.
    func offsets(_ name: String) throws -> (begin: Int, end: Int) {
      let entry = try entry(name)
      let start = try #require(entry.range(of: "\"data_offsets\":["))
      let numbers = entry[start.upperBound...].prefix { $0 != "]" }.split(separator: ",")
      return (try #require(Int(numbers[0])), try #require(Int(numbers[1])))
    }

    mutating func replace(_ name: String, _ old: String, _ new: String) throws {
      let entry = try entry(name)
      #expect(entry.contains(old), "\(entry)")
      header = header.replacingOccurrences(
        of: entry, with: entry.replacingOccurrences(of: old, with: new))
    }

    func write(to file: URL, length: Int? = nil) throws {
      var bytes = Data()
      withUnsafeBytes(of: UInt64(length ?? header.utf8.count).littleEndian) {
        bytes.append(contentsOf: $0)
      }
      try (bytes + Data(header.utf8) + data).write(to: file)
    }
  }

  init() throws {
    place = try Workplace()
    good = try Parts(try place.model())
  }

  private func expectRefusedModel(
    _ parts: [String], data: String? = nil, length: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout Parts) throws -> Void
  ) throws {
    var model = good
    try change(&model)
    let file = place.url("bad.safetensors")
    try model.write(to: file, length: length)
    try expectRefused(
      [
        "evaluate", file.path, "--data", data ?? place.data, "--device", "cpu", "--logits",
        place.path("logits.npy"), "--out", place.path("out"),
      ], parts.map { $0.replacingOccurrences(of: "FILE", with: file.path) },
      sourceLocation: sourceLocation)
    #expect(!place.exists("out") && !place.exists("logits.npy"), sourceLocation: sourceLocation)
  }

  @Test("the unchanged model is accepted") func theUnchangedModelIsFine() throws {
    let file = place.url("same.safetensors")
    try good.write(to: file)
    let result = try Command.run(["evaluate", file.path, "--data", place.data, "--device", "cpu"])
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("files that are no models") func files() throws {
    try expectRefusedModel(["FILE: states a header of 99999999 bytes"], length: 99_999_999) { _ in }
    try expectRefusedModel(["FILE: ", "cut short or damaged"]) { $0.data.removeLast(4) }
    try expectRefusedModel(["FILE: has 3 bytes after its last tensor"]) { $0.data += [1, 2, 3] }
    try expectRefusedModel(["FILE: its header"]) { $0.header = "{" }
    let missing = place.path("none.safetensors")
    try expectRefused(
      ["evaluate", missing, "--data", place.data], ["\(missing): does not exist"])
    try expectRefused(
      ["evaluate", place.data, "--data", place.data], ["holds no model.safetensors"])
  }

  @Test("folders in the places of files") func foldersInPlacesOfFiles() throws {
    #expect(try Command.run(place.train("study")).status == 0)
    let model = place.url("study/ws-euclidean-0.5/seed-0/model.safetensors")
    try FileManager.default.removeItem(at: model)
    try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
    let sentence = "\(model.path): is a folder, but the study has a file of that name; move"
    let evaluate = ["evaluate", place.path("study"), "--data", place.data, "--device", "cpu"]
    // Not with a network less, and not as if it could pass.
    try expectRefused(evaluate, [sentence])
    try expectRefused(place.train("study", ["--resume"]), [sentence])
    try expectRefused(
      ["evaluate", model.path, "--data", place.data, "--device", "cpu"],
      ["\(model.path): is a folder that holds no model.safetensors"])
    try FileManager.default.removeItem(at: model)
    let progress = place.url("study/progress.json")
    try FileManager.default.removeItem(at: progress)
    try FileManager.default.createDirectory(at: progress, withIntermediateDirectories: true)
    try expectRefused(
      place.train("study", ["--resume"]), ["\(progress.path): is a folder, but the study has"])
    try expectRefused(
      ["status", place.path("study")], ["\(progress.path): is a folder, but a file of that name"])
    try FileManager.default.removeItem(at: progress)
    #expect(try Command.run(place.train("study", ["--resume"])).status == 0)
    // Results of an evaluation that is continued.
    let results = evaluate + ["--out", place.path("results")]
    #expect(try Command.run(results).status == 0)
    let metrics = place.url("results/metrics.csv")
    try FileManager.default.removeItem(at: metrics)
    try FileManager.default.createDirectory(at: metrics, withIntermediateDirectories: true)
    try expectRefused(
      results + ["--resume"],
      ["\(metrics.path): is a folder, but a file of that name is to be written"])
  }

  @Test("tensors out of place") func tensorsOutOfPlace() throws {
    let (begin, end) = try good.offsets("fc2.bias")
    try expectRefusedModel(["FILE: ", "overlap"]) {
      try $0.replace("fc2.bias", "[\(begin),\(end)]", "[0,40]")
    }
    try expectRefusedModel(["FILE: has a gap of 2 bytes", "fc2.bias"]) {
      try $0.replace("fc2.bias", "[\(begin),\(end)]", "[\(begin + 2),\(end + 2)]")
      $0.data += [0, 0]
    }
  }

  @Test("tensors of other names, shapes and types") func tensorsThatAreOthers() throws {
    try expectRefusedModel(["FILE: lacks fc2.bias", "architecture mnist needs"]) {
      try $0.replace("fc2.bias", "fc2.bias", "fc2.bigs")
    }
    try expectRefusedModel(["FILE: holds fc3.bias", "does not have"]) {
      let end = $0.data.count
      $0.header = $0.header.replacingOccurrences(
        of: try $0.entry("fc2.bias"),
        with: try $0.entry("fc2.bias")
          + ",\"fc3.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(end),\(end + 4)]}")
      $0.data += [0, 0, 0, 0]
    }
    try expectRefusedModel(["FILE: gives fc2.bias the shape [5, 2]", "has [10]"]) {
      try $0.replace("fc2.bias", "[10]", "[5,2]")
    }
    try expectRefusedModel(["FILE: holds fc2.bias in the type I32; save it as F32"]) {
      try $0.replace("fc2.bias", "F32", "I32")
    }
  }

  @Test("values that are not finite") func valuesThatAreNotNumbers() throws {
    for (bits, name) in [(UInt32(0x7FC0_0000), "nan"), (0x7F80_0000, "inf")] {
      try expectRefusedModel([
        "FILE: has a value that is not finite (\(name)) in fc2.bias at index 3"
      ]) {
        let begin = try $0.offsets("fc2.bias").begin + 3 * 4
        for byte in 0..<4 { $0.data[begin + byte] = UInt8(truncatingIfNeeded: bits >> (8 * byte)) }
      }
    }
  }

  @Test("data of another shape") func dataOfAnotherShape() throws {
    try SmallData.writeCIFAR(to: place.url("cifar"))
    try expectRefusedModel(
      ["architecture mnist: reads images of 1 channel, but those of cifar have 3"],
      data: place.path("cifar")
    ) { _ in }
    try SmallData.writeIDX(to: place.url("larger"), side: 14)
    try expectRefusedModel(
      ["reads images of 1 x 12 x 12, but those of larger are 1 x 14 x 14"],
      data: place.path("larger")
    ) { _ in }
  }

  @Test("impossible metadata") func metadataThatMakesNoSense() throws {
    try expectRefusedModel(["FILE: ", "cannot be understood"]) {
      $0.header = $0.header.replacingOccurrences(of: "\\\"layers\\\"", with: "\\\"leyers\\\"")
    }
    try expectRefusedModel(["FILE: describes an impossible network"]) {
      $0.header = $0.header.replacingOccurrences(of: "\\\"rows\\\":12", with: "\\\"rows\\\":1")
    }
  }
}
