import TopoCompute

extension Reference {
  /// One step of an attack on a batch of images, and the normalized images after it:
  /// `clip(clean + project(from + size * direction(g) - clean))` with
  /// `g = gradient * B / standardDeviation[c]`.
  /// - Parameters:
  ///   - clean: `[B, channel, row, column]`, as are `from` and `gradient`.
  ///   - gradient: of the batch's mean loss with respect to normalized images; nil moves nothing.
  public static func attackStep(
    _ norm: AttackNorm, clean: Dense, from: Dense, gradient: Dense?, size: Double, radius: Double,
    mean: [Double], standardDeviation: [Double]
  ) -> (images: Dense, input: Dense) {
    let (batch, plane) = (clean.shape[0], clean.shape[2] * clean.shape[3])
    let count = clean.count / batch
    var (images, input) = (clean, clean)
    for image in 0..<batch {
      let places = image * count..<(image + 1) * count
      func channel(_ place: Int) -> Int { place / plane % mean.count }
      let slopes = places.map { place in
        (gradient?.values[place] ?? 0) * Double(batch) / standardDeviation[channel(place)]
      }
      let step = size * direction(slopes, norm)
      let moved = zip(places, step).map { from.values[$0] + $1 - clean.values[$0] }
      for (place, difference) in zip(places, project(moved, norm, radius: radius)) {
        images.values[place] = min(max(clean.values[place] + difference, 0), 1)
        input.values[place] =
          (images.values[place] - mean[channel(place)]) / standardDeviation[channel(place)]
      }
    }
    return (images, input)
  }

  private static func direction(_ slopes: [Double], _ norm: AttackNorm) -> [Double] {
    switch norm {
    case .linf: return slopes.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case .l2:
      let length = length(slopes)
      let hasDirection = length.isFinite && slopes.contains { abs($0) >= 1e-37 }
      return slopes.map { hasDirection ? $0 / length : 0 }
    }
  }

  private static func project(
    _ difference: [Double], _ norm: AttackNorm, radius: Double
  ) -> [Double] {
    switch norm {
    case .linf: return difference.map { min(max($0, -radius), radius) }
    case .l2:
      let length = length(difference)
      return length > radius ? (radius / length) * difference : difference
    }
  }

  private static func length(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

private func * (factor: Double, values: [Double]) -> [Double] { values.map { factor * $0 } }
