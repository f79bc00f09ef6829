import Foundation
import TopoAnalysis
import TopoFoundation

/// What the page of an atlas reads, as JSON. The names of its keys are those that the page's scripts
/// use.
struct AtlasData: Encodable {
  /// A measure of units.
  struct Measure: Encodable {
    var name: String
    var formula: String
    var unit: String
    var range: String
    /// How values become colors; one for all networks, so that their maps compare.
    var scale: Scale
  }

  /// How values become colors.
  struct Scale: Encodable {
    /// `sequential`, `diverging`, `cyclic` or `classes`.
    var kind: String
    var low: Double
    var high: Double
  }

  /// Values of a measure.
  struct Column: Encodable {
    /// By unit; null where undefined.
    var values: [Double?]
    /// The units of each reason why values are undefined.
    var reasons: [String: [Int]]
  }

  /// The images of a unit, the most extreme first.
  struct Extremes: Encodable {
    /// Places in `Images.numbers`.
    var images: [Int]
    var responses: [Double]
  }

  /// Tuning to gratings.
  struct Tuning: Encodable {
    /// `[unit][orientation]`
    var curves: [[Double]]
    var wavelengths: [Double]
  }

  /// A network.
  struct Network: Encodable {
    var name: String
    var condition: String
    /// Rows and columns; null if units do not fill a grid.
    var sheet: [Int]?
    /// Two coordinates of each unit: down, then across.
    var positions: [[Double]]
    /// The distance between units that are next to each other.
    var spacing: Double
    /// By measure.
    var columns: [Column]
    /// By unit.
    var best: [Extremes]
    var worst: [Extremes]
    /// `[unit][class]`
    var classMeans: [[Double?]]
    /// `CorrelationBytes` as base64.
    var correlations: String?
    var tuning: Tuning?
    var fields: SensitivityBytes?
    /// Whether only arrays of the network are known.
    var isArray: Bool
  }

  /// All images that are shown.
  struct Images: Encodable {
    /// Their numbers in the data set.
    var numbers: [Int]
    /// Their classes; empty if unknown.
    var labels: [Int32]
    /// A picture with all images as tiles; null if only their numbers are known.
    var sprite: Sprite?
  }

  /// A picture with a tile per image.
  struct Sprite: Encodable {
    /// A PNG file as base64.
    var png: String
    var tilesPerRow: Int
    var tileRows: Int
    /// Extents of a tile in pixels.
    var height: Int
    var width: Int
  }

  var classes: [String]
  var measures: [Measure]
  var networks: [Network]
  var images: Images
  var palette = AtlasPalette()

  /// The largest picture of all images, in bytes per network. If more images do not fit, fewer are
  /// shown of each unit.
  static let spriteBudget = 900_000

  /// The data of networks.
  /// - Parameters:
  ///   - images: for pictures; nil if there are none.
  ///   - labels: the classes of the images.
  ///   - classNames: by class.
  /// - Throws: `UserError` if the picture of the images cannot be made.
  init(
    _ networks: [AtlasNetwork], images: AtlasImages?, labels: ClassLabels?, classNames: [String],
    spriteBudget: Int = spriteBudget
  ) throws {
    classes = classNames
    let descriptions = Self.measures(networks)
    measures = descriptions.map { Measure($0, networks) }
    let choice = try Self.choice(networks, images, budget: spriteBudget * networks.count)
    let places = Dictionary(uniqueKeysWithValues: choice.images.enumerated().map { ($1, $0) })
    self.images = Images(
      numbers: choice.images,
      labels: labels.map { all in choice.images.map { all.values[$0] } } ?? [],
      sprite: choice.sprite)
    self.networks = networks.map {
      Network($0, measures: descriptions, imagesPerUnit: choice.perUnit, places: places)
    }
  }

