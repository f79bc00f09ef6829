/// A Gaussian filter of one plane, down the columns and then along the rows, in Float64.
///
/// The kernel ends at `Int(truncate * sigma + 0.5)` pixels and is normalised, as in SciPy's
/// `gaussian_filter`, and terms are summed in its order: the centre, then pairs from the outside.
final class GaussianSmoothing {
  /// What lies outside the image.
  enum Outside { case nearest, reflect }

  /// Weights from the centre outwards.
  let weights: [Double]
  private let rows: Int
  private let columns: Int
  private let outside: Outside
  private let alongRows: Bool
  private let lower: Scratch<Double>
  private let line: Scratch<Double>
  /// The filters of columns and rows as matrices `[source, result]`, where that takes fewer terms
  /// than the kernel has.
  private let matrices: (columns: Scratch<Double>, rows: Scratch<Double>)?
  /// Rows, or places in the line, before and after the centre, by distance.
  private let above: UnsafeMutablePointer<UnsafeMutablePointer<Double>>
  private let below: UnsafeMutablePointer<UnsafeMutablePointer<Double>>

  /// A filter of planes `[rows, columns]`.
  /// - Parameters:
  ///   - sigma: standard deviation in pixels; 0 leaves planes as they are.
  ///   - alongRows: whether rows are filtered, too, or only columns.
  init(
    rows: Int, columns: Int, sigma: Double, truncate: Double = 4, outside: Outside = .nearest,
    alongRows: Bool = true
  ) {
    (self.rows, self.columns, self.outside) = (rows, columns, outside)
    self.alongRows = alongRows
    weights = GaussianSmoothing.weights(sigma: sigma, truncate: truncate)
    lower = Scratch(rows * columns)
    line = Scratch(columns + 2 * (weights.count - 1))
    matrices =
      weights.count > max(rows, columns)
      ? (
        GaussianSmoothing.matrix(weights, rows, outside),
        GaussianSmoothing.matrix(weights, columns, outside)
      ) : nil
    above = .allocate(capacity: weights.count)
    below = .allocate(capacity: weights.count)
  }

  deinit {
    above.deallocate()
    below.deallocate()
  }

  /// The half of the kernel from its centre on; all of it sums to 1.
  static func weights(sigma: Double, truncate: Double) -> [Double] {
    let radius = Int(truncate * sigma + 0.5)
    guard sigma > 0, radius > 0 else { return [1] }
    let half = (0...radius).map { step in
      PortableMath.exponential(-0.5 / (sigma * sigma) * Double(step * step))
    }
    let sum = half[0] + 2 * half[1...].reduce(0, +)
    return half.map { $0 / sum }
  }

  /// Filters a plane in place.
  func apply(_ plane: UnsafeMutablePointer<Double>) {
    guard weights.count > 1 else { return }
    if let matrices {
      GaussianSmoothing.multiply(
        matrices.columns, plane, into: lower.start, rows, columns, transposed: true)
      plane.update(from: lower.start, count: rows * columns)
      guard alongRows else { return }
      GaussianSmoothing.multiply(
        matrices.rows, plane, into: lower.start, rows, columns, transposed: false)
      plane.update(from: lower.start, count: rows * columns)
      return
    }
    filterColumns(plane)
    if alongRows { filterRows(plane) }
  }

  private func place(_ index: Int, _ count: Int) -> Int {
    GaussianSmoothing.place(index, count, outside)
  }

  private static func place(_ index: Int, _ count: Int, _ outside: Outside) -> Int {
    outside == .nearest ? Border.nearest(index, count) : Border.reflect(index, count)
  }

  private static func matrix(
    _ weights: [Double], _ count: Int, _ outside: Outside
  ) -> Scratch<Double> {
    let matrix = Scratch<Double>(count * count)
    matrix.start.initialize(repeating: 0, count: count * count)
    for result in 0..<count {
      for step in 1 - weights.count..<weights.count {
        matrix[place(result + step, count, outside) * count + result] += weights[abs(step)]
      }
    }
    return matrix
  }

