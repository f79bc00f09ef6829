/// The result of a measure: a finite number, or the reason why there is none.
///
/// Measures never return NaN or infinity; aggregation skips undefined values and counts them.
public enum MeasuredValue: Sendable, Hashable, Codable {
  /// A finite number.
  case value(Double)
  /// Why the measure has no value here, as part of a sentence: `constant map`.
  case undefined(String)

  /// `number` if it is finite; otherwise undefined for `reason`.
  public init(_ number: Double, orUndefined reason: String = "not a finite number") {
    self = number.isFinite ? .value(number) : .undefined(reason)
  }

  /// The number, or nil if undefined.
  public var number: Double? {
    if case .value(let number) = self { number } else { nil }
  }

  /// The reason, or nil if there is a number.
  public var reason: String? {
    if case .undefined(let reason) = self { reason } else { nil }
  }
}
