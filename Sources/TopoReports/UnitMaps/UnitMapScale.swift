/// How values of units become colors.
enum UnitMapScale: Hashable {
  /// From the smallest to the largest value.
  case sequential(low: Double, high: Double)
  /// From `-bound` to `bound`, white at 0.
  case diverging(bound: Double)
  /// Numbers of classes.
  case classes
  /// Angles, which are the same after `period`.
  case cyclic(period: Double)

  /// The scale for the values of all maps of a measure. Extreme values beyond the 2nd and 98th
  /// percentiles are clipped, because a few of them would make all others alike.
  init(_ values: [Double], unit: String) {
    if unit == "class" {
      self = .classes
    } else if unit == "degrees" {
      self = .cyclic(period: 180)
    } else {
      let sorted = values.sorted()
      let low = sorted.isEmpty ? 0 : sorted[Int(0.02 * Double(sorted.count - 1))]
      let high = sorted.isEmpty ? 1 : sorted[Int((0.98 * Double(sorted.count - 1)).rounded(.up))]
      if low < 0, high > 0 {
        self = .diverging(bound: max(-low, high))
      } else {
        self = .sequential(low: low, high: high)
      }
    }
  }

  /// The color of a value.
  func color(_ value: Double) -> Color {
    switch self {
    case .sequential(let low, let high):
      Palette.sequential(high > low ? (value - low) / (high - low) : 0.5)
    case .diverging(let bound): Palette.diverging(value / bound)
    case .classes: Palette.color(ofClass: Self.label(value))
    case .cyclic(let period): Palette.cyclic(value / period)
    }
  }

  /// The number of a class, from its value.
  static func label(_ value: Double) -> Int { value > 0 ? Int(min(value, 1e9)) : 0 }

  /// The numbers at the ends of the bar below maps; nil for classes. `≤` and `≥` mark ends beyond
  /// which some of the values lie, because these have the color of the end.
  func endTexts(_ values: [Double]) -> (low: String, high: String)? {
    guard let (low, high) = ends else { return nil }
    let (below, above) = (values.contains { $0 < low }, values.contains { $0 > high })
    return (
      (below ? "≤ " : "") + UnitMaps.number(low), (above ? "≥ " : "") + UnitMaps.number(high)
    )
  }

  /// Values at the ends of the bar below the maps; nil for classes.
  var ends: (low: Double, high: Double)? {
    switch self {
    case .sequential(let low, let high): (low, high)
    case .diverging(let bound): (-bound, bound)
    case .classes: nil
    case .cyclic(let period): (0, period)
    }
  }
}
