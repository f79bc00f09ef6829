import TopoFoundation

/// How much more each unit responds to a class of images than to all others.
///
/// With means and variances over the images of a class (on) and over all others (off):
/// `d' = (mean_on - mean_off) / sqrt((var_on + var_off) / 2)` and
/// `t = (mean_on - mean_off) / sqrt(var_on / n_on + var_off / n_off)`, both with variances of a whole
/// population (`ddof` 0) as in TDANN (Margalit et al. 2024), and Welch's t with those of a sample
/// (`ddof` 1). All are 0 if their denominator is. Welch's t is undefined if a sample is one image.
public struct ClassSelectivity: Sendable, Hashable {
  /// The denominator of d'.
  public enum Pooling: Sendable, Hashable {
    /// `sqrt((var_on + var_off) / 2)`.
    case variances
    /// `(sd_on + sd_off) / 2 + 1e-10`, as in All-TNN (Lu et al. 2023).
    case standardDeviations
  }

  /// Number of units.
  public let units: Int
  /// Number of classes.
  public let classes: Int
  /// Whether a class has images, and others do.
  public let isDefined: [Bool]
  /// Dense `[class, unit]`; 0 for classes that are not defined. NaN if a test is undefined.
  private let dPrimes: [Double]
  private let populationT: [Double]
  private let sampleT: [Double]
  private let pValues: [Double]

  /// The selectivity of all units of a layer.
  public init(_ activations: Activations, _ labels: ClassLabels, pooling: Pooling = .variances) {
    let (units, classes) = (activations.units, labels.classes)
    let moments = ClassMoments(activations, labels)
    let images = labels.values.count
    isDefined = labels.counts.map { $0 > 0 && $0 < images }
    var found = [[Double]](repeating: [], count: 4)
    let isDefined = isDefined
    let rows = parallelMap(classes) { label -> [[Double]] in
      guard isDefined[label] else {
        return [[Double]](repeating: [Double](repeating: 0, count: units), count: 3)
          + [[Double](repeating: .nan, count: units)]
      }
      var values = [[Double]](repeating: [], count: 4)
      for unit in 0..<units {
        let contrast = Contrast(moments.on(label, unit), moments.off(label, unit))
        values[0].append(contrast.dPrime(pooling))
        values[1].append(contrast.populationT)
        let welch = contrast.welch
        values[2].append(welch.t ?? .nan)
        values[3].append(welch.p ?? .nan)
      }
      return values
    }
    for row in rows {
      for index in 0..<4 { found[index] += row[index] }
    }
    (self.units, self.classes) = (units, classes)
    (dPrimes, populationT, sampleT, pValues) = (found[0], found[1], found[2], found[3])
  }

  /// d' of a unit for a class; nil for a class without images, or with all of them.
  public func dPrime(_ label: Int, _ unit: Int) -> Double? {
    isDefined[label] ? dPrimes[label * units + unit] : nil
  }

  /// t with variances of a population.
  public func t(_ label: Int, _ unit: Int) -> Double? {
    isDefined[label] ? populationT[label * units + unit] : nil
  }

  /// Welch's t; nil if the class, or all others together, have fewer than two images.
  public func welchT(_ label: Int, _ unit: Int) -> Double? {
    let value = sampleT[label * units + unit]
    return isDefined[label] && !value.isNaN ? value : nil
  }

  /// The two-sided p value of Welch's t; nil if it has no degrees of freedom.
  public func p(_ label: Int, _ unit: Int) -> Double? {
    let value = pValues[label * units + unit]
    return value.isNaN ? nil : value
  }

  /// The map of d' for a class, `[unit]`; nil for a class without images, or with all of them.
  public func map(_ label: Int) -> [Double]? {
    isDefined[label] ? Array(dPrimes[label * units..<(label + 1) * units]) : nil
  }

  /// Whether d' of a unit is 0 for all classes, as that of a unit with constant responses is.
  public func isUnselective(_ unit: Int) -> Bool {
    (0..<classes).allSatisfy { dPrimes[$0 * units + unit] == 0 }
  }

  /// The class with the largest d', the first one of equal ones; nil if d' is 0 for all classes.
  public func preferredClass(of unit: Int) -> Int? {
    guard !isUnselective(unit) else { return nil }
    return isDefined.indices.filter { isDefined[$0] }.reduce(nil) { best, label in
      guard let best else { return label }
      return dPrimes[label * units + unit] > dPrimes[best * units + unit] ? label : best
    }
  }
}
