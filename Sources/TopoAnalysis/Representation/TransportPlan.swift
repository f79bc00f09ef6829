import TopoFoundation

/// The best transport of equal masses of rows to equal masses of columns: a plan `P >= 0` whose
/// rows each add up to `1 / rows` and whose columns each add up to `1 / columns`.
///
/// It is solved exactly, by shortest augmenting paths in whole units of mass: a row has
/// `columns / g` of them and a column `rows / g`, with `g` their greatest common divisor.
enum TransportPlan {
  /// The largest mean score, `max sum P s`.
  static func maximum(scores: [Double], rows: Int, columns: Int) -> MeasuredValue {
    guard rows > 0 && columns > 0 else { return .undefined("no units with varying responses") }
    var search = Search(scores: scores, rows: rows, columns: columns)
    search.run()
    var sum = 0.0
    for index in scores.indices { sum += Double(search.flow[index]) * scores[index] }
    return .value(sum / Double(search.mass))
  }

  private static func divisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : divisor(second, first % second)
  }

  private struct Search {
    let rows: Int
    let columns: Int
    let scores: [Double]
    /// Units of mass altogether.
    let mass: Int
    /// Units of mass from row to column, `[row, column]`.
    var flow: [Int]
    private var supply: [Int]
    private var demand: [Int]
    /// Prices: `-score - u - v` is never negative, and 0 where mass flows.
    private var u: [Double]
    private var v: [Double]

    init(scores: [Double], rows: Int, columns: Int) {
      let common = divisor(rows, columns)
      (self.scores, self.rows, self.columns) = (scores, rows, columns)
      mass = rows * (columns / common)
      flow = [Int](repeating: 0, count: rows * columns)
      supply = [Int](repeating: columns / common, count: rows)
      demand = [Int](repeating: rows / common, count: columns)
      u = [Double](repeating: 0, count: rows)
      v = [Double](repeating: 0, count: columns)
      for row in 0..<rows {
        u[row] = -(scores[row * columns..<(row + 1) * columns].max() ?? 0)
      }
    }

    mutating func run() {
      for row in 0..<rows {
        while supply[row] > 0 { augment(from: row) }
      }
    }

    /// Sends as much mass as fits along the cheapest path from a row to a column with demand.
    private mutating func augment(from start: Int) {
      var distance = [Double](repeating: .infinity, count: columns)
      var entrance = [Int](repeating: -1, count: columns)
      var isDone = [Bool](repeating: false, count: columns)
      // Rows that are reached, from which column, at what distance.
      var reached = [Double](repeating: .infinity, count: rows)
      var origin = [Int](repeating: -1, count: rows)
      reached[start] = 0
      relax(start, 0, &distance, &entrance, isDone)
      var end = -1
      while end < 0 {
        var nearest = -1
        for column in 0..<columns where !isDone[column] {
          if nearest < 0 || distance[column] < distance[nearest] { nearest = column }
        }
        isDone[nearest] = true
        if demand[nearest] > 0 {
          end = nearest
        } else {
          for row in 0..<rows where flow[row * columns + nearest] > 0 && reached[row] == .infinity {
            (reached[row], origin[row]) = (distance[nearest], nearest)
            relax(row, distance[nearest], &distance, &entrance, isDone)
          }
        }
      }
      let length = distance[end]
      for row in 0..<rows where reached[row] < length { u[row] += length - reached[row] }
      for column in 0..<columns where isDone[column] && distance[column] < length {
        v[column] -= length - distance[column]
      }
      send(from: start, to: end, entrance, origin)
    }

    private mutating func send(from start: Int, to end: Int, _ entrance: [Int], _ origin: [Int]) {
      var amount = min(supply[start], demand[end])
      var column = end
      while entrance[column] != start {
        let row = entrance[column]
        column = origin[row]
        amount = min(amount, flow[row * columns + column])
      }
      supply[start] -= amount
      demand[end] -= amount
      column = end
      while true {
        let row = entrance[column]
        flow[row * columns + column] += amount
        if row == start { break }
        column = origin[row]
        flow[row * columns + column] -= amount
      }
    }

    private func relax(
      _ row: Int, _ length: Double, _ distance: inout [Double], _ entrance: inout [Int],
      _ isDone: [Bool]
    ) {
      for column in 0..<columns where !isDone[column] {
        let path = length - scores[row * columns + column] - u[row] - v[column]
        if path < distance[column] { (distance[column], entrance[column]) = (path, row) }
      }
    }
  }
}
