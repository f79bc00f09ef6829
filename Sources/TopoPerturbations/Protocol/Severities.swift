/// Severities as text.
public enum Severities {
  /// `1`, not `1.0`; `0.05`.
  public static func text(_ severity: Double) -> String {
    severity == severity.rounded() && abs(severity) < 1e9 ? "\(Int(severity))" : "\(severity)"
  }

  /// `1, 2, 3`
  public static func text(_ severities: [Double]) -> String {
    severities.map(text).joined(separator: ", ")
  }
}
