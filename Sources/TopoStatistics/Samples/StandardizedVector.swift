import TopoFoundation

/// Values minus their mean, scaled to length 1, so that products are correlations.
package struct StandardizedVector: Sendable {
  /// Nil if the values are constant: variance at most 1e-12 of their mean square.
  package let values: [Double]?

  package init(_ numbers: [Double]) {
    var (sum, total) = (0.0, 0.0)
    for value in numbers {
      sum += value
      total += value * value
    }
    let mean = sum / Double(numbers.count)
    var squares = 0.0
    var centered = numbers
    centered.withUnsafeMutableBufferPointer { values in
      for index in values.indices {
        values[index] -= mean
        squares += values[index] * values[index]
      }
    }
    guard numbers.count > 1, squares > 1e-12 * total else {
      values = nil
      return
    }
    let scale = 1 / squares.squareRoot()
    centered.withUnsafeMutableBufferPointer { values in
      for index in values.indices { values[index] *= scale }
    }
    values = centered
  }

  /// Pearson's correlation of the values of two vectors of one length.
  package func correlation(with other: StandardizedVector) -> MeasuredValue {
    guard let values, let others = other.values else { return .undefined("constant values") }
    precondition(values.count == others.count, "vectors of one length")
    let sum = values.withUnsafeBufferPointer { a in
      others.withUnsafeBufferPointer { b in
        // Eight lanes, added in order.
        var lanes = SIMD8<Double>()
        let whole = a.count & ~7
        if let a = UnsafeRawPointer(a.baseAddress), let b = UnsafeRawPointer(b.baseAddress) {
          for index in stride(from: 0, to: whole * 8, by: 64) {
            lanes +=
              a.loadUnaligned(fromByteOffset: index, as: SIMD8<Double>.self)
              * b.loadUnaligned(fromByteOffset: index, as: SIMD8<Double>.self)
          }
        }
        var sum = 0.0
        for lane in 0..<8 { sum += lanes[lane] }
        for index in whole..<a.count { sum += a[index] * b[index] }
        return sum
      }
    }
    return .value(min(max(sum, -1), 1))
  }
}
