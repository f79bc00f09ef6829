import TopoCompute

/// Which units of a sheet count as neighbours, and how much each pair counts in a penalty.
public struct Neighbourhood: Sendable, Hashable, Codable {
  /// Which of the units around one are its neighbours.
  public enum Shape: String, Sendable, Hashable, CaseIterable, Codable {
    /// Those that share an edge or a corner: up to eight.
    case moore
    /// Those that share an edge: up to four.
    case vonNeumann = "von-neumann"
  }

  /// How pairs are averaged.
  public enum Weighting: String, Sendable, Hashable, CaseIterable, Codable {
    /// The mean over pairs: each weighs `1 / |E|`. Units at the border weigh less.
    case pairMean = "pair-mean"
    /// The mean over units of the mean over their neighbours: a pair weighs
    /// `(1 / degree(u) + 1 / degree(v)) / N`.
    case perUnitMean = "per-unit-mean"
  }

  /// Which units are neighbours.
  public var shape: Shape
  /// Whether the sheet's opposite edges meet, as on a torus.
  public var wraps: Bool
  /// How pairs are averaged.
  public var weighting: Weighting

  /// A neighbourhood; by default the paper's.
  public init(_ shape: Shape = .moore, wraps: Bool = false, weighting: Weighting = .pairMean) {
    self.shape = shape
    self.wraps = wraps
    self.weighting = weighting
  }

  /// Neighbours of a unit, ascending, each once and never the unit itself (which a torus one or
  /// two units wide would otherwise give).
  public func neighbours(of unit: Int, in sheet: Sheet) -> [Int] {
    let (row, column) = sheet.position(of: unit)
    var found: Set<Int> = []
    for (down, across) in Self.steps where shape == .moore || down == 0 || across == 0 {
      var (r, c) = (row + down, column + across)
      if wraps {
        r = (r + sheet.rows) % sheet.rows
        c = (c + sheet.columns) % sheet.columns
      }
      if (0..<sheet.rows).contains(r) && (0..<sheet.columns).contains(c) {
        found.insert(sheet.unit(row: r, column: c))
      }
    }
    found.remove(unit)
    return found.sorted()
  }

  private static let steps = [
    (-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1),
  ]

  /// The pairs of neighbours of a sheet, each undirected pair once, by ascending
  /// `(first, second)` with `first < second`, and their weights.
  public func graph(for sheet: Sheet) -> NeighborGraph {
    let neighbours = (0..<sheet.units).map { self.neighbours(of: $0, in: sheet) }
    let count = neighbours.reduce(0) { $0 + $1.count } / 2
    var pairs: [NeighborGraph.Pair] = []
    pairs.reserveCapacity(count)
    for first in 0..<sheet.units {
      for second in neighbours[first] where second > first {
        let weight =
          switch weighting {
          case .pairMean: 1 / Double(count)
          case .perUnitMean:
            (1 / Double(neighbours[first].count) + 1 / Double(neighbours[second].count))
              / Double(sheet.units)
          }
        pairs.append(.init(first, second, weight: Float(weight)))
      }
    }
    return NeighborGraph(units: sheet.units, pairs: pairs)
  }
}
