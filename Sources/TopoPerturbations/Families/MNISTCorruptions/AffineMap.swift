/// An affine map of an image's pixels, bilinear, with black outside: output pixel `(x, y)` is the
/// input at `(xx x + xy y + x0, yx x + yy y + y0)`, `x` the column and `y` the row.
///
/// Source positions and weights are worked out once; images then cost four products a pixel.
struct AffineMap: Sendable {
  /// Rows of the linear part.
  typealias Matrix = (xx: Double, xy: Double, yx: Double, yy: Double)

  /// Four neighbors of a source position, as indices into the image, and how far the position is
  /// below and to the right of the first one. Index `pixels` stands for what is outside.
  private struct Source: Sendable {
    var topLeft: Int32
    var topRight: Int32
    var bottomLeft: Int32
    var bottomRight: Int32
    var down: Double
    var right: Double
  }

  private let sources: [Source]

  /// A map that leaves the center, between the middle pixels, where it is.
  init(aroundCenter matrix: Matrix, rows: Int, columns: Int) {
    let (x, y) = (Double(columns - 1) / 2, Double(rows - 1) / 2)
    self.init(
      matrix, x: x - matrix.xx * x - matrix.xy * y, y: y - matrix.yx * x - matrix.yy * y,
      rows: rows, columns: columns)
  }

  /// A map that moves what it reads by `(x, y)`: an image's content moves by `(-x, -y)`.
  init(reading x: Int, _ y: Int, rows: Int, columns: Int) {
    self.init((1, 0, 0, 1), x: Double(x), y: Double(y), rows: rows, columns: columns)
  }

  private init(_ matrix: Matrix, x: Double, y: Double, rows: Int, columns: Int) {
    func index(_ row: Double, _ column: Double) -> Int32 {
      let inside =
        row >= 0 && row < Double(rows) && column >= 0 && column < Double(columns)
      return Int32(inside ? Int(row) * columns + Int(column) : rows * columns)
    }
    sources = (0..<rows * columns).map { pixel in
      let (row, column) = (Double(pixel / columns), Double(pixel % columns))
      let across = matrix.xx * column + matrix.xy * row + x
      let along = matrix.yx * column + matrix.yy * row + y
      let (left, top) = (across.rounded(.down), along.rounded(.down))
      let (right, bottom) = (across.rounded(.up), along.rounded(.up))
      return Source(
        topLeft: index(top, left), topRight: index(top, right), bottomLeft: index(bottom, left),
        bottomRight: index(bottom, right), down: along - top, right: across - left)
    }
  }

  /// Maps an image.
  /// - Parameters:
  ///   - image: rows x columns values, then one 0, which stands for all that is outside.
  ///   - result: takes rows x columns values.
  func apply(to image: UnsafePointer<Double>, result: UnsafeMutablePointer<Double>) {
    sources.withUnsafeBufferPointer { sources in
      for (pixel, source) in sources.enumerated() {
        let top =
          (1 - source.right) * image[Int(source.topLeft)]
          + source.right * image[Int(source.topRight)]
        let bottom =
          (1 - source.right) * image[Int(source.bottomLeft)]
          + source.right * image[Int(source.bottomRight)]
        result[pixel] = (1 - source.down) * top + source.down * bottom
      }
    }
  }
}
