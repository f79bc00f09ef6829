import TopoFoundation
import TopoSheets
import TopoStatistics

extension MoranRandomization {
  /// How often random maps agree as much as two sets of maps do.
  public struct Significance: Sendable, Hashable {
    /// The mean correlation of the maps, as in `MapConsistency`.
    public let statistic: MeasuredValue
    /// `(1 + draws that reach it) / (1 + draws)`.
    public let probability: MeasuredValue
  }

  /// The significance of the mean correlation of maps, two-sided: draws reach it if the absolute
  /// value of theirs does.
  ///
  /// All maps of a draw get the same signs, so that correlations between maps of one layer stay.
  /// - Parameters:
  ///   - first: maps, one value per unit each; nil for one that is missing.
  ///   - second: as many maps.
  ///   - draws: number of random draws.
  ///   - seed: of the draws.
  public func significance(
    of first: [[Double]?], and second: [[Double]?], draws: Int = 999, seed: UInt64 = 0
  ) -> Significance {
    significance(first, second, orders: [nil], draws, seed) { abs($0[0]) }
  }

  /// The significance of the largest mean correlation over the symmetries of a sheet, one-sided.
  /// Each draw takes the largest as well, so that the choice among symmetries is accounted for.
  public func alignedSignificance(
    of first: [[Double]?], and second: [[Double]?], sheet: Sheet, draws: Int = 999,
    seed: UInt64 = 0
  ) -> Significance {
    let orders = SheetSymmetry.all(of: sheet).map { $0.order(on: sheet) }
    return significance(first, second, orders: orders, draws, seed) { $0.max() ?? 0 }
  }

  /// A draw changes the sign of products of coefficients: the correlation of two maps is
  /// `sum_k a_k b_k / (|a| |b|)`, and after a draw `sum_k sign_k a_k b_k / (|a| |b|)`.
  private func significance(
    _ first: [[Double]?], _ second: [[Double]?], orders: [[Int]?], _ draws: Int, _ seed: UInt64,
    _ statistic: ([Double]) -> Double
  ) -> Significance {
    precondition(first.count == second.count, "as many maps")
    let pairs = zip(first, second).compactMap { a, b -> ([Double], [Double])? in
      guard let a, let b, let x = StandardizedVector(a).values,
        let y = StandardizedVector(b).values
      else { return nil }
      return (x, y)
    }
    guard !pairs.isEmpty else {
      return Significance(
        statistic: .undefined("constant maps"), probability: .undefined("constant maps"))
    }
    // By symmetry: products summed over maps, by eigenvalue.
    let count = eigenvalues.count
    var products = [[Double]](
      repeating: [Double](repeating: 0, count: count), count: orders.count)
    for (x, y) in pairs {
      let a = coefficients(of: x)
      for (index, order) in orders.enumerated() {
        let b = coefficients(of: order.map { $0.map { y[$0] } } ?? y)
        for k in 0..<count { products[index][k] += a[k] * b[k] / Double(pairs.count) }
      }
    }
    let sums = products.map { $0.reduce(0, +) }
    // Equal up to rounding counts as reached.
    let observed = statistic(sums) - 1e-12
    let signs = Signs(seed: seed, count: count)
    var reached = 0
    let flat = products.flatMap { $0 }
    var drawn = [Double](repeating: 0, count: orders.count)
    flat.withUnsafeBufferPointer { flat in
      for draw in 0..<draws {
        for index in drawn.indices { drawn[index] = 0 }
        signs.forEach(draw: draw) { k, isNegative in
          for index in 0..<orders.count {
            let product = flat[index * count + k]
            drawn[index] += isNegative ? -product : product
          }
        }
        if statistic(drawn) >= observed { reached += 1 }
      }
    }
    let value = orders.count == 1 ? sums[0] : statistic(sums)
    return Significance(
      statistic: .value(value),
      probability: .value(Double(1 + reached) / Double(1 + draws)))
  }
}
