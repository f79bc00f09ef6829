import TopoFoundation

/// Units whose responses single out a class: expert units.
///
/// A unit is an expert of class `c` if the average precision of its responses as a score of `c` is
/// at least a threshold.
///
/// ```swift
/// let experts = ExpertUnits(averagePrecisions: [[0.9, 0.2, 0.6], [0.1, 0.7, 0.5]])
/// experts.count(0.5)         // 3
/// experts.experts(of: 1, 0.5)  // [1, 2]
/// experts.multiple(0.5)      // 1: unit 2
/// experts.preferred          // [0, 1, 0]
/// ```
public struct ExpertUnits: Sendable, Hashable {
  /// Thresholds of the average precision in results.
  public static let thresholds = [0.5, 0.7, 0.9, 0.95]

  /// `[class][unit]`; nil for a class without images.
  public let averagePrecisions: [[Double]?]
  /// By unit: the class with its largest average precision, the first of equal ones; nil if no
  /// class has images.
  public let preferred: [Int?]
  /// By unit: its largest average precision; nil if no class has images.
  public let best: [Double?]

  /// The experts among units of known average precisions, `[class][unit]`.
  public init(averagePrecisions: [[Double]?]) {
    self.averagePrecisions = averagePrecisions
    let units = averagePrecisions.compactMap { $0?.count }.first ?? 0
    var preferred = [Int?](repeating: nil, count: units)
    var best = [Double?](repeating: nil, count: units)
    for (label, row) in averagePrecisions.enumerated() {
      guard let row else { continue }
      precondition(row.count == units, "one value per unit")
      for unit in 0..<units where row[unit] > best[unit] ?? -1 {
        (preferred[unit], best[unit]) = (label, row[unit])
      }
    }
    (self.preferred, self.best) = (preferred, best)
  }

  /// Number of units.
  public var units: Int { best.count }

  /// Indices of the units that are experts of a class, ascending; none for a class without images.
  public func experts(of label: Int, _ threshold: Double) -> [Int] {
    guard let row = averagePrecisions[label] else { return [] }
    return row.indices.filter { row[$0] >= threshold }
  }

  /// Number of units that are experts of at least one class.
  public func count(_ threshold: Double) -> Int {
    best.count { ($0 ?? -1) >= threshold }
  }

  /// Number of units that are experts of more than one class.
  public func multiple(_ threshold: Double) -> Int {
    var classes = [Int](repeating: 0, count: units)
    for row in averagePrecisions {
      guard let row else { continue }
      for unit in 0..<units where row[unit] >= threshold { classes[unit] += 1 }
    }
    return classes.count { $0 > 1 }
  }

  /// Number of experts of each class; nil for a class without images. A unit counts for every
  /// class of which it is an expert.
  public func counts(_ threshold: Double) -> [Int?] {
    averagePrecisions.map { row in row.map { $0.count { $0 >= threshold } } }
  }

  /// Number of units whose largest average precision is **above** each threshold 0.500, 0.501, ...,
  /// 1.000.
  public var curve: [(threshold: Double, units: Int)] {
    let sorted = best.compactMap { $0 }.sorted()
    var below = 0
    return (500...1000).map { step in
      let threshold = Double(step) / 1000
      while below < sorted.count, sorted[below] <= threshold { below += 1 }
      return (threshold, sorted.count - below)
    }
  }

  /// Inequality of the numbers of experts of the classes that have images: 0 if all have equally
  /// many, `1 - 1 / classes` if one has all.
  public func gini(_ threshold: Double) -> MeasuredValue {
    let counts = counts(threshold).compactMap { $0.map(Double.init) }
    guard counts.contains(where: { $0 > 0 }) else { return .undefined("no experts") }
    return Gini.coefficient(counts)
  }

  /// Mean over classes with images of the largest average precision of any unit.
  public var largestByClass: MeasuredValue {
    let largest = averagePrecisions.compactMap { $0?.max() }
    guard !largest.isEmpty else { return .undefined("no class has images") }
    return MeasuredValue(Statistics.mean(largest))
  }
}
