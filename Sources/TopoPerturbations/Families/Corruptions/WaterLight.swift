/// How light falls on liquid: bright beside its edges on one side.
final class WaterLight {
  /// The light, `[row, column]`.
  let values: Scratch<UInt8>
  private let rows: Int
  private let columns: Int
  private let edges: LiquidEdges
  private let distance: Scratch<Int32>
  private let limited: Scratch<Float>
  private let embossed: Scratch<UInt8>

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    values = Scratch(rows * columns)
    edges = LiquidEdges(rows: rows, columns: columns)
    distance = Scratch(rows * columns)
    limited = Scratch(rows * columns)
    embossed = Scratch(rows * columns)
  }

  /// Lights a layer of liquid.
  func shine(on liquid: Scratch<UInt8>) {
    edges.find(in: liquid)
    measureDistance()
    for index in 0..<distance.count {
      limited[index] = min(20, Float(distance[index]) * 0x1p-16)
    }
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        forNeighbors(row, column) { _, _, place in sum += Double(limited[place]) }
        values[row * columns + column] = UInt8(Float(sum * (1.0 / 9)))
      }
    }
    equalize()
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0
        forNeighbors(row, column) { down, right, place in
          sum += WaterLight.emboss[3 * down + right + 4] * Int(values[place])
        }
        embossed[row * columns + column] = UInt8(max(0, min(255, sum)))
      }
    }
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0
        forNeighbors(row, column) { _, _, place in sum += Int(embossed[place]) }
        values[row * columns + column] = UInt8((2 * sum + 9) / 18)
      }
    }
  }

  private static let emboss = [-2, -1, 0, -1, 1, 1, 0, 1, 2]

  @inline(__always)
  private func forNeighbors(_ row: Int, _ column: Int, _ body: (Int, Int, Int) -> Void) {
    for down in -1...1 {
      let line = Border.mirror(row + down, rows) * columns
      for right in -1...1 { body(down, right, line + Border.mirror(column + right, columns)) }
    }
  }

  /// The distance from the nearest edge in units of 2^-16 pixels, as Borgefors' 5 x 5 mask sees it:
  /// 1, 1.4 and 2.1969 for straight, diagonal and knight's steps.
  private func measureDistance() {
    let far = Int32(1 << 29)
    for index in 0..<distance.count { distance[index] = edges.isEdge[index] ? 0 : far }
    for row in 0..<rows {
      for column in 0..<columns { relax(row, column, sign: 1) }
    }
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() { relax(row, column, sign: -1) }
    }
  }

  /// Down, right and length of the steps that a pass looks back along.
  private static let steps: [(Int, Int, Int32)] = [
    (-2, -1, 143_976), (-2, 1, 143_976), (-1, -2, 143_976), (-1, 2, 143_976),
    (-1, -1, 91_750), (-1, 1, 91_750), (-1, 0, 65_536), (0, -1, 65_536),
  ]

  @inline(__always)
  private func relax(_ row: Int, _ column: Int, sign: Int) {
    var least = distance[row * columns + column]
    guard least > 0 else { return }
    for (down, right, length) in WaterLight.steps {
      let (r, c) = (row + sign * down, column + sign * right)
      guard r >= 0, r < rows, c >= 0, c < columns else { continue }
      least = min(least, distance[r * columns + c] + length)
    }
    distance[row * columns + column] = least
  }

  /// Spreads values so that each level is as frequent as the next.
  private func equalize() {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256) { counts in
      counts.initialize(repeating: 0)
      for index in 0..<values.count { counts[Int(values[index])] += 1 }
      guard let lowest = counts.firstIndex(where: { $0 > 0 }) else { return }
      let others = values.count - Int(counts[lowest])
      guard others > 0 else { return }
      let scale = 255 / Float(others)
      var sum: Int32 = 0
      counts[lowest] = 0
      for level in lowest + 1..<256 {
        sum += counts[level]
        counts[level] = Int32(min(255, (Float(sum) * scale).rounded(.toNearestOrEven)))
      }
      for index in 0..<values.count { values[index] = UInt8(counts[Int(values[index])]) }
    }
  }
}
