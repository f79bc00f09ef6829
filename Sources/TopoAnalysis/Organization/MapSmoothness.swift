import TopoFoundation

/// The smoothness of some maps beside that of the same maps with their values shuffled.
struct MapSmoothness {
  /// Mean over the maps that have one.
  let mean: MeasuredValue
  /// Mean over maps of the mean of shuffled maps.
  let nullMean: MeasuredValue
  /// Mean over maps of the smoothness less its mean for shuffled maps.
  let excess: MeasuredValue
  /// Mean over maps of the excess in standard deviations of shuffled maps.
  let z: MeasuredValue
  /// Number of maps without smoothness.
  let undefined: Int

  /// The smoothness of maps.
  /// - Parameters:
  ///   - maps: each `[units]`.
  ///   - units: those that have a value, ascending; by default all.
  ///   - empty: why there is no mean if there are no maps.
  init(
    _ maps: [[Double]], units: [Int]? = nil, _ smoothness: Smoothness, shuffles: Permutations,
    orUndefined empty: String
  ) {
    let values = maps.map { smoothness.value(of: $0, units: units) }
    let nulls = maps.map { smoothness.null(of: $0, units: units, shuffles: shuffles) }
    func mean(_ value: (PermutationNull) -> MeasuredValue) -> MeasuredValue {
      let all = zip(values, nulls).map { own, null in
        null.map(value) ?? .undefined(own.reason ?? "no permutation has a value")
      }
      return DefinedMean(all, orUndefined: empty).mean
    }
    let own = DefinedMean(values, orUndefined: empty)
    (self.mean, undefined) = (own.mean, own.undefined)
    (nullMean, excess, z) = (mean(\.mean), mean(\.excess), mean(\.z))
  }

  /// The values in the order of `measures`.
  var all: [MeasuredValue] { [mean, nullMean, excess, z] }

  /// Descriptions of the mean, that of shuffled maps, the excess and z.
  /// - Parameters:
  ///   - formula: of the mean.
  ///   - things: what the mean of z is over, if there are several maps.
  static func measures(
    _ name: String, _ formula: String, over things: String? = nil, undefined: String
  ) -> [MeasureDescription] {
    [
      .init(
        name, formula, range: "[0, 1]", undefined: undefined, source: "TDANN, Margalit et al. 2024"),
      .init(
        "\(name)-null-mean", "the mean of the same for shuffled maps", range: "[0, 1]",
        undefined: undefined),
      .init(
        "\(name)-excess", "smoothness less its mean for shuffled maps", range: "[-1, 1]",
        undefined: undefined),
      .init(
        "\(name)-z",
        "smoothness less its mean for shuffled maps, in their standard deviations"
          + (things.map { ", mean over \($0)" } ?? ""),
        range: "(-inf, inf)", undefined: undefined),
    ]
  }
}
