import TopoAnalysis
import TopoFoundation

/// The values of one layer as a table.
public enum AnalysisTable {
  /// The values of the layer, one line each, and the reasons of undefined ones.
  public static func text(_ result: AnalysisResult, width: Int) -> String {
    var table = TextTable([.init("measure", .left), .init("value", .right)])
    for scalar in result.scalars {
      table.append([
        scalar.measure,
        scalar.value.number.map(Self.text) ?? "undefined: \(scalar.value.reason ?? "")",
      ])
    }
    return table.text(width: width, colored: false)
  }

  /// A number with four significant digits, whole numbers as they are.
  static func text(_ number: Double) -> String {
    if number == number.rounded(), abs(number) < 1e9 { return "\(Int(number))" }
    var (scale, size) = (1.0, abs(number))
    while size > 0, size < 1000, scale < 1e12 { (size, scale) = (size * 10, scale * 10) }
    return "\((number * scale).rounded() / scale)"
  }
}
