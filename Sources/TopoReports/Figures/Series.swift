import TopoFoundation
import TopoStatistics

/// A value of each seed at one position of an axis.
struct SeriesPoint: Sendable, Hashable {
  /// The position; on an axis of categories the index of one.
  var x: Double
  /// The value of each seed; none if only their summary is known.
  var seeds: [UInt64: Double]
  private var known: (mean: Double, interval: ClosedRange<Double>?)?

  /// A value per seed.
  init(x: Double, seeds: [UInt64: Double]) { (self.x, self.seeds) = (x, seeds) }

  /// A mean with its interval if it has one.
  init(x: Double, mean: Double, interval: ClosedRange<Double>?) {
    self.init(x: x, seeds: [:])
    known = (mean, interval)
  }

  /// The values in the order of the seeds.
  var values: [Double] { seeds.sorted { $0.key < $1.key }.map(\.value) }

  /// The mean over seeds; nil without any.
  var mean: Double? { known?.mean ?? (seeds.isEmpty ? nil : Statistics.mean(values)) }

  /// Student's 95 % interval of the mean; nil for fewer than two seeds.
  var interval: ClosedRange<Double>? { known?.interval ?? PairedSample(values).tInterval() }

  static func == (one: SeriesPoint, other: SeriesPoint) -> Bool {
    one.x == other.x && one.seeds == other.seeds && one.mean == other.mean
  }

  func hash(into hasher: inout Hasher) { hasher.combine(x) }
}

/// Values along an axis that belong together, such as those of a penalty over lambda.
struct Series: Sendable, Hashable {
  var name: String
  var style: SeriesStyle
  var points: [SeriesPoint]

  /// Points that have a mean.
  var drawn: [SeriesPoint] { points.filter { $0.mean != nil } }
}

/// What a series looks like. Shapes and dashes distinguish series without color, too.
struct SeriesStyle: Sendable, Hashable {
  enum Shape: Int, Sendable, Hashable, CaseIterable {
    case circle, square, triangle, diamond, cross, inverted
  }

  var color: Paint.Ink
  var shape: Shape
  var dashes: [Double]
  /// Whether it is the color of areas, without marks and lines.
  var isArea = false

  /// The color of areas.
  static func area(_ color: Color) -> SeriesStyle {
    SeriesStyle(color: .color(color), shape: .square, dashes: [], isArea: true)
  }

  /// The colors of Okabe and Ito (2008) that are visible on white and on black, which the
  /// color-blind can distinguish.
  static let palette = [
    Color(0, 114, 178), Color(230, 159, 0), Color(0, 158, 115), Color(213, 94, 0),
    Color(204, 121, 167), Color(86, 180, 233),
  ]

  /// The style of a series by its number.
  static func numbered(_ index: Int) -> SeriesStyle {
    let dashes: [[Double]] = [[], [6, 2], [2, 2], [7, 2, 1, 2], [4, 3], [1, 3]]
    return SeriesStyle(
      color: .color(palette[index % palette.count]),
      shape: Shape.allCases[index % Shape.allCases.count], dashes: dashes[index % dashes.count])
  }

  /// A step of an ordered sequence, such as a lambda: from blue to light green, visible on white and on black.
  static func step(_ index: Int, of count: Int) -> SeriesStyle {
    let share = count > 1 ? Double(index) / Double(count - 1) : 0.5
    return SeriesStyle(
      color: .color(Palette.sequential(0.25 + 0.6 * share)),
      shape: Shape.allCases[index % Shape.allCases.count], dashes: [])
  }

  /// Control: neither colored nor solid.
  static let reference = SeriesStyle(color: .ink, shape: .cross, dashes: [5, 3])
}
