import Foundation

/// An axis: what it measures, and how values become positions.
struct Axis: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case linear
    /// Of whole numbers, such as epochs.
    case whole
    /// Of positive values.
    case logarithmic
    /// Names at equal distances, at 0, 1, ...
    case categories([String])
  }

  /// Name and unit.
  var label: String
  var kind = Kind.linear
  /// Values that the axis shows in any case.
  var shown: [Double] = []
  /// What values can be: intervals of few seeds reach beyond, but the axis does not.
  var limits = -Double.infinity...Double.infinity

  init(
    _ label: String, kind: Kind = .linear, shown: [Double] = [],
    limits: ClosedRange<Double> = -Double.infinity...Double.infinity
  ) {
    (self.label, self.kind, self.shown, self.limits) = (label, kind, shown, limits)
  }

  /// Of accuracies in percent.
  static let accuracy = Axis("accuracy (%)", limits: 0...100)

  static func categories(_ label: String, _ names: [String]) -> Axis {
    Axis(label, kind: .categories(names))
  }

  /// Of severities: logarithmic if they are positive and span three powers of ten.
  static func severities(_ label: String, _ values: [Double]) -> Axis {
    guard let low = values.min(), let high = values.max(), low > 0, high / low >= 999 else {
      return Axis(label)
    }
    return Axis(label, kind: .logarithmic)
  }

  /// The scale for some values.
  func scale(_ values: [Double]) -> Scale {
    let all = (values + shown).map { min(max($0, limits.lowerBound), limits.upperBound) }
    switch kind {
    case .categories(let names):
      return Scale(
        low: -0.5, high: Double(max(names.count, 1)) - 0.5, isLogarithmic: false,
        ticks: names.enumerated().map { Scale.Tick(value: Double($0.offset), text: $0.element) })
    case .logarithmic:
      let positive = all.filter { $0 > 0 }
      guard let low = positive.min(), let high = positive.max() else { return .linear(0, 1) }
      return .logarithmic(low, high)
    case .linear:
      return .linear(all.min() ?? 0, all.max() ?? 1)
    case .whole:
      var scale = Scale.linear(all.min() ?? 0, all.max() ?? 1)
      scale.ticks = scale.ticks.filter { $0.value == $0.value.rounded() }.map {
        Scale.Tick(value: $0.value, text: "\(Int($0.value))")
      }
      return scale
    }
  }
}

/// Positions of values between the ends of an axis, and where it is labeled.
struct Scale: Sendable, Hashable {
  struct Tick: Sendable, Hashable {
    var value: Double
    var text: String
  }

  var low: Double
  var high: Double
  var isLogarithmic: Bool
  var ticks: [Tick]

  /// The share of the axis at which a value lies: 0 at its beginning, 1 at its end.
  func share(_ value: Double) -> Double {
    let place = isLogarithmic ? log10(max(value, .leastNormalMagnitude)) : value
    return (place - low) / (high - low)
  }

  /// From a smallest to a largest value with a margin of 4 %. Ticks are multiples of 1, 2 or 5 times
  /// a power of ten, about five of them.
  static func linear(_ smallest: Double, _ largest: Double) -> Scale {
    var (low, high) = (smallest, largest)
    if high - low <= 1e-12 * max(abs(low), abs(high)) {
      let reach = max(abs(low) * 0.1, 1e-6)
      (low, high) = (low - reach, high + reach)
    }
    let margin = (high - low) * 0.04
    (low, high) = (low - margin, high + margin)
    let rough = (high - low) / 5
    let power = pow(10, floor(log10(rough)))
    let step = [1.0, 2, 5, 10].first { $0 * power >= rough * 0.999 }.map { $0 * power } ?? power
    let digits = max(0, -Int(floor(log10(step) + 1e-9)))
    let first = Int((low / step).rounded(.up))
    let last = Int((high / step).rounded(.down))
    var ticks: [Tick] = []
    for index in stride(from: first, through: last, by: 1) {
      let value = Double(index) * step
      ticks.append(Tick(value: value, text: text(value, digits: digits)))
    }
    return Scale(low: low, high: high, isLogarithmic: false, ticks: ticks)
  }

  /// From a smallest to a largest positive value; ticks are powers of ten.
  static func logarithmic(_ smallest: Double, _ largest: Double) -> Scale {
    let (low, high) = (log10(smallest), log10(largest))
    let margin = max((high - low) * 0.04, 0.05)
    let (first, last) = (Int((low - margin).rounded(.up)), Int((high + margin).rounded(.down)))
    let isPlain = first >= -3 && last <= 4
    let ticks = stride(from: first, through: last, by: 1).map { power in
      let value = pow(10, Double(power))
      return Tick(
        value: value, text: isPlain ? text(value, digits: max(0, -power)) : "1e\(power)")
    }
    return Scale(low: low - margin, high: high + margin, isLogarithmic: true, ticks: ticks)
  }

  private static func text(_ value: Double, digits: Int) -> String {
    if value == 0 { return "0" }
    if digits > 4 || abs(value) >= 1e6 { return String(format: "%.1e", value) }
    return String(format: "%.\(digits)f", value)
  }
}
