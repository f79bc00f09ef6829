/// Edges by Canny's method as OpenCV computes them with thresholds 50 and 150: Sobel gradients of
/// 3 x 3 with the border repeated, magnitudes `|dx| + |dy|`, thinning along the gradient, then weak
/// edges kept if they touch strong ones.
final class LiquidEdges {
  /// Whether a pixel lies on an edge, `[row, column]`.
  let isEdge: Scratch<Bool>
  private let rows: Int
  private let columns: Int
  private let across: Scratch<Int32>
  private let down: Scratch<Int32>
  /// With a margin of one pixel of 0.
  private let magnitude: Scratch<Int32>
  private let isWeak: Scratch<Bool>
  private let stack: Scratch<Int32>

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    isEdge = Scratch(rows * columns)
    across = Scratch(rows * columns)
    down = Scratch(rows * columns)
    magnitude = Scratch((rows + 2) * (columns + 2))
    magnitude.start.initialize(repeating: 0, count: magnitude.count)
    isWeak = Scratch(rows * columns)
    stack = Scratch(rows * columns)
  }

  /// Finds the edges of a plane.
  func find(in plane: Scratch<UInt8>) {
    for row in 0..<rows {
      for column in 0..<columns { differentiate(plane, row, column) }
    }
    var depth = 0
    for row in 0..<rows {
      for column in 0..<columns {
        let place = row * columns + column
        let size = magnitude[(row + 1) * (columns + 2) + column + 1]
        isWeak[place] = size > 50 && isCrest(row, column, size)
        isEdge[place] = isWeak[place] && size > 150
        if isEdge[place] {
          stack[depth] = Int32(place)
          depth += 1
        }
      }
    }
    // Each pixel is pushed at most once: when it becomes an edge.
    while depth > 0 {
      depth -= 1
      let (row, column) = Int(stack[depth]).quotientAndRemainder(dividingBy: columns)
      for r in max(0, row - 1)...min(rows - 1, row + 1) {
        for c in max(0, column - 1)...min(columns - 1, column + 1) {
          let place = r * columns + c
          guard isWeak[place], !isEdge[place] else { continue }
          isEdge[place] = true
          stack[depth] = Int32(place)
          depth += 1
        }
      }
    }
  }

  @inline(__always)
  private func differentiate(_ plane: Scratch<UInt8>, _ row: Int, _ column: Int) {
    let above = plane.start + max(0, row - 1) * columns
    let here = plane.start + row * columns
    let below = plane.start + min(rows - 1, row + 1) * columns
    let (left, right) = (max(0, column - 1), min(columns - 1, column + 1))
    func difference(_ a: UInt8, _ b: UInt8) -> Int32 { Int32(a) - Int32(b) }
    let dx =
      difference(above[right], above[left]) + 2 * difference(here[right], here[left])
      + difference(below[right], below[left])
    let dy =
      difference(below[left], above[left]) + 2 * difference(below[column], above[column])
      + difference(below[right], above[right])
    across[row * columns + column] = dx
    down[row * columns + column] = dy
    magnitude[(row + 1) * (columns + 2) + column + 1] = abs(dx) + abs(dy)
  }

  /// Whether the magnitude is largest along the gradient, whose direction is one of four; the
  /// tangent of 22.5 degrees is 13573 / 2^15.
  @inline(__always)
  private func isCrest(_ row: Int, _ column: Int, _ size: Int32) -> Bool {
    let width = columns + 2
    let center = magnitude.start + (row + 1) * width + column + 1
    let (dx, dy) = (Int(across[row * columns + column]), Int(down[row * columns + column]))
    let (x, y) = (abs(dx), abs(dy) << 15)
    let low = x * 13_573
    if y < low { return size > center[-1] && size >= center[1] }
    if y > low + x << 16 { return size > center[-width] && size >= center[width] }
    let side = (dx < 0) != (dy < 0) ? -1 : 1
    return size > center[-width - side] && size > center[width + side]
  }
}
