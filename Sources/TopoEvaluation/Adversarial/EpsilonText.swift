import TopoFoundation

/// Epsilons as people write them: `4/255` rather than 0.01568627450980392.
public enum EpsilonText {
  /// The text of an epsilon.
  /// - Parameter names: as they were given, by value. An epsilon without a name is a short decimal,
  ///   or else a multiple of 1/255 or of half of that, or else rounded to four digits.
  public static func text(_ epsilon: Double, names: [Double: String] = [:]) -> String {
    if let name = names[epsilon] { return name }
    let shortest = "\(epsilon)"
    let plain = shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
    if plain.filter(\.isNumber).count <= 7 { return plain }
    for (steps, divisor) in [(1.0, "255"), (2, "255")] {
      let multiple = epsilon * 255 * steps
      if abs(multiple - multiple.rounded()) < 1e-9, multiple > 0, multiple < 1e6 {
        let top = multiple.rounded() / steps
        return (top == top.rounded() ? "\(Int(top))" : "\(top)") + "/" + divisor
      }
    }
    return rounded(epsilon)
  }

  /// What is written in a list such as `0.1,8/255`, by value, for `text`.
  /// - Throws: `UserError` for what is not a number or a fraction of numbers.
  public static func names(_ list: String) throws -> [Double: String] {
    let items = list.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    return try items.reduce(into: [:]) { names, item in
      for epsilon in try AttackPart.epsilons(item) where names[epsilon] == nil {
        names[epsilon] = item
      }
    }
  }

  /// To four digits, whatever its size.
  private static func rounded(_ epsilon: Double) -> String {
    var (scale, size) = (1.0, abs(epsilon))
    while size > 0, size < 1000, scale < 1e12 { (size, scale) = (size * 10, scale * 10) }
    return "\((epsilon * scale).rounded() / scale)"
  }
}
