/// Means and squared differences of responses by class, in two passes.
///
/// The images of all other classes are those of the classes before and after. Both are merged
/// (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983) rather than
/// subtracting a class from the total, which would leave rounding instead of a variance of 0.
struct ClassMoments: Sendable {
  private let units: Int
  private let counts: [Int]
  /// Dense `[class, unit]`: means and sums of squared differences from them.
  private let means: [Double]
  private let squares: [Double]
  /// Dense `[class, unit]`: the images of all classes before a class, and of all after it.
  private let before: [Contrast.Sample]
  private let after: [Contrast.Sample]

  init(_ activations: Activations, _ labels: ClassLabels) {
    let units = activations.units
    var means = [Double](repeating: 0, count: labels.classes * units)
    var squares = means
    activations.values.withUnsafeBufferPointer { values in
      means.withUnsafeMutableBufferPointer { means in
        for (image, label) in labels.values.enumerated() {
          let (row, target) = (image * units, Int(label) * units)
          for unit in 0..<units { means[target + unit] += Double(values[row + unit]) }
        }
        for (label, count) in labels.counts.enumerated() where count > 0 {
          for unit in 0..<units { means[label * units + unit] /= Double(count) }
        }
        squares.withUnsafeMutableBufferPointer { squares in
          for (image, label) in labels.values.enumerated() {
            let (row, target) = (image * units, Int(label) * units)
            for unit in 0..<units {
              let difference = Double(values[row + unit]) - means[target + unit]
              squares[target + unit] += difference * difference
            }
          }
        }
      }
    }
    let counts = labels.counts
    (self.units, self.counts, self.means, self.squares) = (units, counts, means, squares)
    func merged(_ order: some Sequence<Int>) -> [Contrast.Sample] {
      var totals = [Contrast.Sample](repeating: .none, count: units)
      var all = [Contrast.Sample](repeating: .none, count: means.count)
      for label in order {
        for unit in 0..<units {
          let index = label * units + unit
          all[index] = totals[unit]
          totals[unit] = totals[unit].merged(
            .init(count: Double(counts[label]), mean: means[index], squares: squares[index]))
        }
      }
      return all
    }
    before = merged(counts.indices)
    after = merged(counts.indices.reversed())
  }

  /// The images of a class.
  func on(_ label: Int, _ unit: Int) -> Contrast.Sample {
    let index = label * units + unit
    return sample(Double(counts[label]), means[index], squares[index])
  }

  /// The images of all other classes.
  func off(_ label: Int, _ unit: Int) -> Contrast.Sample {
    let index = label * units + unit
    let others = before[index].merged(after[index])
    return sample(others.count, others.mean, others.squares)
  }

  /// Squares that the rounding of equal responses explains are 0.
  private func sample(_ count: Double, _ mean: Double, _ squares: Double) -> Contrast.Sample {
    .init(count: count, mean: mean, squares: squares > 1e-24 * count * mean * mean ? squares : 0)
  }
}
