import CVectorKernels

/// A Gaussian filter of one plane, down the columns and then along the rows, in Float64.
///
/// The kernel ends at `Int(truncate * sigma + 0.5)` pixels and is normalized, as in SciPy's
/// `gaussian_filter`, and terms are summed in its order: the center, then pairs from the outside.
final class GaussianSmoothing {
  /// What lies outside the image.
  enum Outside { case nearest, reflect }

  /// Weights from the center outward.
  let weights: [Double]
  private let rows: Int
  private let columns: Int
  private let outside: Outside
  private let alongRows: Bool
  private let lower: Scratch<Double>
  private let line: Scratch<Double>
  /// The filters of columns, `[result][source]`, and rows, `[source, result]`, as matrices, where
  /// that takes fewer terms than the kernel has.
  private let matrices: (columns: [[Double]], rows: [Double])?
  /// Where rows of the plane begin, and those of the matrix for rows.
  private let starts: (rows: [Int], columns: [Int])
  /// Rows, or places in the line, before and after the center, by distance.
  private let above: UnsafeMutablePointer<UnsafeMutablePointer<Double>>
  private let below: UnsafeMutablePointer<UnsafeMutablePointer<Double>>

  /// A filter of planes `[rows, columns]`.
  /// - Parameters:
  ///   - sigma: standard deviation in pixels; 0 leaves planes unchanged.
  ///   - alongRows: whether rows are filtered, too, or only columns.
  init(
    rows: Int, columns: Int, sigma: Double, truncate: Double = 4, outside: Outside = .nearest,
    alongRows: Bool = true
  ) {
    (self.rows, self.columns, self.outside) = (rows, columns, outside)
    self.alongRows = alongRows
    let weights = GaussianSmoothing.weights(sigma: sigma, truncate: truncate)
    self.weights = weights
    lower = Scratch(rows * columns)
    line = Scratch(columns + 2 * (weights.count - 1))
    matrices =
      weights.count > max(rows, columns)
      ? (
        (0..<rows).map { GaussianSmoothing.row($0, weights, rows, outside) },
        GaussianSmoothing.transposed(
          (0..<columns).map { GaussianSmoothing.row($0, weights, columns, outside) })
      ) : nil
    starts = ((0..<rows).map { $0 * columns }, (0..<columns).map { $0 * columns })
    above = .allocate(capacity: weights.count)
    below = .allocate(capacity: weights.count)
  }

  deinit {
    above.deallocate()
    below.deallocate()
  }

  /// The half of the kernel from its center on; all of it sums to 1.
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
      for row in 0..<rows {
        topo_weighted_sum(
          Int32(rows), plane, starts.rows, matrices.columns[row], Int32(columns),
          lower.start + row * columns)
      }
      plane.update(from: lower.start, count: rows * columns)
      guard alongRows else { return }
      for row in 0..<rows {
        topo_weighted_sum(
          Int32(columns), matrices.rows, starts.columns, plane + row * columns, Int32(columns),
          lower.start + row * columns)
      }
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

  /// The shares of all places in the result at one place.
  private static func row(
    _ result: Int, _ weights: [Double], _ count: Int, _ outside: Outside
  ) -> [Double] {
    var row = [Double](repeating: 0, count: count)
    for step in 1 - weights.count..<weights.count {
      row[place(result + step, count, outside)] += weights[abs(step)]
    }
    return row
  }

  private static func transposed(_ matrix: [[Double]]) -> [Double] {
    matrix.indices.flatMap { source in matrix.map { $0[source] } }
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
    let center = line.start + radius
    weights.withUnsafeBufferPointer { weights in
      for step in 0...radius {
        above[step] = center - step
        below[step] = center + step
      }
      for row in 0..<rows {
        let values = plane + row * columns
        for column in -radius..<0 { center[column] = values[place(column, columns)] }
        for column in 0..<columns { center[column] = values[column] }
        for column in columns..<columns + radius {
          center[column] = values[place(column, columns)]
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
  /// The Gaussian filter of images. MNIST-C's published code takes the columns of its gray images
  /// for channels and so blurs down the columns only; that is kept, as its parameters were chosen
  /// with it.
  func smoothing(rows: Int, columns: Int, sigma: Double) -> GaussianSmoothing {
    GaussianSmoothing(rows: rows, columns: columns, sigma: sigma, alongRows: self == .common)
  }
}
