/// The false discovery rate of many tests, after Benjamini and Hochberg ("Controlling the false
/// discovery rate", J. R. Stat. Soc. B 57, 1995).
public enum FalseDiscoveryRate {
  /// Adjusted p values: `q_(i) = min over j >= i of min(1, m p_(j) / j)` for the ascending p values
  /// `p_(1)...p_(m)`. Tests with `q <= 0.05` are found with a false discovery rate of at most 5%.
  /// - Parameter values: p values; nil for tests that have none, which do not count.
  /// - Returns: adjusted values in the order of `values`.
  public static func adjusted(_ values: [Double?]) -> [Double?] {
    let tests = values.indices.filter { values[$0] != nil }
    let numbers = tests.map { values[$0] ?? 1 }
    var adjusted = [Double?](repeating: nil, count: values.count)
    var smallest = 1.0
    for (rank, index) in Ranks.ascending(numbers).enumerated().reversed() {
      smallest = min(smallest, numbers[Int(index)] * Double(tests.count) / Double(rank + 1))
      adjusted[tests[Int(index)]] = smallest
    }
    return adjusted
  }
}
