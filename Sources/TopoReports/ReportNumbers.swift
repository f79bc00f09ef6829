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
