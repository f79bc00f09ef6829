import TopoFoundation

/// Readable text of epsilons: `4/255` rather than 0.01568627450980392.
public enum EpsilonText {
  /// The text of an epsilon: its name if it has one, otherwise a short decimal, otherwise a
  /// multiple of 1/255 or of half of that, otherwise four digits.
  /// - Parameter names: the text that epsilons were given as, by value.
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

  /// The text of each item of a list such as `0.1,8/255`, by value; for `text`.
  /// - Throws: `UserError` for an item that is neither a number nor a fraction.
  public static func names(_ list: String) throws -> [Double: String] {
    let items = list.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    return try items.reduce(into: [:]) { names, item in
      for epsilon in try AttackPart.epsilons(item) where names[epsilon] == nil {
        names[epsilon] = item
      }
    }
  }

  /// The value with four significant digits.
  private static func rounded(_ epsilon: Double) -> String {
    var (scale, size) = (1.0, abs(epsilon))
    while size > 0, size < 1000, scale < 1e12 { (size, scale) = (size * 10, scale * 10) }
    return "\((epsilon * scale).rounded() / scale)"
  }
}
