/// Pairs of rows and columns with the largest sum of scores, each row and column used at most once:
/// the linear assignment problem, by shortest augmenting paths in O(n^3).
///
/// Source: Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
/// assignment problems" (Computing, 1987). If several assignments are best, the result is one of
/// them, always the same.
public enum Assignment {
  /// The column of each row; nil for rows that are left over because there are more of them.
  /// - Parameters:
  ///   - scores: dense `[row, column]`, finite.
  ///   - rows: number of rows.
  ///   - columns: number of columns.
  public static func maximum(scores: [Double], rows: Int, columns: Int) -> [Int?] {
    precondition(scores.count == rows * columns, "a score per row and column")
    guard rows > 0 && columns > 0 else { return [Int?](repeating: nil, count: rows) }
    let costs = scores.map { -$0 }
    guard rows > columns else { return minimum(costs, rows, columns) }
    let transposed = FeatureMatrix(costs, columns: columns).transposed().values
    var found = [Int?](repeating: nil, count: rows)
    for (column, row) in minimum(transposed, columns, rows).enumerated() {
      if let row { found[row] = column }
    }
    return found
  }

  /// The cheapest columns of rows, of which there are not more than columns.
  private static func minimum(_ costs: [Double], _ rows: Int, _ columns: Int) -> [Int?] {
    var search = Search(rows: rows, columns: columns)
    costs.withUnsafeBufferPointer { costs in
      for row in 0..<rows { search.add(row, costs) }
    }
    var found = [Int?](repeating: nil, count: rows)
    for (column, row) in search.owner.enumerated() where row >= 0 { found[row] = column }
    return found
  }

  private struct Search {
    let columns: Int
    /// Prices of rows and columns: the reduced cost `cost - u - v` is never negative.
    var u: [Double]
    var v: [Double]
    /// The row of a column; -1 for none.
    var owner: [Int]
    private var distance: [Double]
    private var previous: [Int]
    private var isDone: [Bool]

    init(rows: Int, columns: Int) {
      self.columns = columns
      u = [Double](repeating: 0, count: rows)
      v = [Double](repeating: 0, count: columns)
      owner = [Int](repeating: -1, count: columns)
      distance = [Double](repeating: 0, count: columns)
      previous = [Int](repeating: 0, count: columns)
      isDone = [Bool](repeating: false, count: columns)
    }

    /// Assigns one more row along the cheapest path to a free column.
    mutating func add(_ start: Int, _ costs: UnsafeBufferPointer<Double>) {
      for column in 0..<columns {
        distance[column] = .infinity
        isDone[column] = false
      }
      var (row, length, via, end) = (start, 0.0, -1, -1)
      while true {
        let nearest = scan(row, length, via, costs)
        isDone[nearest] = true
        length = distance[nearest]
        if owner[nearest] < 0 {
          end = nearest
          break
        }
        (row, via) = (owner[nearest], nearest)
      }
      u[start] += length
      for column in 0..<columns where isDone[column] && column != end {
        u[owner[column]] += length - distance[column]
        v[column] -= length - distance[column]
      }
      // Along the path, each column takes the row of the column before it.
      var column = end
      while previous[column] >= 0 {
        owner[column] = owner[previous[column]]
        column = previous[column]
      }
      owner[column] = start
    }

    /// Shortens paths to columns through a row; the nearest column that is not done.
    private mutating func scan(
      _ row: Int, _ length: Double, _ via: Int, _ costs: UnsafeBufferPointer<Double>
    ) -> Int {
      let price = u[row]
      return v.withUnsafeBufferPointer { v in
        distance.withUnsafeMutableBufferPointer { distance in
          previous.withUnsafeMutableBufferPointer { previous in
            isDone.withUnsafeBufferPointer { isDone in
              var (nearest, least) = (-1, Double.infinity)
              for column in 0..<columns where !isDone[column] {
                let path = length + costs[row * columns + column] - price - v[column]
                if path < distance[column] {
                  distance[column] = path
                  previous[column] = via
                }
                if distance[column] < least {
                  (nearest, least) = (column, distance[column])
                }
              }
              return nearest
            }
          }
        }
      }
    }
  }
}
