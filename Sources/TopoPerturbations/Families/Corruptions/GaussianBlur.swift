import TopoFoundation

/// A Gaussian blur, pixels at the border repeated outside. MNIST-C's blurs down the columns only:
/// see `Corruption.Family.smoothing`.
final class GaussianBlur: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let smoothing: GaussianSmoothing
  private let plane: Scratch<Double>

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    self.family = family
    self.shape = shape
    let sigma: Double = family.choose(
      severity, common: [0.4, 0.6, 0.7, 0.8, 1], mnist: [1, 2, 3, 4, 6])
    smoothing = family.smoothing(rows: shape.rows, columns: shape.columns, sigma: sigma)
    plane = Scratch(shape.rows * shape.columns)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    for channel in 0..<shape.channels {
      let start = channel * plane.count
      for index in 0..<plane.count { plane[index] = Double(image[start + index]) / 255 }
      smoothing.apply(plane.start)
      for index in 0..<plane.count { output[start + index] = family.byte(plane[index]) }
    }
  }
}
