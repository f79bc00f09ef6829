import TopoFoundation

/// How far the units with the most similar responses are from each other: functional localization.
///
/// For each unit that has correlations, its `k` nearest in function are the units with the largest
/// correlation, equal ones by index; the measure is the mean of their distances over all of these
/// units and `k`. Its null permutes the places of the units that have correlations.
public struct FunctionalDistance: Sendable {
  /// By unit with correlations, `depth` indices of its nearest in function, the nearest first.
  private let nearest: [Int32]
  /// The units with correlations.
  private let members: [Int]
  private let depth: Int
  private let distances: UnitDistances
  private let reason: String?

  /// The measure for a layer.
  /// - Parameter deepest: the largest `k` that is asked for.
  public init(_ correlations: CorrelationMatrix, _ distances: UnitDistances, deepest: Int = 10) {
    let members = correlations.defined
    let depth = min(deepest, max(members.count - 1, 0))
    var nearest: [Int32] = []
    nearest.reserveCapacity(members.count * depth)
    var (smallest, largest) = (Double.infinity, -Double.infinity)
    for unit in members where depth > 0 {
      // Sorted by insertion; later units come after earlier ones of equal correlation.
      var best: [(value: Double, unit: Int32)] = []
      for other in members where other != unit {
        guard let value = correlations[unit, other] else { continue }
        (smallest, largest) = (min(smallest, value), max(largest, value))
        if best.count == depth {
          guard value > best[depth - 1].value else { continue }
          best.removeLast()
        }
        var place = best.count
        while place > 0 && best[place - 1].value < value { place -= 1 }
        best.insert((value, Int32(other)), at: place)
      }
      nearest += best.map(\.unit)
    }
    if depth == 0 {
      reason = "fewer than two units respond differently to different images"
    } else if largest - smallest <= 1e-12 {
      reason = "all correlations are equal"
    } else {
      reason = nil
    }
    (self.nearest, self.members) = (nearest, members)
    (self.depth, self.distances) = (depth, distances)
  }

  /// The mean distance of the `k` nearest in function, undefined for fewer than `k + 1` units with
  /// correlations and if all correlations are equal.
  public func value(_ k: Int) -> MeasuredValue {
    if let reason { return .undefined(reason) }
    guard (1...depth).contains(k) else { return .undefined(Self.few(k)) }
    return MeasuredValue(means((0..<Int32(distances.units)).map { $0 })[k - 1])
  }

  /// The measure beside its null for several `k`, with the same permutations; nil where it is
  /// undefined.
  public func nulls(_ all: [Int], permutations: Permutations) -> [PermutationNull?] {
    let values = reason == nil ? permutations.map(members: members, of: distances.units, means) : []
    return all.map { k in
      value(k).number.map { observed in
        PermutationNull(observed: observed, values: values.map { $0[k - 1] }, tail: .lower)
      }
    }
  }

  /// By `k - 1`: the mean distance if unit `u` is in the place of unit `places[u]`.
  private func means(_ places: [Int32]) -> [Double] {
    var sums = [Double](repeating: 0, count: depth)
    distances.values.withUnsafeBufferPointer { table in
      nearest.withUnsafeBufferPointer { nearest in
        for (index, unit) in members.enumerated() {
          let row = Int(places[unit]) * distances.units
          for rank in 0..<depth {
            sums[rank] += table[row + Int(places[Int(nearest[index * depth + rank])])]
          }
        }
      }
    }
    var total = 0.0
    return sums.indices.map { rank in
      total += sums[rank]
      return total / Double(members.count * (rank + 1))
    }
  }

  private static func few(_ k: Int) -> String {
    "fewer than \(k + 1) units respond differently to different images"
  }
}
