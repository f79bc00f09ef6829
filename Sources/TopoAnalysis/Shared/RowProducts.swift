import Dispatch

/// Scalar products of the rows of matrices.
enum RowProducts {
  /// `A B^T`, dense `[row of A, row of B]`, of matrices with the same columns.
  ///
  /// A product is the sum over runs of 512 columns, each summed in four lanes that are added in
  /// order. Its bits depend on its two rows alone.
  static func matrix(_ first: FeatureMatrix, _ second: FeatureMatrix) -> [Double] {
    precondition(first.columns == second.columns, "rows of one length")
    return matrix(first, second, isSymmetric: false)
  }

  /// `A A^T`, dense `[row, row]`, in half of the steps; the same bits as those of `A` with itself.
  static func matrix(_ rows: FeatureMatrix) -> [Double] {
    var products = matrix(rows, rows, isSymmetric: true)
    for row in 0..<rows.rows {
      for other in 0..<row { products[row * rows.rows + other] = products[other * rows.rows + row] }
    }
    return products
  }

  private static func matrix(
    _ first: FeatureMatrix, _ second: FeatureMatrix, isSymmetric: Bool
  ) -> [Double] {
    var products = [Double](repeating: 0, count: first.rows * second.rows)
    first.values.withUnsafeBufferPointer { a in
      second.values.withUnsafeBufferPointer { b in
        products.withUnsafeMutableBufferPointer { target in
          guard let a = a.baseAddress, let b = b.baseAddress, let target = target.baseAddress
          else { return }
          let operands = Operands(
            a: a, b: b, target: target, rows: first.rows, others: second.rows,
            columns: first.columns)
          DispatchQueue.concurrentPerform(iterations: (first.rows + 15) / 16) {
            operands.multiply(
              $0 * 16..<min($0 * 16 + 16, operands.rows), from: isSymmetric ? $0 * 16 : 0)
          }
        }
      }
    }
    return products
  }

  /// The product of two rows of a matrix, with the same bits as in `matrix`.
  static func product(
    _ values: [Double], rows: (first: Int, second: Int), columns: Int
  ) -> Double {
    var product = 0.0
    values.withUnsafeBufferPointer { values in
      withUnsafeMutablePointer(to: &product) { target in
        guard let start = values.baseAddress else { return }
        let operands = Operands(
          a: start + rows.first * columns, b: start + rows.second * columns, target: target,
          rows: 1, others: 1, columns: columns)
        operands.multiply(0..<1, from: 0)
      }
    }
    return product
  }

  /// Addresses that workers share. Each writes other rows of the target.
  private struct Operands: @unchecked Sendable {
    let a: UnsafePointer<Double>
    let b: UnsafePointer<Double>
    let target: UnsafeMutablePointer<Double>
    let rows: Int
    let others: Int
    let columns: Int

    /// The products of some rows with the other matrix's rows from `least` on.
    func multiply(_ range: Range<Int>, from least: Int) {
      for start in stride(from: 0, to: columns, by: 512) {
        let count = min(512, columns - start)
        for other in stride(from: least, to: others, by: 2) {
          for row in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
            if other + 1 < others, row + 1 < range.upperBound {
              square(row, other, start, count)
            } else {
              for i in row..<min(row + 2, range.upperBound) {
                for j in other..<min(other + 2, others) { single(i, j, start, count) }
              }
            }
          }
        }
      }
    }

    /// Two rows with two rows: half as many loads as one with one.
    private func square(_ row: Int, _ other: Int, _ start: Int, _ count: Int) {
      let (a0, b0) = (a + row * columns + start, b + other * columns + start)
      let (a1, b1) = (a0 + columns, b0 + columns)
      var (s00, s01) = (SIMD4<Double>(), SIMD4<Double>())
      var (s10, s11) = (SIMD4<Double>(), SIMD4<Double>())
      let whole = count & ~3
      for index in stride(from: 0, to: whole, by: 4) {
        let (x0, x1) = (four(a0 + index), four(a1 + index))
        let (y0, y1) = (four(b0 + index), four(b1 + index))
        s00 += x0 * y0
        s01 += x0 * y1
        s10 += x1 * y0
        s11 += x1 * y1
      }
      add(s00, a0, b0, whole, count, row, other)
      add(s01, a0, b1, whole, count, row, other + 1)
      add(s10, a1, b0, whole, count, row + 1, other)
      add(s11, a1, b1, whole, count, row + 1, other + 1)
    }

    private func single(_ row: Int, _ other: Int, _ start: Int, _ count: Int) {
      let (x, y) = (a + row * columns + start, b + other * columns + start)
      var lanes = SIMD4<Double>()
      let whole = count & ~3
      for index in stride(from: 0, to: whole, by: 4) { lanes += four(x + index) * four(y + index) }
      add(lanes, x, y, whole, count, row, other)
    }

    private func four(_ address: UnsafePointer<Double>) -> SIMD4<Double> {
      UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Double>.self)
    }

    private func add(
      _ lanes: SIMD4<Double>, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ whole: Int,
      _ count: Int, _ row: Int, _ other: Int
    ) {
      var sum = lanes[0] + lanes[1] + lanes[2] + lanes[3]
      for index in whole..<count { sum += x[index] * y[index] }
      target[row * others + other] += sum
    }
  }
}
