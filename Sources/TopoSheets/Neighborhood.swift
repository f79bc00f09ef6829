import TopoCompute

/// Which units of a sheet are neighbors.
///
/// Plans and the command line give the shape. `wraps` is for code that uses the library, for
/// example to compare a penalty or Moran's I with and without edges:
///
///     let torus = Neighborhood(.moore, wraps: true)
///     let penalty = Penalty.weightSimilarity(lambda: 1, neighborhood: torus)
///     let order = MoransI(sheet: Sheet(rows: 11, columns: 11), neighborhood: torus)
public struct Neighborhood: Sendable, Hashable, Codable {
  /// Which of the units around a unit are its neighbors.
  public enum Shape: String, Sendable, Hashable, CaseIterable, Codable {
    /// Those that share an edge or a corner: up to eight.
    case moore
    /// Those that share an edge: up to four.
    case vonNeumann = "von-neumann"
  }

  /// Which units are neighbors.
  public var shape: Shape
  /// Whether the sheet's opposite edges meet, as on a torus (periodic boundaries).
  public var wraps: Bool

  /// A neighborhood; by default the paper's.
  public init(_ shape: Shape = .moore, wraps: Bool = false) {
    self.shape = shape
    self.wraps = wraps
  }

  /// Neighbors of a unit, ascending, each once and never the unit itself: on a torus one or two
  /// units wide, several steps lead to the same unit.
  public func neighbors(of unit: Int, in sheet: Sheet) -> [Int] {
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

  /// The pairs of neighbors of a sheet, each undirected pair once, by ascending
  /// `(first, second)` with `first < second`. Each weighs `1 / |E|`, so that the penalty is the
  /// mean over pairs.
  public func graph(for sheet: Sheet) -> NeighborGraph {
    let neighbors = (0..<sheet.units).map { self.neighbors(of: $0, in: sheet) }
    let count = neighbors.reduce(0) { $0 + $1.count } / 2
    var pairs: [NeighborGraph.Pair] = []
    pairs.reserveCapacity(count)
    for first in 0..<sheet.units {
      for second in neighbors[first] where second > first {
        pairs.append(.init(first, second, weight: Float(1 / Double(count))))
      }
    }
    return NeighborGraph(units: sheet.units, pairs: pairs)
  }
}
