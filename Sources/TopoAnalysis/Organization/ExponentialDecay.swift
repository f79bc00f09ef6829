import Foundation
import TopoFoundation
import TopoStatistics

/// A fit of values that decay with distance: `r(d) = c + a exp(-d / l)`, by least squares.
///
/// For each length `l` the best `a` and `c` are a linear regression. `l` is searched on a
/// logarithmic grid of 60 lengths from 0.2 to 50 steps, then by golden sections around the best.
public struct ExponentialDecay: Sendable, Hashable {
  /// The length constant `l`, in the unit of distances. Undefined if the values do not decay
  /// (`a <= 0`), if the fit explains less than 1% of their variance, or if the best length is at an
  /// end of the grid.
  public let length: MeasuredValue
  /// `a`: the height of the decay at distance 0.
  public let amplitude: MeasuredValue
  /// `c`: the value far away.
  public let offset: MeasuredValue
  /// The fraction of the variance of the values that the fit explains.
  public let rSquared: MeasuredValue

  /// The fit of values at distances.
  /// - Parameter step: the distance of a step; nil if all distances are 0.
  public init(distances: [Double], values: [Double], step: Double? = 1) {
    let data = Groups(distances: distances, values: values)
    guard let step, data.distances.count > 2 else {
      self.init(undefined: "fewer than three different distances")
      return
    }
    let total = data.between + data.within
    guard total > 1e-24 * (total + data.count * data.mean * data.mean) else {
      self.init(undefined: "all values are equal")
      return
    }
    let steps = 60
    let (low, high) = (log(0.2 * step), log(50 * step))
    let grid = (0..<steps).map { low + (high - low) * Double($0) / Double(steps - 1) }
    let residuals = grid.map { data.fit(exp($0)).residual }
    guard let best = residuals.indices.min(by: { residuals[$0] < residuals[$1] }),
      residuals[best].isFinite
    else {
      self.init(undefined: "no length can be fitted")
      return
    }
    var (left, right) = (grid[max(best - 1, 0)], grid[min(best + 1, steps - 1)])
    let ratio = (5.0.squareRoot() - 1) / 2
    var (a, b) = (right - ratio * (right - left), left + ratio * (right - left))
    var (atA, atB) = (data.fit(exp(a)).residual, data.fit(exp(b)).residual)
    while right - left > 1e-10 {
      if atA <= atB {
        (right, b, atB) = (b, a, atA)
        a = right - ratio * (right - left)
        atA = data.fit(exp(a)).residual
      } else {
        (left, a, atA) = (a, b, atB)
        b = left + ratio * (right - left)
        atB = data.fit(exp(b)).residual
      }
    }
    let logarithm = (left + right) / 2
    let fit = data.fit(exp(logarithm))
    let explained = 1 - (fit.residual + data.within) / total
    let length: MeasuredValue
    if fit.amplitude <= 0 {
      length = .undefined("values do not decay with distance")
    } else if explained < 0.01 {
      length = .undefined("the fit explains less than 1% of the variance")
    } else if logarithm - low < 1e-6 || high - logarithm < 1e-6 {
      length = .undefined("the best length is not between 0.2 and 50 steps")
    } else {
      length = MeasuredValue(exp(logarithm))
    }
    self.init(
      length, MeasuredValue(fit.amplitude), MeasuredValue(fit.offset), MeasuredValue(explained))
  }

  private init(undefined reason: String) {
    let value = MeasuredValue.undefined(reason)
    self.init(value, value, value, value)
  }

  private init(
    _ length: MeasuredValue, _ amplitude: MeasuredValue, _ offset: MeasuredValue,
    _ rSquared: MeasuredValue
  ) {
    (self.length, self.amplitude, self.offset) = (length, amplitude, offset)
    self.rSquared = rSquared
  }

  /// Values with the same distance in groups: a sheet has few different distances.
  private struct Groups {
    var distances: [Double] = []
    var sizes: [Double] = []
    /// Means of the values of each group.
    var means: [Double] = []
    /// Number of values, and their mean.
    var count = 0.0
    var mean = 0.0
    /// Sums of squares between groups and within them.
    var between = 0.0
    var within = 0.0

    init(distances all: [Double], values: [Double]) {
      let order = Ranks.ascending(all)
      for index in order {
        let distance = all[Int(index)]
        if distances.last != distance {
          distances.append(distance)
          sizes.append(0)
          means.append(0)
        }
        sizes[sizes.count - 1] += 1
        means[means.count - 1] += values[Int(index)]
        mean += values[Int(index)]
      }
      count = Double(values.count)
      mean /= max(count, 1)
      for group in means.indices { means[group] /= sizes[group] }
      var group = 0
      for index in order {
        if all[Int(index)] != distances[group] { group += 1 }
        let difference = values[Int(index)] - means[group]
        within += difference * difference
      }
      for (size, value) in zip(sizes, means) { between += size * (value - mean) * (value - mean) }
    }

    /// The best amplitude and offset for a length, and the squares that are left between groups.
    func fit(_ length: Double) -> (amplitude: Double, offset: Double, residual: Double) {
      let decay = distances.map { exp(-$0 / length) }
      var center = 0.0
      for (size, value) in zip(sizes, decay) { center += size * value }
      center /= count
      var (products, squares) = (0.0, 0.0)
      for group in decay.indices {
        let x = decay[group] - center
        products += sizes[group] * x * (means[group] - mean)
        squares += sizes[group] * x * x
      }
      guard squares > 0 else { return (0, mean, .infinity) }
      let amplitude = products / squares
      var residual = 0.0
      for group in decay.indices {
        let rest = means[group] - mean - amplitude * (decay[group] - center)
        residual += sizes[group] * rest * rest
      }
      return (amplitude, mean - amplitude * center, residual)
    }
  }
}
