import TopoFoundation

extension MoransI {
  /// Moran's I averaged over many maps.
  public struct Average: Sendable, Hashable {
    /// Mean over the maps that have a value.
    public var mean: MeasuredValue
    /// Maps without a value, which the mean skips.
    public var undefined: Int
  }

  /// Mean over maps.
  /// - Parameter maps: `[n, units]`, one map after the other.
  public func average(of maps: [Float]) -> Average {
    maps.withUnsafeBufferPointer { average(of: $0) }
  }

  /// Mean over maps.
  /// - Parameter maps: `[n, units]`, one map after the other.
  public func average(of maps: UnsafeBufferPointer<Float>) -> Average {
    var (sum, defined, undefined) = (0.0, 0, 0)
    var reason = "no maps"
    forEachValue(of: maps) { value in
      switch value {
      case .value(let number):
        sum += number
        defined += 1
      case .undefined(let why):
        undefined += 1
        reason = why
      }
    }
    return Average(
      mean: defined > 0 ? MeasuredValue(sum / Double(defined)) : .undefined(reason),
      undefined: undefined)
  }

  /// Moran's I of each map.
  /// - Parameter maps: `[n, units]`, one map after the other.
  public func values(of maps: [Float]) -> [MeasuredValue] {
    var values: [MeasuredValue] = []
    maps.withUnsafeBufferPointer { maps in forEachValue(of: maps) { values.append($0) } }
    return values
  }

  /// Calls `body` with the value of each map, in order. Eight maps are computed side by side, one
  /// in each lane, so that the sums over units are the same as for one map.
  private func forEachValue(
    of maps: UnsafeBufferPointer<Float>, _ body: (MeasuredValue) -> Void
  ) {
    precondition(
      units > 0 && maps.count.isMultiple(of: units), "maps have one value per unit each")
    let count = maps.count / units
    guard let start = maps.baseAddress else { return }
    withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: units) { lanes in
      for first in stride(from: 0, to: count, by: 8) {
        let used = min(8, count - first)
        // Lanes beyond the end repeat the last map.
        func lane(_ index: Int) -> UnsafePointer<Float> {
          start + (first + min(index, used - 1)) * units
        }
        let (a, b, c, d) = (lane(0), lane(1), lane(2), lane(3))
        let (e, f, g, h) = (lane(4), lane(5), lane(6), lane(7))
        var mean = SIMD8<Double>()
        for unit in 0..<units {
          let values = SIMD8<Double>(
            SIMD8(a[unit], b[unit], c[unit], d[unit], e[unit], f[unit], g[unit], h[unit]))
          lanes[unit] = values
          mean += values
        }
        mean /= SIMD8(repeating: Double(units))
        var squares = SIMD8<Double>()
        for unit in 0..<units {
          let z = lanes[unit] - mean
          lanes[unit] = z
          squares += z * z
        }
        let products = neighborProducts(UnsafeBufferPointer(lanes))
        for lane in 0..<used {
          body(result(mean: mean[lane], squares: squares[lane], products: products[lane]))
        }
      }
    }
  }

  /// `sum_u w_u z_u sum_{v in N(u)} z_v`, for eight maps at a time.
  private func neighborProducts(_ z: UnsafeBufferPointer<SIMD8<Double>>) -> SIMD8<Double> {
    var sum = SIMD8<Double>()
    starts.withUnsafeBufferPointer { starts in
      neighbors.withUnsafeBufferPointer { neighbors in
        weights.withUnsafeBufferPointer { weights in
          for unit in 0..<z.count {
            var around = SIMD8<Double>()
            for index in starts[unit]..<starts[unit + 1] { around += z[neighbors[index]] }
            sum += weights[unit] * z[unit] * around
          }
        }
      }
    }
    return sum
  }
}
