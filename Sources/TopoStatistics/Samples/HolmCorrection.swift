/// Holm's correction of many tests ("A simple sequentially rejective multiple test procedure",
/// Scand. J. Stat. 6, 1979): it bounds the probability of any false finding.
public enum HolmCorrection {
  /// Adjusted p values: `q_(i) = max over j <= i of min(1, (m - j + 1) p_(j))` for the ascending p
  /// values `p_(1)...p_(m)`.
  /// - Parameter values: p values; nil for tests that have none, which do not count.
  /// - Returns: adjusted values in the order of `values`.
  public static func adjusted(_ values: [Double?]) -> [Double?] {
    let tests = values.indices.filter { values[$0] != nil }
    let numbers = tests.map { values[$0] ?? 1 }
    var adjusted = [Double?](repeating: nil, count: values.count)
    var largest = 0.0
    for (rank, index) in Ranks.ascending(numbers).enumerated() {
      largest = max(largest, min(1, numbers[Int(index)] * Double(tests.count - rank)))
      adjusted[tests[Int(index)]] = largest
    }
    return adjusted
  }
}
