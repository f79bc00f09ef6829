import TopoFoundation

/// How far the most active units are from each other, per image: functional localization without
/// correlations.
///
/// Of each image the `top` most active units count, of those above 0 after ReLU, equal ones by
/// index; images with fewer than two of them are skipped. The measure is the mean distance of their
/// pairs, averaged over images. Its null permutes the places of the units that are above 0 for any
/// image.
public struct CoactivationDistance: Sendable {
  /// Number of images with at least two active units.
  public let images: Int
  /// Number of images that are skipped.
  public let undefined: Int
  /// By pair `first < second`, dense `[unit, unit]`: the sum over images of the weight of the pair.
  private let weights: [Double]
  private let members: [Int]
  private let distances: UnitDistances

  /// The measure for a layer.
  /// - Parameters:
  ///   - rectified: responses after ReLU.
  ///   - top: how many units of an image count; by default a tenth of all, rounded up.
  public init(_ rectified: Activations, _ distances: UnitDistances, top: Int? = nil) {
    let units = rectified.units
    let top = top ?? (units + 9) / 10
    let chunk = 64
    // Active units of each image in chunks of images.
    let chunks = parallelMap((rectified.images + chunk - 1) / chunk) { index in
      (index * chunk..<min((index + 1) * chunk, rectified.images)).map {
        Self.active(rectified, image: $0, top: top)
      }
    }
    var weights = [Double](repeating: 0, count: units * units)
    var images = 0
    weights.withUnsafeMutableBufferPointer { weights in
      for active in chunks.joined() where active.count > 1 {
        images += 1
        let weight = 2 / Double(active.count * (active.count - 1))
        for (position, first) in active.enumerated() {
          let row = Int(first) * units
          for second in active[(position + 1)...] { weights[row + Int(second)] += weight }
        }
      }
    }
    var isActive = [Bool](repeating: false, count: units)
    for image in 0..<rectified.images {
      for unit in 0..<units where rectified[image, unit] > 0 { isActive[unit] = true }
    }
    members = isActive.indices.filter { isActive[$0] }
    (self.images, undefined) = (images, rectified.images - images)
    (self.weights, self.distances) = (weights, distances)
  }

  /// The most active units of an image, by ascending index.
  private static func active(_ layer: Activations, image: Int, top: Int) -> [Int32] {
    let row = image * layer.units
    var units = (0..<Int32(layer.units)).filter { layer.values[row + Int($0)] > 0 }
    if units.count > top {
      units.sort { first, second in
        let (a, b) = (layer.values[row + Int(first)], layer.values[row + Int(second)])
        return a > b || (a == b && first < second)
      }
      units = units.prefix(top).sorted()
    }
    return units
  }

  /// The measure; undefined if no image has two active units.
  public var value: MeasuredValue {
    guard images > 0 else { return .undefined("no image has two active units") }
    return MeasuredValue(mean((0..<Int32(distances.units)).map { $0 }))
  }

  /// The measure beside its null; nil if it is undefined.
  public func null(_ permutations: Permutations) -> PermutationNull? {
    guard let observed = value.number else { return nil }
    let values = permutations.map(members: members, of: distances.units, mean)
    return PermutationNull(observed: observed, values: values, tail: .lower)
  }

  private func mean(_ places: [Int32]) -> Double {
    let units = distances.units
    var sum = 0.0
    distances.values.withUnsafeBufferPointer { table in
      weights.withUnsafeBufferPointer { weights in
        for (position, first) in members.enumerated() {
          let (row, place) = (first * units, Int(places[first]) * units)
          for second in members[(position + 1)...] {
            sum += weights[row + second] * table[place + Int(places[second])]
          }
        }
      }
    }
    return sum / Double(images)
  }
}