  /// A filter down the columns (`transposed`) or along the rows.
  private static func multiply(
    _ matrix: Scratch<Double>, _ plane: UnsafeMutablePointer<Double>,
    into output: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int, transposed: Bool
  ) {
    for row in 0..<rows {
      let sums = output + row * columns
      for column in 0..<columns { sums[column] = 0 }
      for source in 0..<(transposed ? rows : columns) {
        let weight =
          transposed ? matrix[source * rows + row] : plane[row * columns + source]
        let values = transposed ? plane + source * columns : matrix.start + source * columns
        for column in 0..<columns { sums[column] += values[column] * weight }
      }
    }
  }

  private func filterColumns(_ plane: UnsafeMutablePointer<Double>) {
    let last = weights.count - 1
    weights.withUnsafeBufferPointer { weights in
      for row in 0..<rows {
        for step in 0...last {
          above[step] = plane + place(row - step, rows) * columns
          below[step] = plane + place(row + step, rows) * columns
        }
        weigh(weights, into: lower.start + row * columns)
      }
    }
    plane.update(from: lower.start, count: rows * columns)
  }

  private func filterRows(_ plane: UnsafeMutablePointer<Double>) {
    let radius = weights.count - 1
    let centre = line.start + radius
    weights.withUnsafeBufferPointer { weights in
      for step in 0...radius {
        above[step] = centre - step
        below[step] = centre + step
      }
      for row in 0..<rows {
        let values = plane + row * columns
        for column in -radius..<0 { centre[column] = values[place(column, columns)] }
        for column in 0..<columns { centre[column] = values[column] }
        for column in columns..<columns + radius {
          centre[column] = values[place(column, columns)]
        }
        weigh(weights, into: values)
      }
    }
  }

  /// `sums[i] = w_0 above_0[i] + sum of w_j (above_j[i] + below_j[i])`, the sums of several columns
  /// in registers.
  @inline(__always)
  private func weigh(
    _ weights: UnsafeBufferPointer<Double>, into sums: UnsafeMutablePointer<Double>
  ) {
    var column = 0
    while column + 8 <= columns {
      weigh(SIMD8<Double>.self, weights, column, into: sums)
      column += 8
    }
    while column + 2 <= columns {
      weigh(SIMD2<Double>.self, weights, column, into: sums)
      column += 2
    }
    if column < columns {
      var sum = above[0][column] * weights[0]
      for step in stride(from: weights.count - 1, to: 0, by: -1) {
        sum += (above[step][column] + below[step][column]) * weights[step]
      }
      sums[column] = sum
    }
  }

  @inline(__always)
  private func weigh<Vector: SIMD>(
    _: Vector.Type, _ weights: UnsafeBufferPointer<Double>, _ column: Int,
    into sums: UnsafeMutablePointer<Double>
  ) where Vector.Scalar == Double {
    func load(_ start: UnsafeMutablePointer<Double>) -> Vector {
      UnsafeRawPointer(start + column).loadUnaligned(as: Vector.self)
    }
    var sum = load(above[0]) * weights[0]
    var step = weights.count - 1
    while step > 0 {
      sum += (load(above[step]) + load(below[step])) * weights[step]
      step -= 1
    }
    UnsafeMutableRawPointer(sums + column).storeBytes(of: sum, as: Vector.self)
  }
}

extension Corruption.Family {
  /// The Gaussian filter of images. MNIST-C's published code takes the columns of its grey images
  /// for channels and so blurs down the columns only; that is kept, as its parameters were chosen
  /// with it.
  func smoothing(rows: Int, columns: Int, sigma: Double) -> GaussianSmoothing {
    GaussianSmoothing(rows: rows, columns: columns, sigma: sigma, alongRows: self == .common)
  }
}
