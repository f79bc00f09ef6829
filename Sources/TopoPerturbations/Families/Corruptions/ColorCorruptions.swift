import TopoFoundation

/// The value of hue, saturation and value raised by a constant; on gray images, the gray itself.
final class Brightness: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let rise: Double

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    (self.family, self.shape) = (family, shape)
    rise = family.choose(
      severity, common: [0.05, 0.1, 0.15, 0.2, 0.3], mnist: [0.1, 0.2, 0.3, 0.4, 0.5])
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    if shape.channels == 1 {
      for index in 0..<shape.count {
        output[index] = family.byte(Double(image[index]) / 255 + rise)
      }
      return
    }
    HSV.map(image, into: output, pixels: shape.rows * shape.columns) { color in
      color.value = min(max(color.value + rise, 0), 1)
    }
  }
}

/// Saturation scaled and shifted. A gray image is taken for a color image without saturation, and
/// of the result the luminance is kept.
final class Saturate: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let factor: Double
  private let shift: Double

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    (self.family, self.shape) = (family, shape)
    (factor, shift) = family.choose(
      severity,
      common: [(0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2)],
      mnist: [(0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)])
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    if shape.channels == 3 {
      HSV.map(image, into: output, pixels: shape.rows * shape.columns) { color in
        color.saturation = min(max(color.saturation * factor + shift, 0), 1)
      }
      return
    }
    for index in 0..<shape.count {
      var color = HSV(Double(image[index]) / 255)
      if family == .mnist {
        // The published code scales and shifts hue and value as well.
        color.hue = min(max(color.hue * factor + shift, 0), 1)
        color.value = min(max(color.value * factor + shift, 0), 1)
      }
      color.saturation = min(max(color.saturation * factor + shift, 0), 1)
      output[index] = family.byte(color.luminance)
    }
  }
}

/// Differences from the mean of each channel scaled down.
final class Contrast: CorruptionWorker {
  private let family: Corruption.Family
  private let shape: ImageShape
  private let factor: Double

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    (self.family, self.shape) = (family, shape)
    factor = family.choose(
      severity, common: [0.75, 0.5, 0.4, 0.3, 0.15], mnist: [0.4, 0.3, 0.2, 0.1, 0.05])
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    let pixels = shape.rows * shape.columns
    for channel in 0..<shape.channels {
      let (source, target) = (image + channel * pixels, output + channel * pixels)
      var sum = 0
      for index in 0..<pixels { sum += Int(source[index]) }
      let mean = Double(sum) / Double(255 * pixels)
      for index in 0..<pixels {
        target[index] = family.byte((Double(source[index]) / 255 - mean) * factor + mean)
      }
    }
  }
}
