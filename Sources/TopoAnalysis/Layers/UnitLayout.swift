import TopoSheets

/// Where the units of a layer are, and which of them are neighbors.
///
/// ```swift
/// let grid = UnitLayout(Sheet(rows: 11, columns: 11))
/// let cortex = UnitLayout(positions: millimeters, neighbors: 6)   // [[x, y], ...]
/// ```
public struct UnitLayout: Sendable, Hashable {
  /// By unit: two or three coordinates. On a sheet they are row and column.
  public let positions: [[Double]]
  /// By unit: indices of its neighbors, ascending, never the unit itself. The relation is
  /// symmetric.
  public let neighbors: [[Int]]
  /// The grid that the units fill, if they do.
  public let sheet: Sheet?
  /// By axis: the extent after which positions repeat, as on a torus; nil for open borders.
  public let period: [Double]?

  /// The units of a sheet. If the neighborhood wraps, the sheet is a torus: distances are those of
  /// the shortest way, across opposite edges, too.
  public init(_ sheet: Sheet, neighborhood: Neighborhood = .init()) {
    self.sheet = sheet
    period = neighborhood.wraps ? [Double(sheet.rows), Double(sheet.columns)] : nil
    positions = (0..<sheet.units).map { unit in
      let (row, column) = sheet.position(of: unit)
      return [Double(row), Double(column)]
    }
    neighbors = (0..<sheet.units).map { neighborhood.neighbors(of: $0, in: sheet) }
  }

  /// Units at any positions. Two units are neighbors if one is among the `count` nearest of the
  /// other; equal distances are taken by index.
  /// - Parameters:
  ///   - positions: by unit, two or three coordinates each. Units may lie on top of one another.
  ///   - count: number of nearest units; at most all others.
  public init(positions: [[Double]], neighbors count: Int = 8) {
    (sheet, period) = (nil, nil)
    self.positions = positions
    var found = [Set<Int>](repeating: [], count: positions.count)
    for unit in positions.indices {
      let distances = positions.indices.map { Self.distance(positions[unit], positions[$0]) }
      let nearest = positions.indices.filter { $0 != unit }.sorted {
        (distances[$0], $0) < (distances[$1], $1)
      }
      for other in nearest.prefix(count) {
        found[unit].insert(other)
        found[other].insert(unit)
      }
    }
    neighbors = found.map { $0.sorted() }
  }

  /// Units at any positions, with a given graph of neighbors.
  /// - Parameter neighbors: by unit, the indices of its neighbors; the relation is symmetric.
  public init(positions: [[Double]], neighbors: [[Int]]) {
    self.init(positions: positions, neighbors: neighbors, period: nil)
  }

  private init(positions: [[Double]], neighbors: [[Int]], period: [Double]?) {
    precondition(positions.count == neighbors.count, "one list of neighbors per unit")
    (sheet, self.period) = (nil, period)
    self.positions = positions
    self.neighbors = neighbors
  }

  /// Number of units.
  public var units: Int { positions.count }

  /// Whether opposite edges of the sheet meet.
  public var wraps: Bool { period != nil }

  /// Euclidean distance of two units; in steps on a sheet.
  public func distance(_ first: Int, _ second: Int) -> Double {
    Self.distance(positions[first], positions[second], period)
  }

  /// The distance of two coordinates of an axis.
  /// - Parameter period: the extent after which the axis repeats; nil if it does not.
  static func step(_ first: Double, _ second: Double, period: Double?) -> Double {
    let step = abs(first - second)
    return period.map { min(step, $0 - step) } ?? step
  }

  private static func distance(
    _ first: [Double], _ second: [Double], _ period: [Double]? = nil
  ) -> Double {
    var sum = 0.0
    for index in first.indices {
      let step = step(first[index], second[index], period: period?[index])
      sum += step * step
    }
    return sum.squareRoot()
  }

  /// The undirected pairs of neighbors, each once, `first < second`, ascending.
  public var pairs: [(first: Int, second: Int)] {
    neighbors.indices.flatMap { first in
      neighbors[first].filter { $0 > first }.map { (first, $0) }
    }
  }

  /// The same graph at positions that are dealt to the units anew: unit `u` gets the position of
  /// `order[u]`. Only distances between units change, as in a null model.
  public func permuted(_ order: [Int]) -> UnitLayout {
    var inverse = [Int](repeating: 0, count: units)
    for (unit, place) in order.enumerated() { inverse[place] = unit }
    return UnitLayout(
      positions: order.map { positions[$0] },
      neighbors: order.map { neighbors[$0].map { inverse[$0] }.sorted() }, period: period)
  }
}
