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
    filterColumns(plane)
    if alongRows { filterRows(plane) }
  }

  private func place(_ index: Int, _ count: Int) -> Int {
    outside == .nearest ? Border.nearest(index, count) : Border.reflect(index, count)
  }

  private func filterColumns(_ plane: UnsafeMutablePointer<Double>) {
    for row in 0..<rows {
      let sums = lower.start + row * columns
      let centre = plane + row * columns
      for column in 0..<columns { sums[column] = centre[column] * weights[0] }
      for step in stride(from: weights.count - 1, to: 0, by: -1) {
        let weight = weights[step]
        let above = plane + place(row - step, rows) * columns
        let below = plane + place(row + step, rows) * columns
        for column in 0..<columns { sums[column] += (above[column] + below[column]) * weight }
      }
    }
    plane.update(from: lower.start, count: rows * columns)
  }

  private func filterRows(_ plane: UnsafeMutablePointer<Double>) {
    let radius = weights.count - 1
    let centre = line.start + radius
    for row in 0..<rows {
      let values = plane + row * columns
      for column in -radius..<0 { centre[column] = values[place(column, columns)] }
      for column in 0..<columns { centre[column] = values[column] }
      for column in columns..<columns + radius { centre[column] = values[place(column, columns)] }
      for column in 0..<columns { values[column] = centre[column] * weights[0] }
      for step in stride(from: radius, to: 0, by: -1) {
        let weight = weights[step]
        let (left, right) = (centre - step, centre + step)
        for column in 0..<columns { values[column] += (left[column] + right[column]) * weight }
      }
    }
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
