/// Mean activations of a sheet's units over the images of each class.
public struct ClassMeans: Sendable, Hashable {
  /// By class, then by unit; nil for a class without images.
  public let means: [[Double]?]

  /// - Parameters:
  ///   - sheet: activations, dense `[image, unit]`.
  ///   - labels: the class of each image.
  public init(sheet: [Float], labels: [Int32], classes: Int) {
    let units = labels.isEmpty ? 0 : sheet.count / labels.count
    var sums = [[Double]](repeating: [Double](repeating: 0, count: units), count: classes)
    var counts = [Int](repeating: 0, count: classes)
    for (image, label) in labels.enumerated() {
      counts[Int(label)] += 1
      for unit in 0..<units { sums[Int(label)][unit] += Double(sheet[image * units + unit]) }
    }
    means = zip(sums, counts).map { sums, count in
      count == 0 ? nil : sums.map { $0 / Double(count) }
    }
  }

  /// For each class and unit, the mean minus the unit's mean over classes. It is positive if the
  /// unit responds more to the class than to the others.
  public var tuning: [[Double]?] {
    let known = means.compactMap { $0 }
    guard let units = known.first?.count else { return means }
    let average = (0..<units).map { unit in
      known.reduce(0) { $0 + $1[unit] } / Double(known.count)
    }
    return means.map { means in means.map { zip($0, average).map { $0 - $1 } } }
  }

  /// For each unit, the class with the largest mean, the first one on ties; nil without images.
  public var preferred: [Int]? {
    guard let units = means.compactMap({ $0 }).first?.count else { return nil }
    return (0..<units).map { unit in
      var best = (label: 0, value: -Double.infinity)
      for (label, means) in means.enumerated() {
        if let value = means?[unit], value > best.value { best = (label, value) }
      }
      return best.label
    }
  }
}
