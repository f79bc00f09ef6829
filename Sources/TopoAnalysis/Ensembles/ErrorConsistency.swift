import TopoFoundation

/// Whether two observers, networks or humans, err on the same images more often than their
/// accuracies alone explain: Cohen's kappa of correct or not.
///
/// `observed` is the share of images that both or neither classify correctly, `expected =
/// p q + (1 - p)(1 - q)` for accuracies `p`, `q`, and `kappa = (observed - expected) /
/// (1 - expected)`: 1 for the same errors, 0 for independent ones, negative for complementary ones.
///
/// Source: Geirhos, Meding and Wichmann, "Beyond accuracy: quantifying trial-by-trial behaviour of
/// CNNs and humans by measuring error consistency" (NeurIPS 2020).
public struct ErrorConsistency: Sendable, Hashable {
  /// Share of images on which both are correct or both err.
  public let observed: MeasuredValue
  /// That share for independent observers of the same accuracies.
  public let expected: MeasuredValue
  /// `(observed - expected) / (1 - expected)`; undefined if both are always correct or both never.
  public let kappa: MeasuredValue

  /// Compares whether two observers are correct, image by image.
  public init(_ first: [Bool], _ second: [Bool]) {
    precondition(first.count == second.count, "the same images")
    guard !first.isEmpty else {
      observed = .undefined("no images")
      expected = .undefined("no images")
      kappa = .undefined("no images")
      return
    }
    // Counts are exact, so that `expected == 1` is.
    let n = Double(first.count)
    let (a, b) = (Double(first.count { $0 }), Double(second.count { $0 }))
    let same = Double(zip(first, second).count { $0 == $1 })
    let chance = a * b + (n - a) * (n - b)
    observed = .value(same / n)
    expected = .value(chance / (n * n))
    kappa =
      chance < n * n
      ? .value((same * n - chance) / (n * n - chance))
      : .undefined("both are always correct or both never")
  }
}
