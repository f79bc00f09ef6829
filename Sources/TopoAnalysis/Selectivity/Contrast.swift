import TopoFoundation
import TopoStatistics

/// Two samples of responses, compared.
struct Contrast {
  /// A sample, as its size, mean and sum of squared differences from the mean.
  struct Sample {
    var count: Double
    var mean: Double
    var squares: Double

    /// No responses.
    static let none = Sample(count: 0, mean: 0, squares: 0)

    /// Both samples together.
    func merged(_ other: Sample) -> Sample {
      guard count > 0 else { return other }
      guard other.count > 0 else { return self }
      let total = count + other.count
      let difference = other.mean - mean
      return Sample(
        count: total, mean: mean + difference * (other.count / total),
        squares: squares + other.squares + difference * difference * (count * other.count / total))
    }
  }

  let on: Sample
  let off: Sample

  init(_ on: Sample, _ off: Sample) { (self.on, self.off) = (on, off) }

  private var difference: Double { on.mean - off.mean }

  func dPrime(_ pooling: ClassSelectivity.Pooling) -> Double {
    let (a, b) = (on.squares / on.count, off.squares / off.count)
    switch pooling {
    case .variances: return ratio(((a + b) / 2).squareRoot())
    case .standardDeviations: return difference / ((a.squareRoot() + b.squareRoot()) / 2 + 1e-10)
    }
  }

  /// With variances of a whole population.
  var populationT: Double {
    ratio(
      (on.squares / (on.count * on.count) + off.squares / (off.count * off.count)).squareRoot())
  }

  /// With variances of a sample, and its two-sided p value by the degrees of freedom of Welch and
  /// Satterthwaite. Both are nil if a sample has one image and thus no variance. If both variances
  /// are 0, t is 0 and there is no p value.
  var welch: (t: Double?, p: Double?) {
    guard on.count > 1, off.count > 1 else { return (nil, nil) }
    let a = on.squares / (on.count - 1) / on.count
    let b = off.squares / (off.count - 1) / off.count
    guard a + b > 0 else { return (0, nil) }
    let t = difference / (a + b).squareRoot()
    let degrees = (a + b) * (a + b) / (a * a / (on.count - 1) + b * b / (off.count - 1))
    guard degrees.isFinite, degrees > 0 else { return (t, nil) }
    return (t, StudentT.twoSidedP(t, degreesOfFreedom: degrees))
  }

  private func ratio(_ denominator: Double) -> Double {
    denominator > 0 ? difference / denominator : 0
  }
}
