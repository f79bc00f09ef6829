import TopoFoundation

/// How the activity that an image evokes spreads over the units.
struct ImageActivity: Sendable {
  /// Share of units above 0.
  var activeShare = 0.0
  /// Population sparseness.
  var sparseness = Sparseness([])
  /// Population entropy.
  var entropy = MeasuredValue.value(0)

  /// The activity of all images, of responses after ReLU.
  static func all(_ rectified: Activations) -> [ImageActivity] {
    let units = rectified.units
    var images = [ImageActivity](repeating: ImageActivity(), count: rectified.images)
    concurrentUpdate(&images) { image, activity in
      let responses = rectified.values[image * units..<(image + 1) * units]
      activity = responses.withUnsafeBufferPointer { ImageActivity($0) }
    }
    return images
  }

  private init() {}

  private init(_ responses: UnsafeBufferPointer<Float>) {
    var (sum, squares, active) = (0.0, 0.0, 0)
    for response in responses {
      let value = Double(response)
      sum += value
      squares += value * value
      if value > 0 { active += 1 }
    }
    activeShare = Double(active) / Double(responses.count)
    sparseness = Sparseness(count: responses.count, sum: sum, squares: squares)
    entropy = ResponseEntropy.ofShares(responses)
  }
}
