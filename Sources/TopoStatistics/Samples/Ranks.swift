/// Ranks of values, and correlations of two lists of values.
public enum Ranks {
  /// The rank of each value from 1 on; equal values share the mean of their ranks.
  public static func midranks(_ values: [Double]) -> [Double] {
    let order = ascending(values)
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count && values[Int(order[end])] == values[Int(order[first])] { end += 1 }
      let rank = Double(first + end + 1) / 2
      for index in order[first..<end] { ranks[Int(index)] = rank }
      first = end
    }
    return ranks
  }

  /// Indices of the values from the smallest to the largest; equal values by index.
  public static func ascending(_ values: [Double]) -> [Int32] {
    var order = (0..<Int32(values.count)).map { $0 }
    values.withUnsafeBufferPointer { values in
      order.sort { first, second in
        let (a, b) = (values[Int(first)], values[Int(second)])
        return a < b || (a == b && first < second)
      }
    }
    return order
  }

  /// Spearman's rank correlation: Pearson's of the mid-ranks; nil if one of the lists is constant.
  public static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    pearson(midranks(first), midranks(second))
  }

  /// Pearson's correlation, in two passes and clamped to [-1, 1]; nil if one of the lists is constant
  /// (`StandardizedVector`).
  public static func pearson(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "two lists of one length")
    return StandardizedVector(first).correlation(with: StandardizedVector(second)).number
  }
}
