import TopoFoundation

/// Sarle's bimodality coefficient with the correction for finite samples (SAS; Pfister et al.,
/// "Good things peak in pairs", Front. Psychol. 4, 2013).
///
/// `BC = (G1^2 + 1) / (G2 + 3 (n - 1)^2 / ((n - 2) (n - 3)))` with the sample skewness
/// `G1 = g1 sqrt(n (n - 1)) / (n - 2)` and excess kurtosis
/// `G2 = (n - 1) / ((n - 2) (n - 3)) ((n + 1) g2 + 6)`. A uniform distribution has 5/9; two modes
/// have more, but so has a skewed distribution with one.
public enum BimodalityCoefficient {
  /// The coefficient; undefined for fewer than four values and for equal ones.
  public static func value(of values: [Double]) -> MeasuredValue {
    guard values.count > 3 else { return .undefined("fewer than four values") }
    let n = Double(values.count)
    let mean = Statistics.mean(values)
    var (second, third, fourth, squares) = (0.0, 0.0, 0.0, 0.0)
    for value in values {
      let z = value - mean
      second += z * z
      third += z * z * z
      fourth += z * z * z * z
      squares += value * value
    }
    guard second > 1e-24 * squares else { return .undefined("all values are equal") }
    (second, third, fourth) = (second / n, third / n, fourth / n)
    let g1 = third / (second * second.squareRoot())
    let g2 = fourth / (second * second) - 3
    let skewness = g1 * (n * (n - 1)).squareRoot() / (n - 2)
    let kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    return MeasuredValue(
      (skewness * skewness + 1) / (kurtosis + 3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3))))
  }
}
