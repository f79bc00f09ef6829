/// Filters white fields to noise whose spectrum falls with frequency.
///
/// For a white field on `rows x columns` the amplitude at frequency `(fx, fy)` (cycles per pixel)
/// is divided by `f^exponent`, `f = sqrt(fx^2 + fy^2)` and 1 at frequency 0; the result has its
/// mean subtracted and is divided by its population standard deviation.
///
/// No complex numbers are needed: the gain depends on `|fx|` and `|fy|` only, so the filter is
/// diagonal in the real orthonormal Fourier basis (constant, cosines, sines, alternating) along
/// each axis: `R (G * (R^T E C)) C^T` with the basis vectors as columns of `R` and `C`.
package struct PinkFilter: Sendable {
  let rows: Int
  let columns: Int
  /// `R`, `[row, frequency]`, and its transpose.
  private let rowBasis: [Float]
  private let rowBasisTransposed: [Float]
  /// `C`, `[column, frequency]`, and its transpose.
  private let columnBasis: [Float]
  private let columnBasisTransposed: [Float]
  /// `G`, `[row frequency, column frequency]`.
  private let gain: [Float]

  /// A filter for fields of `rows x columns`.
  /// - Parameter rootOfFrequency: whether the amplitude falls as `sqrt(f)` instead of `f`.
  package init(rows: Int, columns: Int, rootOfFrequency: Bool) {
    (self.rows, self.columns) = (rows, columns)
    rowBasis = PinkFilter.basis(rows)
    rowBasisTransposed = PinkFilter.transposed(rowBasis, rows)
    columnBasis = PinkFilter.basis(columns)
    columnBasisTransposed = PinkFilter.transposed(columnBasis, columns)
    gain = (0..<rows * columns).map { index in
      let down = Double((index / columns + 1) / 2) / Double(rows)
      let across = Double((index % columns + 1) / 2) / Double(columns)
      let f = (down * down + across * across).squareRoot()
      if f == 0 { return 1 }
      return Float(1 / (rootOfFrequency ? f.squareRoot() : f))
    }
  }

  /// Values of scratch memory that `apply` needs.
  package var scratchCount: Int { 2 * rows * columns }

  /// Filters a field in place.
  /// - Parameters:
  ///   - field: `[rows, columns]`.
  ///   - scratch: `scratchCount` values.
  package func apply(to field: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>) {
    let count = rows * columns
    let (first, second) = (scratch, scratch + count)
    PinkFilter.multiply(rowBasisTransposed, field, into: first, rows, rows, columns)
    PinkFilter.multiply(first, columnBasis, into: second, rows, columns, columns)
    gain.withUnsafeBufferPointer { gain in
      for index in 0..<count { second[index] *= gain[index] }
    }
    PinkFilter.multiply(rowBasis, second, into: first, rows, rows, columns)
    PinkFilter.multiply(first, columnBasisTransposed, into: field, rows, columns, columns)
    PinkFilter.standardize(field, count)
  }

  /// Subtracts the mean and divides by the population standard deviation, both accumulated in
  /// Float64; a constant field becomes zero.
  private static func standardize(_ field: UnsafeMutablePointer<Float>, _ count: Int) {
    var mean = 0.0
    for index in 0..<count { mean += Double(field[index]) }
    mean /= Double(count)
    var squares = 0.0
    for index in 0..<count {
      let z = Double(field[index]) - mean
      squares += z * z
    }
    let standardDeviation = (squares / Double(count)).squareRoot()
    let factor = standardDeviation > 0 ? 1 / standardDeviation : 0
    for index in 0..<count { field[index] = Float((Double(field[index]) - mean) * factor) }
  }

  /// `output = left right`: `[m, k]`, `[k, n]`, `[m, n]`, sums in order of `k`.
  private static func multiply(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, _ m: Int, _ k: Int, _ n: Int
  ) {
    for i in 0..<m {
      let row = output + i &* n
      var j = 0
      // Four accumulators of four columns stay in registers over the whole sum.
      while j &+ 16 <= n {
        tile(SIMD16<Float>.self, left + i &* k, right + j, row + j, k, n)
        j &+= 16
      }
      while j &+ 4 <= n {
        tile(SIMD4<Float>.self, left + i &* k, right + j, row + j, k, n)
        j &+= 4
      }
      while j < n {
        var sum: Float = 0
        for p in 0..<k { sum += left[i &* k &+ p] * right[p &* n &+ j] }
        row[j] = sum
        j &+= 1
      }
    }
  }

  @inline(__always)
  private static func tile<Vector: SIMD>(
    _: Vector.Type, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ k: Int, _ n: Int
  ) where Vector.Scalar == Float {
    var sum = Vector()
    for p in 0..<k {
      sum += left[p] * UnsafeRawPointer(right + p &* n).loadUnaligned(as: Vector.self)
    }
    UnsafeMutableRawPointer(output).storeBytes(of: sum, as: Vector.self)
  }

  /// The real orthonormal Fourier basis of `n` points, `[point, frequency]`: column 0 is constant,
  /// `2k - 1` and `2k` are cosine and sine of frequency `k / n`; for even `n` the last column is
  /// the alternating one.
  static func basis(_ n: Int) -> [Float] {
    (0..<n * n).map { index in
      let (point, column) = (index / n, index % n)
      let frequency = (column + 1) / 2
      let alone = frequency == 0 || 2 * frequency == n
      let scale = ((alone ? 1.0 : 2.0) / Double(n)).squareRoot()
      // A sine is a cosine a quarter turn later: sin(2 pi t) = cos(2 pi (t - 1/4)).
      let isSine = frequency > 0 && column == 2 * frequency
      let quarters = 4 * frequency * point - (isSine ? n : 0)
      return Float(scale * PortableMath.cosine(turns: quarters, over: 4 * n))
    }
  }

  private static func transposed(_ matrix: [Float], _ n: Int) -> [Float] {
    (0..<n * n).map { matrix[$0 % n * n + $0 / n] }
  }
}
