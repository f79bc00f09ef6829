import Dispatch

/// Scalar products of the rows of a matrix with each other.
enum RowProducts {
  /// `X X^T` of a matrix `[rows, columns]`, dense `[rows, rows]`.
  ///
  /// Each product is summed in eight lanes over the columns, in order, and the lanes are added in
  /// order at the end, so that its bits depend on the two rows alone.
  static func matrix(_ values: [Double], rows: Int, columns: Int) -> [Double] {
    var products = [Double](repeating: 0, count: rows * rows)
    let blocks = (rows + block - 1) / block
    values.withUnsafeBufferPointer { source in
      products.withUnsafeMutableBufferPointer { target in
        let shared = Shared(source: source, target: target)
        DispatchQueue.concurrentPerform(iterations: blocks * (blocks + 1) / 2) { index in
          // Pairs of blocks, `first <= second`.
          var (first, left) = (0, index)
          while left >= blocks - first { (first, left) = (first + 1, left - (blocks - first)) }
          let second = first + left
          for row in range(first, rows) {
            for other in range(second, rows) where other >= row {
              let product = product(shared.source, row * columns, other * columns, columns)
              shared.target[row * rows + other] = product
              shared.target[other * rows + row] = product
            }
          }
        }
      }
    }
    return products
  }

  /// Rows of a block: their values stay in the cache while the rows of another block pass.
  private static let block = 16

  private static func range(_ block: Int, _ rows: Int) -> Range<Int> {
    block * Self.block..<min((block + 1) * Self.block, rows)
  }

  /// The product of two rows that begin at `first` and `second`.
  static func product(
    _ values: UnsafeBufferPointer<Double>, _ first: Int, _ second: Int, _ count: Int
  ) -> Double {
    guard let start = values.baseAddress else { return 0 }
    var lanes = SIMD8<Double>()
    let whole = count / 8 * 8
    let (a, b) = (UnsafeRawPointer(start + first), UnsafeRawPointer(start + second))
    for index in stride(from: 0, to: whole * 8, by: 64) {
      lanes +=
        a.loadUnaligned(fromByteOffset: index, as: SIMD8<Double>.self)
        * b.loadUnaligned(fromByteOffset: index, as: SIMD8<Double>.self)
    }
    var sum = 0.0
    for lane in 0..<8 { sum += lanes[lane] }
    for index in whole..<count { sum += values[first + index] * values[second + index] }
    return sum
  }

  private struct Shared: @unchecked Sendable {
    let source: UnsafeBufferPointer<Double>
    let target: UnsafeMutableBufferPointer<Double>
  }
}
