import Foundation
import TestSupport
import Testing
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

@Suite("Files of layers") struct LayerFilesTests {
  let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func path(_ name: String) -> String { temporary.url.appending(path: name).path }

  private func write(_ name: String, _ values: [Float], _ shape: [Int]) throws -> String {
    try NPYArray.write(values, shape: shape, to: temporary.url.appending(path: name))
    return path(name)
  }

  private func files() throws -> LayerFiles {
    var files = LayerFiles(
      activations: try write("a.npy", (0..<12).map(Float.init), [3, 4]))
    files.labels = path("y.npy")
    try NPYArray(.int64([0, 2, 2]), shape: [3]).write(to: temporary.url.appending(path: "y.npy"))
    files.weights = try write("w.npy", (0..<8).map(Float.init), [4, 2])
    files.sheet = Sheet(rows: 2, columns: 2)
    return files
  }

  @Test("a layer is read from its files") func aLayerIsRead() throws {
    let layer = try files().read()
    #expect(layer.activations.responses(of: 1) == [1, 5, 9])
    #expect(layer.labels?.counts == [1, 0, 2])
    #expect(layer.weights?.row(2) == [4, 5])
    #expect(layer.layout?.sheet == Sheet(rows: 2, columns: 2))
    #expect(layer.parts == [.labels, .weights, .layout])
    var placed = try files()
    placed.sheet = nil
    placed.positions = try write("p.npy", [0, 0, 0, 1, 1, 0, 1, 1], [4, 2])
    placed.neighbors = 2
    #expect(try placed.read().layout?.neighbors == [[1, 2], [0, 3], [0, 3], [1, 2]])
    // Weights of a convolution: the inputs are all further extents.
    placed.weights = try write("c.npy", (0..<24).map(Float.init), [4, 2, 3])
    #expect(try placed.read().weights?.inputs == 6 && placed.read().inputMagnitudes == nil)
    placed.inputs = try write("x.npy", (0..<18).map { Float($0) - 6 }, [3, 2, 3])
    #expect(try placed.read().inputMagnitudes == [4, 13.0 / 3, 14.0 / 3, 5, 16.0 / 3, 17.0 / 3])
    #expect(try placed.read().checksums["input-magnitudes"] != nil)
  }

  @Test("positions whose squares would not be numbers are refused") func extents() throws {
    let file = temporary.url.appending(path: "p.npy")
    func layer(_ values: [Double]) throws -> LayerData {
      try NPYArray.write(code: "<f8", shape: [4, 2], to: file) { try $0.append(values) }
      var files = try files()
      (files.sheet, files.positions) = (nil, file.path)
      return try files.read()
    }
    for scale in [1e200, 1e-200, 1.7e308, 1e101, 1e-101] {
      let said = message { _ = try layer([-1, 0, 0, 1, 1, 0, 1, 1].map { $0 * scale }) }
      #expect(said.contains("p.npy: has positions that extend over "), "\(scale): \(said)")
    }
    for scale in [1e99, 1e-99, 0] {
      #expect(try layer([-1, 0, 0, 1, 1, 0, 1, 1].map { $0 * scale }).layout?.units == 4)
    }
    #expect(try layer([Double](repeating: 1e200, count: 8)).layout?.units == 4)
  }

  @Test("checksums distinguish arrays") func checksums() throws {
    var layer = try files().read()
    let sums = layer.checksums
    #expect(Set(sums.keys) == ["activations", "labels", "weights"])
    // From zlib.crc32 of numpy.arange(12, dtype="<f4").
    #expect(sums["activations"] == 1046904184)
    layer.labels = ClassLabels([0, 2, 1])
    #expect(layer.checksums["labels"] != sums["labels"])
    #expect(layer.checksums["weights"] == sums["weights"])
    layer.layout = UnitLayout(positions: [[0, 0], [0, 1], [1, 0], [1, 1]])
    #expect(layer.checksums["positions"] == 3703478475)
  }

  @Test("files that do not agree are refused") func refusals() throws {
    let cases: [(change: (inout LayerFiles) throws -> Void, part: String)] = [
      ({ $0.activations = try write("b.npy", [1, 2], [2]) }, "b.npy: has the shape [2]"),
      ({ $0.activations = try write("b.npy", [], [0, 4]) }, "which is empty"),
      (
        { $0.activations = try write("b.npy", [1, 2, 3, .nan, 5, 6, 7, 8, 9, 1, 2, 3], [3, 4]) },
        "holds nan at image 0, unit 3"
      ),
      ({ $0.labels = try write("z.npy", [0, 1], [2]) }, "z.npy: has 2 labels, but "),
      ({ $0.labels = try write("z.npy", [0, 1.5, 1], [3]) }, "has the label 1.5 at image 1"),
      ({ $0.labels = try write("z.npy", [0, -1, 1], [3]) }, "has the label -1.0 at image 1"),
      ({ $0.labels = try write("z.npy", [0, 1, 1, 1, 1, 1], [3, 2]) }, "one number per image"),
      (
        { $0.weights = try write("v.npy", [1, 2, 3, 4, 5, 6, 7, 8], [2, 4]) }, "transpose the array"
      ),
      ({ $0.weights = try write("v.npy", [1, 2, 3, 4], [4]) }, "4 rows, one per unit"),
      ({ $0.inputs = try write("x.npy", [1, 2, 3], [3, 1]) }, "w.npy has 2 inputs per unit"),
      ({ $0.inputs = try write("x.npy", [1, 2], [1, 2]) }, "a.npy has 3 images and"),
      (
        { $0.inputs = try write("x.npy", [1, 2, 3, .nan, 5, 6], [3, 2]) },
        "x.npy: holds inputs that are not finite"
      ),
      (
        {
          $0.weights = nil
          $0.inputs = "x.npy"
        }, "x.npy: holds inputs of weights: give the weights, too"
      ),
      ({ $0.sheet = Sheet(rows: 3, columns: 3) }, "has 4 units, but a sheet of 3 x 3 has 9"),
      (
        {
          $0.sheet = nil
          $0.positions = try write("p.npy", [1, 2, 3, 4], [4, 1])
        }, "have the shape [4, 2] or [4, 3]"
      ),
      (
        {
          $0.sheet = nil
          $0.positions = try write("p.npy", [1, 2, 3, 4, 5, 6, 7, .infinity], [4, 2])
        }, "holds positions that are not finite"
      ),
      ({ $0.activations = "/nowhere/a.npy" }, "/nowhere/a.npy: cannot be opened"),
    ]
    for (change, part) in cases {
      var files = try files()
      try change(&files)
      let said = message { _ = try files.read() }
      #expect(said.contains(part), "\(part): \(said)")
    }
  }
}
