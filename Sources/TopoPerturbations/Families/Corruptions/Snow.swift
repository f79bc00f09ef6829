import TopoData
import TopoFoundation

/// Flakes of thresholded noise, blurred by motion, over a whitened image; and the same flakes rotated
/// by half a turn. Gray images are their own luminance.
final class Snow: CorruptionWorker {
  /// The layer's mean and standard deviation, its enlargement, the threshold, the motion's radius
  /// and sigma, and the share of the image that is not whitened.
  private typealias Parameters = (Double, Double, Double, Double, Int, Double, Double)

  private let family: Corruption.Family
  private let shape: ImageShape
  private let parameters: Parameters
  private let zoom: ZoomFilter
  private let motion: MotionFilter
  private let normals: Scratch<Float>
  private let layer: Scratch<Double>
  private let flakes: Scratch<UInt8>
  private let blurred: Scratch<UInt8>

  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) {
    (self.family, self.shape) = (family, shape)
    let common: [Parameters] = [
      (0.1, 0.2, 1, 0.6, 8, 3, 0.95), (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
      (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9), (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
      (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
    ]
    let mnist: [Parameters] = [
      (0.1, 0.3, 3, 0.5, 10, 4, 0.8), (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
      (0.55, 0.3, 4, 0.9, 12, 8, 0.7), (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
      (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
    ]
    parameters = family.choose(severity, common: common, mnist: mnist)
    zoom = ZoomFilter(rows: shape.rows, columns: shape.columns, factor: parameters.2)
    motion = MotionFilter(
      rows: shape.rows, columns: shape.columns, radius: parameters.4, sigma: parameters.5)
    let pixels = shape.rows * shape.columns
    (normals, layer) = (Scratch(pixels), Scratch(pixels))
    (flakes, blurred) = (Scratch(pixels), Scratch(pixels))
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    random.normals(normals)
    for index in 0..<layer.count {
      layer[index] = parameters.0 + parameters.1 * Double(normals[index])
    }
    zoom.forEach(of: layer.start) { index, value in
      flakes[index] = value < parameters.3 ? 0 : UInt8(min(max(value, 0), 1) * 255)
    }
    // A quarter turn up, and an eighth to each side, in 2^-34 turns.
    let angle = Int(random.words(0, field: 1).x) - 1 << 31 - 1 << 32
    let (cosine, sine) = PortableMath.cosineAndSine(turnsOver34: angle)
    motion.apply(flakes.start, cosine: cosine, sine: sine, into: blurred.start)
    cover(image, into: output)
  }

  private func cover(_ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>) {
    let pixels = layer.count
    let doubleUnit = ImageSet.doubleUnitValues
    let (kept, white) = (Float(parameters.6), Float(1 - parameters.6))
    ImageSet.unitValues.withUnsafeBufferPointer { unit in
      for index in 0..<pixels {
        let snow = doubleUnit[Int(blurred[index])]
        let turned = doubleUnit[Int(blurred[pixels - 1 - index])]
        let luminance =
          shape.channels == 1
          ? unit[Int(image[index])]
          : Luminance.of(
            unit[Int(image[index])], unit[Int(image[pixels + index])],
            unit[Int(image[2 * pixels + index])])
        for channel in 0..<shape.channels {
          let x = unit[Int(image[channel * pixels + index])]
          let whitened = kept * x + white * max(x, luminance * 1.5 + 0.5)
          output[channel * pixels + index] = family.byte(Double(whitened) + snow + turned)
        }
      }
    }
  }
}

/// The gray of a color by the weights of ITU-R BT.601.
enum Luminance {
  @inline(__always)
  static func of(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    red * 0.299 + green * 0.587 + blue * 0.114
  }
}
