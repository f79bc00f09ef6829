/// Enlarging along one axis about the center, keeping the number of pixels: for each of them the
/// two that it lies between.
///
/// As the published code does by SciPy's `zoom` of order 1: the `ceil(n / z)` pixels in the middle
/// become `round(that * z)`, the first and last staying the first and last, and what is more than
/// `n` is trimmed.
struct ZoomTable {
  /// The pixel before, for each of `n`.
  let lower: [Int]
  /// The pixel after; the same for the last one.
  let upper: [Int]
  /// The weight of the pixel after.
  let share: [Double]

  /// A table for `n` pixels and a factor of at least 1.
  init(_ n: Int, factor: Double) {
    let cropped = Int((Double(n) / factor).rounded(.up))
    let top = (n - cropped) / 2
    let enlarged = Int((Double(cropped) * factor).rounded(.toNearestOrEven))
    let trim = max(0, (enlarged - n) / 2)
    let step = enlarged > 1 ? Double(cropped - 1) / Double(enlarged - 1) : 1
    var (lower, upper, share): ([Int], [Int], [Double]) = ([], [], [])
    for pixel in 0..<n {
      // The last one may come out a hair above the last pixel by rounding.
      let place = min(Double(pixel + trim) * step, Double(cropped - 1))
      let before = Int(place)
      lower.append(top + before)
      upper.append(top + min(before + 1, cropped - 1))
      share.append(place - Double(before))
    }
    (self.lower, self.upper, self.share) = (lower, upper, share)
  }
}

/// Enlarges planes `[rows, columns]` by bilinear interpolation: see `ZoomTable`.
final class ZoomFilter {
  private let down: ZoomTable
  private let across: ZoomTable
  private let columns: Int
  private let line: Scratch<Double>

  init(rows: Int, columns: Int, factor: Double) {
    down = ZoomTable(rows, factor: factor)
    across = ZoomTable(columns, factor: factor)
    self.columns = columns
    line = Scratch(columns)
  }

  /// Calls `body` with the place and the value of each pixel, in rows.
  @inline(__always)
  func forEach(of plane: UnsafePointer<Double>, _ body: (Int, Double) -> Void) {
    across.lower.withUnsafeBufferPointer { lower in
      across.upper.withUnsafeBufferPointer { upper in
        across.share.withUnsafeBufferPointer { share in
          for row in down.lower.indices {
            let above = plane + down.lower[row] * columns
            let below = plane + down.upper[row] * columns
            let (second, first) = (down.share[row], 1 - down.share[row])
            for column in 0..<columns {
              line[column] = above[column] * first + below[column] * second
            }
            for column in 0..<columns {
              let value =
                line[lower[column]] * (1 - share[column]) + line[upper[column]] * share[column]
              body(row * columns + column, value)
            }
          }
        }
      }
    }
  }
}
