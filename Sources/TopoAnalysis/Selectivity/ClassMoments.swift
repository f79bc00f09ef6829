/// Means and squared differences of responses by class, in two passes.
struct ClassMoments: Sendable {
  private let units: Int
  private let counts: [Int]
  /// Dense `[class, unit]`: means and sums of squared differences from them.
  private let means: [Double]
  private let squares: [Double]

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
    (self.units, counts, self.means, self.squares) = (units, labels.counts, means, squares)
  }

  /// The images of a class.
  func on(_ label: Int, _ unit: Int) -> Contrast.Sample {
    let index = label * units + unit
    return sample(Double(counts[label]), means[index], squares[index])
  }

  /// The images of all other classes.
  func off(_ label: Int, _ unit: Int) -> Contrast.Sample {
    var (count, sum) = (0, 0.0)
    for other in counts.indices where other != label {
      count += counts[other]
      sum += Double(counts[other]) * means[other * units + unit]
    }
    let mean = sum / Double(count)
    var total = 0.0
    for other in counts.indices where other != label && counts[other] > 0 {
      let index = other * units + unit
      let difference = means[index] - mean
      total += squares[index] + Double(counts[other]) * difference * difference
    }
    return sample(Double(count), mean, total)
  }

  /// Squares that the rounding of equal responses explains are 0.
  private func sample(_ count: Double, _ mean: Double, _ squares: Double) -> Contrast.Sample {
    .init(count: count, mean: mean, squares: squares > 1e-24 * count * mean * mean ? squares : 0)
  }
}
