/// Edges after Canny ("A computational approach to edge detection", IEEE TPAMI 8, 1986), with the
/// choices of scikit-image's `feature.canny` at its defaults, which MNIST-C uses: a Gaussian of
/// standard deviation 1 with black outside, divided by its share inside; Sobel's gradients with
/// mirrored borders; suppression of what is not a maximum along the gradient, between neighbors by
/// linear interpolation; hysteresis between 0.1 and 0.2 over eight neighbors. Pixels at the border
/// are never edges.
///
/// One object serves one thread.
final class CannyEdges {
  private let rows: Int
  private let columns: Int
  private var pixels: Int { rows * columns }

  /// Reach of the Gaussian: four standard deviations.
  private static let radius = 4
  private static let low = 0.1
  private static let high = 0.2
  /// The Gaussian's weights from its center outward, their sum over both sides 1: `exp(-k^2 / 2)`
  /// as literals, which no mathematics library rounds its own way.
  private static let weights: [Double] = {
    let values = [
      1, 0.6065306597126334, 0.1353352832366127, 0.011108996538242306, 0.00033546262790251185,
    ]
    let sum = values[0] + 2 * (values[1] + values[2] + values[3] + values[4])
    return values.map { $0 / sum }
  }()

  private enum EdgeClass: UInt8 { case none, weak, edge }

  // Rows x columns values each, except `line`, which is a row with the Gaussian's reach on both
  // sides, and `black`, a row of zeros.
  private let smoothed: UnsafeMutablePointer<Double>
  private let inside: UnsafeMutablePointer<Double>
  private let scratch: UnsafeMutablePointer<Double>
  private let down: UnsafeMutablePointer<Double>
  private let right: UnsafeMutablePointer<Double>
  private let magnitude: UnsafeMutablePointer<Double>
  private let line: UnsafeMutablePointer<Double>
  private let black: UnsafeMutablePointer<Double>
  private let edgeClasses: UnsafeMutablePointer<UInt8>
  private let stack: UnsafeMutablePointer<Int32>

