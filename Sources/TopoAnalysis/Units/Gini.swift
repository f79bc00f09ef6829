import TopoFoundation

/// The Gini coefficient of inequality.
public enum Gini {
  /// `sum_ij |x_i - x_j| / (2 n^2 mean(x))` of values that are not negative, in [0, 1 - 1/n]:
  /// 0 if all are equal. Undefined without values and if all are 0.
  public static func coefficient(_ values: [Double]) -> MeasuredValue {
    let total = values.reduce(0, +)
    guard total > 0 else { return .undefined("all values are 0") }
    let count = Double(values.count)
    // Of ascending values, sum_ij |x_i - x_j| = 2 sum_i (2 i - n - 1) x_i with i from 1.
    var sum = 0.0
    for (index, value) in values.sorted().enumerated() {
      sum += (2 * Double(index + 1) - count - 1) * value
    }
    return MeasuredValue(sum / (count * total))
  }
}
