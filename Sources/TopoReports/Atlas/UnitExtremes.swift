import TopoAnalysis

/// The images to which a unit responds most and least.
struct UnitExtremes: Sendable, Hashable {
  /// Indices of images, the largest response first. Of equal responses, the first image is first.
  let best: [Int]
  /// Indices of images, the smallest response first. Of equal responses, the first image is first.
  let worst: [Int]

  /// The extremes of a unit.
  /// - Parameter count: the largest number of images of each kind.
  init(_ activations: Activations, unit: Int, count: Int) {
    best = Self.first(count, activations.images) { activations[$0, unit] > activations[$1, unit] }
    worst = Self.first(count, activations.images) { activations[$0, unit] < activations[$1, unit] }
  }

  /// The first `count` indices in an order, without sorting the others.
  private static func first(
    _ count: Int, _ images: Int, precedes: (_ first: Int, _ second: Int) -> Bool
  ) -> [Int] {
    var chosen: [Int] = []
    for image in 0..<images {
      if chosen.count == count, let last = chosen.last, !precedes(image, last) { continue }
      var place = chosen.count
      while place > 0, precedes(image, chosen[place - 1]) { place -= 1 }
      chosen.insert(image, at: place)
      if chosen.count > count { chosen.removeLast() }
    }
    return chosen
  }
}