  /// A detector for images of these extents.
  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    func values(_ count: Int) -> UnsafeMutablePointer<Double> {
      let values = UnsafeMutablePointer<Double>.allocate(capacity: count)
      values.initialize(repeating: 0, count: count)
      return values
    }
    let pixels = rows * columns
    (smoothed, inside, scratch) = (values(pixels), values(pixels), values(pixels))
    (down, right, magnitude) = (values(pixels), values(pixels), values(pixels))
    (line, black) = (values(columns + 2 * Self.radius), values(columns))
    edgeClasses = .allocate(capacity: pixels)
    edgeClasses.initialize(repeating: 0, count: pixels)
    stack = .allocate(capacity: pixels)
    stack.initialize(repeating: 0, count: pixels)
    for pixel in 0..<pixels { smoothed[pixel] = 1 }
    smooth(smoothed, into: inside)
    for pixel in 0..<pixels { inside[pixel] += .ulpOfOne }
  }

  deinit {
    for values in [smoothed, inside, scratch, down, right, magnitude, line, black] {
      values.deallocate()
    }
    edgeClasses.deallocate()
    stack.deallocate()
  }

  /// Replaces an image, values in [0, 1], by its edges: 1 at an edge, 0 elsewhere.
  func apply(to image: UnsafeMutablePointer<Double>) {
    smooth(image, into: smoothed)
    for pixel in 0..<pixels { smoothed[pixel] /= inside[pixel] }
    differentiate()
    suppress()
    connect()
    for pixel in 0..<pixels { image[pixel] = edgeClasses[pixel] == EdgeClass.edge.rawValue ? 1 : 0 }
  }

  /// The Gaussian along columns, then along rows, black outside; from the outermost pair inward, so
  /// that mirrored images give mirrored sums.
  private func smooth(
    _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>
  ) {
    let weights = Self.weights
    let radius = Self.radius
    for row in 0..<rows {
      let (from, to) = (source + row * columns, scratch + row * columns)
      for column in 0..<columns { to[column] = from[column] * weights[0] }
      for reach in stride(from: radius, through: 1, by: -1) {
        let above = row >= reach ? source + (row - reach) * columns : UnsafePointer(black)
        let below = row + reach < rows ? source + (row + reach) * columns : UnsafePointer(black)
        let weight = weights[reach]
        for column in 0..<columns { to[column] += (above[column] + below[column]) * weight }
      }
    }
    for row in 0..<rows {
      let to = target + row * columns
      let middle = line + radius
      middle.update(from: scratch + row * columns, count: columns)
      for column in 0..<columns { to[column] = middle[column] * weights[0] }
      for reach in stride(from: radius, through: 1, by: -1) {
        let weight = weights[reach]
        for column in 0..<columns {
          to[column] += (middle[column - reach] + middle[column + reach]) * weight
        }
      }
    }
  }

  /// Sobel's gradients downward and to the right, and their length.
  private func differentiate() {
    for row in 0..<rows {
      let (above, below) = (max(row - 1, 0) * columns, min(row + 1, rows - 1) * columns)
      for column in 0..<columns {
        let (before, after) = (max(column - 1, 0), min(column + 1, columns - 1))
        let (here, place) = (row * columns, row * columns + column)
        func downward(_ at: Int) -> Double { smoothed[below + at] - smoothed[above + at] }
        func rightward(_ from: Int) -> Double { smoothed[from + after] - smoothed[from + before] }
        down[place] = downward(column) * 2 + (downward(before) + downward(after))
        right[place] = rightward(here) * 2 + (rightward(above) + rightward(below))
        magnitude[place] =
          (down[place] * down[place] + right[place] * right[place]).squareRoot()
      }
    }
  }

  /// Marks maxima along the gradient that reach a threshold.
  private func suppress() {
    edgeClasses.update(repeating: EdgeClass.none.rawValue, count: pixels)
    guard rows > 2, columns > 2 else { return }
    for row in 1..<rows - 1 {
      for column in 1..<columns - 1 {
        let place = row * columns + column
        let height = magnitude[place]
        guard height >= Self.low else { continue }
        let (i, j) = (down[place], right[place])
        // Toward the gradient: the neighbor straight ahead, and the diagonal one beside it. The
        // direction's sign does not matter, as both sides are looked at.
        let falling = (i > 0) == (j > 0)
        let diagonal = falling ? columns + 1 : 1 - columns
        let steep = falling ? abs(i) > abs(j) : abs(i) >= abs(j)
        let straight = steep ? (falling ? columns : -columns) : 1
        let share = steep ? abs(j) / abs(i) : abs(i) / abs(j)
        func between(_ straight: Int, _ diagonal: Int) -> Double {
          magnitude[place + diagonal] * share + magnitude[place + straight] * (1 - share)
        }
        guard between(straight, diagonal) <= height, between(-straight, -diagonal) <= height
        else { continue }
        let kind: EdgeClass = height >= Self.high ? .edge : .weak
        edgeClasses[place] = kind.rawValue
      }
    }
  }

  /// Makes edges of the weak pixels that strong ones lead to.
  private func connect() {
    var waiting = 0
    for pixel in 0..<pixels where edgeClasses[pixel] == EdgeClass.edge.rawValue {
      stack[waiting] = Int32(pixel)
      waiting += 1
    }
    while waiting > 0 {
      waiting -= 1
      let place = Int(stack[waiting])
      // No edge lies at the border, so all eight neighbors exist.
      for row in -1...1 {
        for neighbor in place + row * columns - 1...place + row * columns + 1
        where edgeClasses[neighbor] == EdgeClass.weak.rawValue {
          edgeClasses[neighbor] = EdgeClass.edge.rawValue
          stack[waiting] = Int32(neighbor)
          waiting += 1
        }
      }
    }
  }
}
