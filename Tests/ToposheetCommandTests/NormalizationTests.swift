import Foundation
import TestSupport
import Testing
import TopoData
import TopoFoundation

/// The constants that images are normalized by: a model's own, unless something else is asked for.
@Suite("--normalization", .serialized) struct NormalizationTests {
  let place: Workplace
  let model: URL
  /// The same images at a third of their brightness.
  let dim: String

  init() throws {
    place = try Workplace()
    model = try place.model()
    dim = place.path("dim")
    try SmallData.writeIDX(to: place.url("dim"))
    for name in SmallData.names where name.contains("images") {
      let url = place.url("dim/\(name)")
      let bytes = try Data(contentsOf: url)
      try Data(bytes.prefix(16) + bytes.dropFirst(16).map { $0 / 3 }).write(to: url)
    }
  }

  private func evaluate(_ model: URL, _ data: String, _ more: [String] = []) throws
    -> Command.Result
  {
    try Command.run(["evaluate", model.path, "--data", data, "--device", "cpu"] + more)
  }

  private func logits(_ data: String, _ more: [String] = []) throws -> [Float] {
    let file = place.url("logits.npy")
    try? FileManager.default.removeItem(at: file)
    let result = try evaluate(model, data, ["--logits", file.path] + more)
    try #require(result.status == 0, "\(result.errors)")
    guard case .float32(let values) = try NPYArray(contentsOf: file).elements else { return [] }
    return values
  }

  private func provenance(_ folder: String) throws -> [String: String] {
    let json = try JSONSerialization.jsonObject(
      with: try Data(contentsOf: place.url("\(folder)/metrics.json")))
    return (json as? [String: Any])?["provenance"] as? [String: String] ?? [:]
  }

  @Test("constants of training are kept and used") func constantsOfTrainingAreKeptAndUsed() throws {
    let own = try Dataset.load(place.data).normalization
    let other = try Dataset.load(dim).normalization
    try #require(own != other)
    let constants = (own.mean + own.standardDeviation).map { "\($0)" }.joined(separator: ",")
    let usual = try logits(dim)
    #expect(usual == (try logits(dim, ["--normalization", "training"])))
    #expect(usual == (try logits(dim, ["--normalization", constants])))
    let undone = try logits(dim, ["--normalization", "data"])
    #expect(usual != undone)
    // Its own statistics undo the dimming, but for rounding.
    #expect(zip(undone, try logits(place.data)).allSatisfy { abs($0 - $1) < 0.2 })

    #expect(try evaluate(model, dim, ["--out", place.path("usual")]).status == 0)
    #expect(try provenance("usual")["normalization-mean"] == "\(own.mean[0])")
    #expect(
      try evaluate(model, dim, ["--out", place.path("undone"), "--normalization", "data"]).status
        == 0)
    #expect(try provenance("undone")["normalization-mean"] == "\(other.mean[0])")

    let suite = ["--suite", "noise", "--subset", "5", "--draws", "1", "--out"]
    #expect(try evaluate(model, dim, suite + [place.path("suite")]).status == 0)
    #expect(try provenance("suite")["normalization-mean"] == "\(own.mean[0])")
    let resumed = try evaluate(
      model, dim, suite + [place.path("suite"), "--resume", "--normalization", "data"])
    #expect(resumed.status != 0 && resumed.errors.contains("normalized otherwise"))
  }

  /// A model without metadata: a note, and no guess where its own constants are asked for.
  @Test("models from elsewhere") func modelsFromElsewhere() throws {
    let network = try SafetensorsFile(contentsOf: model)
    let stranger = place.url("control_seed3.safetensors")
    try SafetensorsWriter.write(
      network.entries.compactMap { entry in
        network.floats(entry).map {
          SafetensorsWriter.Tensor(name: entry.name, shape: entry.shape, values: .float32($0))
        }
      }, metadata: [:], to: stranger)
    let result = try evaluate(stranger, place.data)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "\(stranger.path): how the training images were normalized is not known"))
    #expect(!(try evaluate(model, place.data).errors.contains("is not known")))
    #expect(
      !(try evaluate(stranger, place.data, ["--normalization", "data"]).errors.contains("note:")))
    let refused = try evaluate(stranger, place.data, ["--normalization", "training"])
    #expect(refused.status != 0 && refused.errors.contains("does not say how its training images"))
  }

  @Test("other texts are refused", arguments: ["mine", "0.1", "1,2,3,4,5,6", "0.1,0"])
  func whatIsNone(_ text: String) throws {
    let result = try evaluate(model, place.data, ["--normalization", text])
    #expect(result.status != 0)
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(result.errors.contains("normalization"))
  }
}
