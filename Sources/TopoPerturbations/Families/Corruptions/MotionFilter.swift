/// The one-sided blur of a moving camera, as ImageMagick's `MotionBlur(radius, sigma, angle)` does
/// it on 16 bits: `sum of w_i p(x + dx_i, y + dy_i)`, with weights `exp(-i^2 / (2 sigma^2))` for
/// `i` from 0 to `2 radius`, normalized, and whole offsets
/// `dx_i = ceil(i cos(angle) - 1/2)`, `dy_i = ceil(i sin(angle) - 1/2)`. Pixels at the border are
/// repeated outside.
final class MotionFilter {
  private let rows: Int
  private let columns: Int
  private let weights: [Double]
  private let padded: Scratch<Double>
  private let sums: Scratch<Double>
  private let offsets: Scratch<Int>

  /// A filter of planes `[rows, columns]`.
  init(rows: Int, columns: Int, radius: Int, sigma: Double) {
    (self.rows, self.columns) = (rows, columns)
    let values = (0...2 * radius).map { step in
      PortableMath.exponential(-Double(step * step) / (2 * sigma * sigma))
    }
    let sum = values.reduce(0, +)
    weights = values.map { $0 / sum }
    let reach = weights.count - 1
    // Motion goes to one side along each axis, so the other needs no margin.
    padded = Scratch((rows + reach) * (columns + reach))
    sums = Scratch(columns)
    offsets = Scratch(2 * weights.count)
  }

  /// Filters a plane along the direction with this cosine and sine, `down` being positive.
  func apply(
    _ plane: UnsafePointer<UInt8>, cosine: Double, sine: Double,
    into output: UnsafeMutablePointer<UInt8>
  ) {
    for step in weights.indices {
      offsets[2 * step] = Int((Double(step) * cosine - 0.5).rounded(.up))
      offsets[2 * step + 1] = Int((Double(step) * sine - 0.5).rounded(.up))
    }
    let last = weights.count - 1
    let (right, down) = (offsets[2 * last], offsets[2 * last + 1])
    let (left, up) = (max(0, -right), max(0, -down))
    let width = columns + abs(right)
    for row in 0..<rows + abs(down) {
      let source = plane + Border.nearest(row - up, rows) * columns
      let target = padded.start + row * width
      for column in 0..<left { target[column] = Double(source[0]) }
      for column in 0..<columns { target[left + column] = Double(source[column]) }
      for column in left + columns..<max(width, left + columns) {
        target[column] = Double(source[columns - 1])
      }
    }
    for row in 0..<rows {
      for column in 0..<columns { sums[column] = 0 }
      for step in weights.indices {
        let weight = weights[step]
        let place = (row + up + offsets[2 * step + 1]) * width + left + offsets[2 * step]
        let source = padded.start + place
        for column in 0..<columns { sums[column] += source[column] * weight }
      }
      let target = output + row * columns
      for column in 0..<columns { target[column] = MotionFilter.byte(sums[column]) }
    }
  }

  /// A byte by way of the nearest 16-bit value, 257 of which are one byte's step; the step from
  /// there is truncated, as version 6.9.11 is seen to do.
  @inline(__always)
  private static func byte(_ value: Double) -> UInt8 {
    UInt8(Int(value * 257 + 0.5) / 257)
  }
}