  /// The JSON, safe within a script element: no `<`, `>` or `&` is left in it.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(self), as: UTF8.self)
    return text.replacingOccurrences(of: "<", with: "\\u003c")
      .replacingOccurrences(of: ">", with: "\\u003e")
      .replacingOccurrences(of: "&", with: "\\u0026")
  }

  /// The measures that any network has values of, in the order of the catalog.
  private static func measures(_ networks: [AtlasNetwork]) -> [MeasureDescription] {
    let found = Set(
      networks.flatMap(\.columns).filter { $0.values.contains { $0.number != nil } }.map(\.measure))
    return AnalysisCatalog.kinds.flatMap { $0.measures }.filter {
      $0.isPerUnit && found.contains($0.name)
    }
  }

  /// The images to show: as many of each unit as the budget allows.
  private static func choice(
    _ networks: [AtlasNetwork], _ pictures: AtlasImages?, budget: Int
  ) throws -> (images: [Int], perUnit: Int, sprite: Sprite?) {
    for count in (1...AtlasNetwork.images).reversed() {
      let chosen = Set(
        networks.flatMap(\.extremes).flatMap { $0.best.prefix(count) + $0.worst.prefix(count) }
      ).sorted()
      guard let pictures, !chosen.isEmpty else { return (chosen, count, nil) }
      let sprite = try ImageSprite(pictures, chosen)
      if sprite.png.count <= budget || count == 1 {
        return (
          chosen, count,
          Sprite(
            png: Data(sprite.png).base64EncodedString(), tilesPerRow: sprite.tilesPerRow,
            tileRows: sprite.tileRows, height: pictures.size.rows, width: pictures.size.columns)
        )
      }
    }
    return ([], 0, nil)
  }
}

extension AtlasData.Measure {
  init(_ measure: MeasureDescription, _ networks: [AtlasNetwork]) {
    (name, formula, unit, range) = (measure.name, measure.formula, measure.unit, measure.range)
    let values = networks.flatMap(\.columns).filter { $0.measure == measure.name }
      .flatMap { $0.values.compactMap(\.number) }
    scale = AtlasData.Scale(UnitMapScale(values, unit: UnitMaps.Measure(measure).unit))
  }
}

extension AtlasData.Scale {
  init(_ scale: UnitMapScale) {
    let ends = scale.ends ?? (0, 0)
    (low, high) = (AtlasData.short(ends.low), AtlasData.short(ends.high))
    kind =
      switch scale {
      case .sequential: "sequential"
      case .diverging: "diverging"
      case .cyclic: "cyclic"
      case .classes: "classes"
      }
  }
}

extension AtlasData.Network {
  init(
    _ network: AtlasNetwork, measures: [MeasureDescription], imagesPerUnit: Int, places: [Int: Int]
  ) {
    (name, condition) = (network.name, network.condition)
    sheet = network.sheet.map { [$0.rows, $0.columns] }
    positions = network.positions.map { position in
      [AtlasData.short(position[0]), position.count > 1 ? AtlasData.short(position[1]) : 0]
    }
    spacing = AtlasData.short(UnitSpacing.onPlane(network.positions))
    columns = measures.map { measure in
      AtlasData.Column(
        network.columns.first { $0.measure == measure.name }?.values ?? [],
        units: network.positions.count)
    }
    func extremes(_ images: [Int], _ responses: [Double]) -> AtlasData.Extremes {
      AtlasData.Extremes(
        images: images.prefix(imagesPerUnit).compactMap { places[$0] },
        responses: responses.prefix(imagesPerUnit).map(AtlasData.short))
    }
    best = zip(network.extremes, network.responses).map { extremes($0.best, $1.best) }
    worst = zip(network.extremes, network.responses).map { extremes($0.worst, $1.worst) }
    classMeans = network.classMeans.map { $0.map { $0.map(AtlasData.short) } }
    correlations = network.correlations
    (fields, isArray) = (network.fields, network.isArray)
    tuning = network.tuning.map { tuning in
      AtlasData.Tuning(
        curves: tuning.curves.map { $0.map(AtlasData.short) }, wavelengths: tuning.wavelengths)
    }
  }
}

extension AtlasData.Column {
  init(_ column: [MeasuredValue], units: Int) {
    values =
      column.isEmpty
      ? Array(repeating: nil, count: units)
      : column.map {
        $0.number.map(AtlasData.short)
      }
    reasons = Dictionary(grouping: column.indices.filter { column[$0].reason != nil }) {
      column[$0].reason ?? ""
    }
  }
}

extension AtlasData {
  /// A number with four significant digits, which take little room as text.
  static func short(_ value: Double) -> Double {
    Double(String(format: "%.4g", value)) ?? value
  }
}
