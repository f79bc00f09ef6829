import TopoFoundation

/// The blur of a moving camera, at an angle drawn from -45 to 45 degrees: see `MotionFilter`.
final class MotionBlur: CorruptionWorker {
  private let shape: ImageShape
  private let filter: MotionFilter

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    self.shape = shape
    let (radius, sigma): (Int, Double) = family.choose(
      severity,
      common: [(6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)],
      mnist: [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)])
    filter = MotionFilter(
      rows: shape.rows, columns: shape.columns, radius: radius, sigma: sigma)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    // An eighth turn to each side, in 2^-34 turns.
    let (cosine, sine) = PortableMath.cosineAndSine(
      turnsOver34: Int(random.words(0).x) - 1 << 31)
    let pixels = shape.rows * shape.columns
    for channel in 0..<shape.channels {
      filter.apply(
        image + channel * pixels, cosine: cosine, sine: sine, into: output + channel * pixels)
    }
  }
}
