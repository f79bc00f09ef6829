import TopoFoundation

/// A cloud added to all channels, then the largest value brought back to what it was.
///
/// The cloud of CIFAR-10-C is a map of 32 x 32, that of MNIST-C a corner of 256 x 256; larger
/// images have the next power of two.
final class Fog: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let amplitude: Double
  private let cloud: PlasmaFractal

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    (self.family, self.shape) = (family, shape)
    let decay: Double
    (amplitude, decay) = family.choose(
      severity,
      common: [(0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)],
      mnist: [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)])
    cloud = PlasmaFractal(
      atLeast: max(shape.rows, shape.columns, family == .common ? 32 : 256), decay: decay)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    cloud.draw(random)
    var brightest: UInt8 = 0
    for index in 0..<shape.count { brightest = max(brightest, image[index]) }
    let largest = Double(brightest) / 255
    let pixels = shape.rows * shape.columns
    for pixel in 0..<pixels {
      let (row, column) = pixel.quotientAndRemainder(dividingBy: shape.columns)
      let haze = amplitude * Double(cloud.value(row, column))
      for channel in 0..<shape.channels {
        let x = Double(image[channel * pixels + pixel]) / 255 + haze
        output[channel * pixels + pixel] = family.byte(x * largest / (largest + amplitude))
      }
    }
  }
}
