import Foundation
import TestSupport
import Testing

/// `toposheet evaluate` without `--data`.
@Suite("Data that models were trained on", .serialized) struct DataOfModelsTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  /// Trains on small images under a name that is known, in a folder where names are looked up.
  private func train(on name: String, seed: Int) throws -> String {
    let folder = place.url("sets/\(name)")
    try SmallData.writeIDX(to: folder)
    let result = try Command.run([
      "train", "--data", folder.path, "--architecture", "mnist", "--penalty", "control", "--seeds",
      "\(seed)", "--epochs", "1", "--device", "cpu", "--out", place.path("on-\(name)-\(seed)"),
    ])
    try #require(result.status == 0, "\(result.errors)")
    return place.path("on-\(name)-\(seed)")
  }

  private var environment: [String: String] { ["TOPOSHEET_DATA": place.path("sets")] }

  @Test("models say what they were trained on") func modelsSayWhatTheyWereTrainedOn() throws {
    let models = [try train(on: "kmnist", seed: 0), try train(on: "kmnist", seed: 1)]
    for more in [[], ["--suite", "noise", "--draws", "1", "--subset", "4"]] {
      let out = place.path("out-\(more.count)")
      let result = try Command.run(
        ["evaluate"] + models + ["--device", "cpu", "--out", out] + more, environment: environment)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("data: kmnist, on which the models were trained\n"))
      let rows = try String(contentsOfFile: out + "/metrics.csv", encoding: .utf8)
        .split(whereSeparator: \.isNewline).dropFirst()
      #expect(rows.allSatisfy { $0.hasPrefix("kmnist,") } && rows.count > 5)
    }
  }

  @Test("models of different or unknown data need --data") func whatModelsCannotSay() throws {
    let (first, other) = (try train(on: "kmnist", seed: 0), try train(on: "mnist", seed: 1))
    func expect(
      _ models: [String], _ parts: [String], environment: [String: String]? = nil
    ) throws {
      try expectRefused(
        ["evaluate"] + models + ["--device", "cpu", "--out", place.path("out")], parts,
        environment: environment ?? self.environment)
      #expect(!place.exists("out"))
    }
    try expect(
      [first, other],
      ["was trained on kmnist, but", "seed-1", "on mnist; name the images for both with --data"])
    // A folder of one's own has a name, but it is not looked up.
    let own = try place.model().path
    try expect([own], ["was trained on data, which is not the name of a known data set", "--data"])
    // A name that is known, but not found where names are looked up.
    try expect(
      [first], ["kmnist was not found", "--data"],
      environment: ["TOPOSHEET_DATA": place.path("nowhere"), "HOME": place.path("nowhere")])
    // Without our metadata, as PyTorch writes it.
    let plain = place.url("plain_seed0.safetensors")
    try Self.withoutMetadata(URL(filePath: own)).write(to: plain)
    try expect([plain.path], ["\(plain.path) does not say what it was trained on", "--data"])
    try expect([first, plain.path], ["\(plain.path) does not say what it was trained on"])
    try expect([place.path("no.safetensors")], ["no.safetensors: does not exist"])
  }

  /// The same tensors with no `__metadata__`.
  private static func withoutMetadata(_ url: URL) throws -> Data {
    let bytes = try Data(contentsOf: url)
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let json = bytes[8..<8 + length]
    var header = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    header["__metadata__"] = nil
    var text = try JSONSerialization.data(withJSONObject: header)
    while text.count % 8 != 0 { text.append(0x20) }
    let count = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return Data(count) + text + bytes[(8 + length)...]
  }
}
