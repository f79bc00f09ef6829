import TopoFoundation

/// Whether units of a group lie close together: the mean distance of all pairs of units within the
/// same group, against the same groups at permuted positions.
///
/// A unit may be in several groups. Experts of the classes are such groups.
///
/// ```swift
/// let sheet = UnitLayout(Sheet(rows: 11, columns: 11))
/// let clustering = GroupClustering([[0, 1, 11, 12]], layout: sheet)
/// clustering.distance       // 1.1380711875: (4 + 2 sqrt 2) / 6 steps
/// clustering.probability    // about 0.001
/// ```
public struct GroupClustering: Sendable, Hashable {
  /// Mean distance of the pairs; undefined without pairs.
  public let distance: MeasuredValue
  /// `distance` divided by its mean at permuted positions; below 1 for clusters.
  public let ratio: MeasuredValue
  /// Standard deviations of the permuted distances between `distance` and their mean; negative
  /// for clusters.
  public let z: MeasuredValue
  /// `(1 + number of permuted distances <= distance) / (1 + number of permutations)`.
  public let probability: MeasuredValue

  /// The clustering of groups of units.
  /// - Parameters:
  ///   - groups: indices of the units of each group, each at most once within a group.
  ///   - permutations: number of random permutations of the positions of all units.
  ///   - seed: of the permutations.
  public init(_ groups: [[Int]], layout: UnitLayout, permutations: Int = 1000, seed: UInt64 = 0) {
    let places = Places(layout, groups: groups)
    guard places.pairs > 0 else {
      let none = MeasuredValue.undefined("no group has two units")
      (distance, ratio, z, probability) = (none, none, none, none)
      return
    }
    let own = places.meanDistance(Array(0..<Int32(layout.units)))
    distance = MeasuredValue(own)
    guard permutations > 0 else {
      let none = MeasuredValue.undefined("no permutations")
      (ratio, z, probability) = (none, none, none)
      return
    }
    let shuffles = Permutations(
      count: permutations, seed: seed, stream: UnitsStream.groupClustering)
    let null = PermutationNull(
      observed: own, values: shuffles.map(over: layout.units) { places.meanDistance($0) },
      tail: .lower)
    (ratio, z, probability) = (null.ratio, null.z, .value(null.p))
  }

  /// Positions of all units and the groups, as flat arrays.
  private struct Places: Sendable {
    let coordinates: [[Double]]
    let period: [Double]?
    let groups: [[Int]]
    let pairs: Int

    init(_ layout: UnitLayout, groups: [[Int]]) {
      let dimensions = layout.positions.first?.count ?? 0
      coordinates = (0..<dimensions).map { axis in layout.positions.map { $0[axis] } }
      (self.groups, period) = (groups, layout.period)
      pairs = groups.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }
    }

    /// Mean distance of the pairs if unit `u` is at the position of unit `order[u]`.
    func meanDistance(_ order: [Int32]) -> Double {
      var total = 0.0
      for group in groups where group.count > 1 {
        let points = coordinates.map { axis in group.map { axis[Int(order[$0])] } }
        for first in group.indices.dropLast() {
          total += distances(points, first)
        }
      }
      return total / Double(pairs)
    }

    /// Sum of the distances of a point to all later ones.
    private func distances(_ points: [[Double]], _ first: Int) -> Double {
      let count = points[0].count
      var squares = [Double](repeating: 0, count: count - first - 1)
      for (index, axis) in points.enumerated() {
        let period = period?[index]
        axis.withUnsafeBufferPointer { axis in
          squares.withUnsafeMutableBufferPointer { squares in
            // Two loops, so that the one without a period is not slowed down.
            if let period {
              for other in squares.indices {
                let step = UnitLayout.step(axis[first + 1 + other], axis[first], period: period)
                squares[other] += step * step
              }
            } else {
              for other in squares.indices {
                let step = axis[first + 1 + other] - axis[first]
                squares[other] += step * step
              }
            }
          }
        }
      }
      var sum = 0.0
      for square in squares { sum += square.squareRoot() }
      return sum
    }
  }
}
