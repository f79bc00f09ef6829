extension FeatureMatrix {
  /// Mean responses to the classes with images, ascending: a row per class, a column per unit.
  /// - Parameter isRectified: whether responses are rectified before the mean.
  init(classMeansOf activations: Activations, _ labels: ClassLabels, isRectified: Bool = false) {
    let units = activations.units
    let labels = labels.compact
    var sums = [Double](repeating: 0, count: labels.classes * units)
    sums.withUnsafeMutableBufferPointer { sums in
      activations.values.withUnsafeBufferPointer { values in
        for image in 0..<activations.images {
          let row = Int(labels.values[image]) * units
          for unit in 0..<units {
            let value = Double(values[image * units + unit])
            sums[row + unit] += isRectified ? max(value, 0) : value
          }
        }
      }
    }
    for label in 0..<labels.classes {
      for unit in 0..<units { sums[label * units + unit] /= Double(labels.counts[label]) }
    }
    self.init(sums, columns: units)
  }

  /// The values of a row.
  func row(_ index: Int) -> [Double] { Array(values[index * columns..<(index + 1) * columns]) }
}
