import Foundation
import TestSupport
import Testing
import TopoFoundation

/// The page of `toposheet atlas`, of networks and of arrays.
@Suite("toposheet atlas") struct AtlasCommandTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func array(_ name: String, _ values: [Float], _ shape: [Int]) throws -> String {
    try NPYArray.write(values, shape: shape, to: place.url(name))
    return place.path(name)
  }

  @Test("an atlas of networks") func networks() throws {
    let model = try place.model()
    let out = place.path("atlas.html")
    let result = try Command.run([
      "atlas", model.path, "--data", place.data, "--device", "cpu", "--out", out,
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Atlas of 1 network"))
    // Progress in a file is a line per network.
    #expect(result.errors.contains("control, seed 7: 1 of 1 network"), "\(result.errors)")
    let html = try String(contentsOfFile: out, encoding: .utf8)
    #expect(html.contains("<h1>Atlas of 1 network on 20 test images of data</h1>"))
    #expect(html.contains("\"control, seed 7\"") && html.contains("\"grating-orientation\""))
    #expect(html.contains("\"receptive-field-area\"") && html.contains("\"fields\":{"))
    // A page is replaced, a file of another kind is not.
    let notes = place.path("notes.html")
    try Data("my notes".utf8).write(to: place.url("notes.html"))
    try expectRefused(
      ["atlas", model.path, "--data", place.data, "--out", notes], ["exists already", "notes.html"])
  }

  @Test("an atlas of arrays") func arrays() throws {
    let responses = try array("a.npy", (0..<24).map { Float(($0 * 7) % 11) }, [6, 4])
    let images = try array("i.npy", (0..<54).map(Float.init), [6, 3, 3])
    let out = place.path("arrays.html")
    let result = try Command.run([
      "atlas", "--activations", responses, "--sheet", "2x2", "--images", images, "--out", out,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let html = try String(contentsOfFile: out, encoding: .utf8)
    #expect(html.contains("Atlas of a on 6 images") && html.contains("\"png\""))
    // Channels before rows.
    let channels = try array("c.npy", (0..<360).map { Float($0 % 256) }, [6, 3, 4, 5])
    let colored = try Command.run([
      "atlas", "--activations", responses, "--sheet", "2x2", "--images", channels, "--out", out,
    ])
    #expect(colored.status == 0, "\(colored.errors)")
    let page = try String(contentsOfFile: out, encoding: .utf8)
    #expect(page.contains("\"height\":4") && page.contains("\"width\":5"))
    let wrong = try array("w.npy", (0..<240).map(Float.init), [6, 2, 4, 5])
    try expectRefused(
      ["atlas", "--activations", responses, "--sheet", "2x2", "--images", wrong, "--out", out],
      ["w.npy", "images have 1 or 3 channels"])
  }

  @Test("mistakes are a sentence each") func refusals() throws {
    let out = ["--out", place.path("x.html")]
    let responses = try array("a.npy", (0..<24).map(Float.init), [6, 4])
    let few = try array("i.npy", (0..<27).map(Float.init), [3, 3, 3])
    let cases: [(arguments: [String], parts: [String])] = [
      (out, ["nothing to show"]),
      (["m.safetensors", "--activations", responses] + out, ["exclude each other"]),
      (
        ["m.safetensors", "--sheet", "2x2", "--images", few] + out,
        ["--sheet, --images", "no effect"]
      ),
      (["--activations", responses] + out, ["give --sheet", "--positions"]),
      (["--activations", responses, "--sheet", "3x3"] + out, ["has 4 units", "3 x 3"]),
      (["--activations", responses, "--sheet", "2x2", "--data", "mnist"] + out, ["--data"]),
      (
        ["--activations", responses, "--sheet", "2x2", "--images", few] + out,
        ["i.npy", "has 3 images", "6 images"]
      ),
      (["--activations", responses, "--sheet", "2x2", "--out", place.path("x.png")], [".html"]),
      (
        ["--activations", responses, "--sheet", "2x2", "--out", place.path("none/x.html")],
        ["does not exist"]
      ),
      (["m.safetensors", "--networks", "0"] + out, ["--networks is 0"]),
      (["missing.safetensors", "--data", place.data] + out, ["missing.safetensors"]),
    ]
    for (arguments, parts) in cases { try expectRefused(["atlas"] + arguments, parts) }
    #expect(!place.exists("x.html"))
  }
}
