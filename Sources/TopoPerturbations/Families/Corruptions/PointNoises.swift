import TopoFoundation

/// `x + N(0, c)`, or, as speckle noise, `x + x N(0, c)`.
final class GaussianPointNoise: CorruptionWorker {
  private let family: Corruption.Family
  private let standardDeviation: Double
  private let isSpeckle: Bool
  private let normals: Scratch<Float>

  private init(
    _ family: Corruption.Family, standardDeviation: Double, isSpeckle: Bool, _ shape: ImageShape
  ) {
    self.family = family
    self.standardDeviation = standardDeviation
    self.isSpeckle = isSpeckle
    normals = Scratch(shape.count)
  }

  static func gaussian(
    _ family: Corruption.Family, _ severity: Int, _ shape: ImageShape
  ) -> GaussianPointNoise {
    let standardDeviation = family.choose(
      severity, common: [0.04, 0.06, 0.08, 0.09, 0.10], mnist: [0.08, 0.12, 0.18, 0.26, 0.38])
    return GaussianPointNoise(family, standardDeviation: standardDeviation, isSpeckle: false, shape)
  }

  static func speckle(
    _ family: Corruption.Family, _ severity: Int, _ shape: ImageShape
  ) -> GaussianPointNoise {
    let standardDeviation = family.choose(
      severity, common: [0.06, 0.1, 0.12, 0.16, 0.2], mnist: [0.15, 0.2, 0.35, 0.45, 0.6])
    return GaussianPointNoise(family, standardDeviation: standardDeviation, isSpeckle: true, shape)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    random.normals(normals)
    for index in 0..<normals.count {
      let x = Double(image[index]) / 255
      let noise = standardDeviation * Double(normals[index])
      output[index] = family.byte(isSpeckle ? x + x * noise : x + noise)
    }
  }
}

/// Sets a share of the values, each channel on its own, to 0 or 255 with equal chances.
final class ImpulseNoise: CorruptionWorker {
  private let amount: Float
  private let count: Int

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    amount = family.choose(
      severity, common: [0.01, 0.02, 0.03, 0.05, 0.07], mnist: [0.03, 0.06, 0.09, 0.17, 0.27])
    count = shape.count
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    for index in stride(from: 0, to: count, by: 4) {
      let words = random.words(index / 4)
      for lane in 0..<min(4, count - index) {
        // The upper 24 bits choose the value, the lowest one its color.
        let place = index + lane
        output[place] =
          Philox.uniform(words[lane]) < amount ? (words[lane] & 1 == 1 ? 255 : 0) : image[place]
      }
    }
  }
}
