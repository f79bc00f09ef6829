import Foundation
import TopoEvaluation

/// Numbers in the words of a report.
enum ReportNumbers {
  /// Three significant digits.
  static func text(_ value: Double?) -> String {
    guard let value else { return "" }
    guard value != 0 else { return "0" }
    let rounded = Double(String(format: "%.2e", value)) ?? value
    let digits = max(0, 2 - Int(floor(log10(abs(rounded)))))
    return digits > 6 ? String(format: "%.2e", value) : String(format: "%.\(digits)f", value)
  }

  /// Three significant digits at most.
  static func short(_ value: Double) -> String {
    let text = text(value)
    guard text.contains("."), !text.contains("e") else { return text }
    return String(text.trimmingSuffix("0").trimmingSuffix("."))
  }

  /// With a sign.
  static func signed(_ value: Double?) -> String {
    guard let value else { return "" }
    return (value > 0 ? "+" : "") + text(value)
  }

  /// An interval with signs.
  static func interval(_ interval: ClosedRange<Double>?, scale: Double = 1) -> String {
    guard let interval else { return "" }
    return "\(signed(interval.lowerBound * scale)) to \(signed(interval.upperBound * scale))"
  }

  /// A number with its unit, which is singular for 1: `1 point`, `2 points`.
  static func unit(_ number: String, _ unit: String) -> String {
    guard !unit.isEmpty else { return number }
    let isOne = Double(number).map { abs($0) == 1 } ?? false
    return "\(number) \(isOne && unit.hasSuffix("s") ? String(unit.dropLast()) : unit)"
  }

  /// A mean and a standard deviation with equally many decimals: three significant digits of the
  /// larger one, and two of the smaller one at least.
  static func spread(_ mean: Double, _ deviation: Double) -> String {
    func decimals(_ value: Double, digits: Int) -> Int {
      guard value != 0, value.isFinite else { return 0 }
      return max(0, digits - 1 - Int(floor(log10(abs(value)))))
    }
    let size = max(abs(mean), abs(deviation))
    let small = min(abs(mean), abs(deviation))
    let count = max(decimals(size, digits: 3), deviation > 0 ? decimals(deviation, digits: 2) : 0)
    guard count <= 6, size < 1e9, small.isFinite else {
      return "\(text(mean)) ± \(text(deviation))"
    }
    return String(format: "%.\(count)f", mean) + " ± " + String(format: "%.\(count)f", deviation)
  }

  /// A p value.
  static func probability(_ value: Double?) -> String {
    guard let value else { return "" }
    return value < 0.0001 ? String(format: "%.0e", value) : String(format: "%.4f", value)
  }
}

extension StringProtocol {
  /// Without a character at the end, however often it is there.
  fileprivate func trimmingSuffix(_ character: Character) -> SubSequence {
    var rest = self[...]
    while rest.last == character { rest = rest.dropLast() }
    return rest
  }
}
