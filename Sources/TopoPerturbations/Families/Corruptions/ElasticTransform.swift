import TopoData
import TopoFoundation

/// An affine map that moves three points at random, then a smooth random displacement of pixels,
/// both by bilinear interpolation in Float32.
///
/// Lengths are the published shares of the image's shorter side. In CIFAR-10-C's family the image
/// continues outside as in a mirror, in MNIST-C's it is black there.
final class ElasticTransform: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let amplitude: Double
  private let jitter: Double
  private let smoothing: GaussianSmoothing
  /// One for each pixel, up to a whole block.
  private let words: Scratch<UInt32>
  private let right: Scratch<Double>
  private let down: Scratch<Double>
  private let affine: BilinearTable
  private let elastic: BilinearTable
  private let plane: Scratch<Float>
  private let warped: Scratch<Float>

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    (self.family, self.shape) = (family, shape)
    let side = Double(min(shape.rows, shape.columns))
    let (amplitude, sigma, jitter): (Double, Double, Double) = family.choose(
      severity,
      common: [
        (0, 0, 0.08), (0.05, 0.2, 0.07), (0.08, 0.06, 0.06), (0.1, 0.04, 0.05), (0.1, 0.03, 0.03),
      ],
      mnist: [
        (2, 0.7, 0.1), (2, 0.08, 0.2), (0.05, 0.01, 0.02), (0.07, 0.01, 0.02), (0.12, 0.01, 0.02),
      ])
    (self.amplitude, self.jitter) = (side * amplitude, side * jitter)
    let (rows, columns) = (shape.rows, shape.columns)
    smoothing = GaussianSmoothing(
      rows: rows, columns: columns, sigma: side * sigma, truncate: 3, outside: .reflect)
    words = Scratch((rows * columns + 3) / 4 * 4)
    (right, down) = (Scratch(rows * columns), Scratch(rows * columns))
    let isBlack = family == .mnist
    affine = BilinearTable(rows: rows, columns: columns, outside: isBlack ? .black : .mirror)
    elastic = BilinearTable(
      rows: rows, columns: columns, outside: isBlack ? .blackAtOnce : .reflect)
    (plane, warped) = (Scratch(rows * columns), Scratch(rows * columns))
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    let map = JitteredMap(rows: shape.rows, columns: shape.columns, jitter: jitter, random: random)
    for (field, displacements) in [(1, right), (2, down)] {
      random.fill(words, field: UInt64(field))
      displace(displacements)
    }
    let pixels = shape.rows * shape.columns
    for pixel in 0..<pixels {
      let (row, column) = pixel.quotientAndRemainder(dividingBy: shape.columns)
      let (x, y) = map.source(ofColumn: Double(column), row: Double(row))
      affine.place(pixel, x, y)
      elastic.place(pixel, Double(column) + right[pixel], Double(row) + down[pixel])
    }
    for channel in 0..<shape.channels {
      let start = channel * pixels
      ImageSet.unitValues.withUnsafeBufferPointer { unit in
        for pixel in 0..<pixels { plane[pixel] = unit[Int(image[start + pixel])] }
      }
      affine.sample(plane, into: warped)
      elastic.sample(warped, into: plane)
      for pixel in 0..<pixels { output[start + pixel] = UInt8(truncatingUnit: plane[pixel]) }
    }
  }

  /// Converts `words` to displacements in pixels.
  private func displace(_ field: Scratch<Double>) {
    for index in 0..<field.count { field[index] = CorruptionRandom.signed(words[index]) }
    smoothing.apply(field.start)
    for index in 0..<field.count { field[index] = Double(Float(field[index] * amplitude)) }
  }
}

/// The map that takes three moved points back to where they were: corners of a square about the
/// center, a third of the shorter side from it, each coordinate moved by a uniform number within
/// `jitter`.
struct JitteredMap {
  private let x: (Double, Double, Double)
  private let y: (Double, Double, Double)

  init(rows: Int, columns: Int, jitter: Double, random: CorruptionRandom) {
    let (first, second) = (random.words(0), random.words(1))
    func move(_ word: UInt32) -> Double { CorruptionRandom.signed(word) * jitter }
    self.init(
      rows: rows, columns: columns,
      moves: SIMD8(
        move(first.x), move(first.y), move(first.z), move(first.w), move(second.x),
        move(second.y), 0, 0))
  }

  /// - Parameter moves: across and down, of each of the three points in turn; the rest is not used.
  init(rows: Int, columns: Int, moves: SIMD8<Double>) {
    let (left, top) = (Double(columns / 2), Double(rows / 2))
    let side = Double(min(rows, columns) / 3)
    let from = (
      SIMD2(left + side, top + side), SIMD2(left + side, top - side),
      SIMD2(left - side, top - side)
    )
    // Float32, as in the published code.
    func moved(_ point: SIMD2<Double>, _ index: Int) -> SIMD2<Double> {
      let move = SIMD2<Float>(Float(moves[2 * index]), Float(moves[2 * index + 1]))
      return SIMD2<Double>(SIMD2<Float>(point) + move)
    }
    let a = moved(from.0, 0)
    let (b, c) = (moved(from.1, 1) - a, moved(from.2, 2) - a)
    let exact = b.x * c.y - c.x * b.y
    // Points may fall into a line; then the image becomes one, but no number is infinite.
    let area = abs(exact) < 1e-9 ? 1e-9 : exact
    func solve(_ p: Double, _ q: Double, _ r: Double) -> (Double, Double, Double) {
      let across = ((q - p) * c.y - (r - p) * b.y) / area
      let along = (b.x * (r - p) - c.x * (q - p)) / area
      return (across, along, p - across * a.x - along * a.y)
    }
    x = solve(from.0.x, from.1.x, from.2.x)
    y = solve(from.0.y, from.1.y, from.2.y)
  }

  /// Where the pixel of the result comes from.
  @inline(__always)
  func source(ofColumn column: Double, row: Double) -> (x: Double, y: Double) {
    (x.0 * column + x.1 * row + x.2, y.0 * column + y.1 * row + y.2)
  }
}
