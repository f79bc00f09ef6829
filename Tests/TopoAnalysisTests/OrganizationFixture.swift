import Foundation
import TopoFoundation
import TopoSheets

@testable import TopoAnalysis

/// Values that other programs gave; `Fixtures/make_organization.py` made them.
struct OrganizationFixture: Decodable {
  struct Autocorrelation: Decodable {
    var neighbors: [[Int]]
    var maps: [Float]
    var binary: [Double]
    var rowStandardized: [Double]
    var geary: [Double]
  }
  struct Ranked: Decodable {
    var first: [Double]
    var second: [Double]
    var ranks: [Double]
    var spearman: Double
    var pearson: Double
  }
  struct Dip: Decodable {
    var values: [Double]
    var dip: Double
  }
  struct Bimodality: Decodable {
    var values: [Double]
    var value: Double
  }
  struct Fit: Decodable {
    var distances: [Double]
    var values: [Double]
    var amplitude: Double
    var offset: Double
    var length: Double
    var rSquared: Double
  }
  struct Layer: Decodable {
    var rows: Int
    var columns: Int
    var labels: [Int32]
    var values: [Float]
    var mean: Double
    var sd: Double
    var above: Double
    var bimodality: Double
    var spearman: Double
    var alignment: Double
    var functional: [Double]
    var coactivation: Double
    var smoothness: Double
    var dPrime: [Double]
    var t: [Double]
    var welch: [Double]
    var p: [Double]
    var adjusted: [Double]

    var sheet: Sheet { Sheet(rows: rows, columns: columns) }

    var data: LayerData {
      LayerData(
        activations: Activations(values, units: rows * columns), labels: ClassLabels(labels),
        layout: UnitLayout(sheet))
    }
  }
  struct Patches: Decodable {
    var rows: Int
    var columns: Int
    var selected: [Int]
    var eight: [Int]
    var four: [Int]
  }

  var autocorrelation: [Autocorrelation]
  var positions: [Double]
  var ranks: Ranked
  var dips: [Dip]
  var bimodality: [Bimodality]
  var fit: Fit
  var layer: Layer
  var patches: [Patches]

  static func load() throws -> OrganizationFixture {
    guard
      let file = Bundle.module.url(
        forResource: "organization", withExtension: "json", subdirectory: "Fixtures")
    else { throw UserError("the fixture is missing") }
    return try JSONDecoder().decode(OrganizationFixture.self, from: Data(contentsOf: file))
  }
}

/// Made-up layers.
enum MadeUp {
  /// Uniform values in [-1, 1).
  static func values(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomSequence(Philox(seed: seed, purpose: .test))
    return (0..<count).map { _ in random.nextUniform() * 2 - 1 }
  }

  static func activations(images: Int, units: Int, seed: UInt64) -> Activations {
    Activations(values(images * units, seed: seed), units: units)
  }

  /// Labels `0, 1, ... classes - 1, 0, 1, ...`.
  static func labels(_ images: Int, classes: Int) -> ClassLabels {
    ClassLabels((0..<images).map { Int32($0 % classes) }, classes: classes)
  }

  /// A layer of random responses whose classes are 0, 3, 6, ...; those between have no images.
  static func sparse(images: Int, units: Int, classes: Int) -> LayerData {
    LayerData(
      activations: activations(images: images, units: units, seed: 1),
      labels: ClassLabels((0..<images).map { Int32($0 % classes * 3) }))
  }

  /// A layer whose responses vary smoothly on a sheet.
  static func smooth(rows: Int, columns: Int, images: Int, classes: Int, seed: UInt64) -> LayerData
  {
    let noise = values(images * rows * columns, seed: seed)
    let phases = values(classes * 3, seed: seed + 1000)
    var all: [Float] = []
    for image in 0..<images {
      let phase = phases[(image % classes) * 3..<(image % classes) * 3 + 3].map { Double($0) }
      for unit in 0..<rows * columns {
        let (x, y) = (Double(unit / columns), Double(unit % columns))
        let wave = cos(x * phase[0] + y * phase[1] + 3 * phase[2])
        all.append(Float(2 * wave) + noise[image * rows * columns + unit])
      }
    }
    return LayerData(
      activations: Activations(all, units: rows * columns),
      labels: labels(images, classes: classes),
      layout: UnitLayout(Sheet(rows: rows, columns: columns)))
  }

  /// The 8 symmetries of a square sheet: for each, the unit that moves to each place.
  static func symmetries(side: Int) -> [[Int]] {
    let transforms: [(Int, Int) -> (Int, Int)] = [
      { ($0, $1) }, { ($1, $0) }, { (side - 1 - $0, $1) }, { ($0, side - 1 - $1) },
      { (side - 1 - $0, side - 1 - $1) }, { (side - 1 - $1, side - 1 - $0) },
      { ($1, side - 1 - $0) }, { (side - 1 - $1, $0) },
    ]
    return transforms.map { transform in
      (0..<side * side).map { unit in
        let (row, column) = transform(unit / side, unit % side)
        return row * side + column
      }
    }
  }

  /// The same layer with its units in another order.
  static func reordered(_ activations: Activations, _ order: [Int]) -> Activations {
    Activations(
      (0..<activations.images).flatMap { image in order.map { activations[image, $0] } },
      units: activations.units)
  }
}

/// Whether a value is near a number, relative to it if it is large.
func isNear(_ value: MeasuredValue?, _ number: Double, _ tolerance: Double = 1e-10) -> Bool {
  guard let found = value?.number else { return false }
  return abs(found - number) <= tolerance * max(1, abs(number))
}
