import TopoFoundation

/// A piece of a photograph of frost over a dimmed image: a photograph and a place in it, each drawn
/// with equal chances. Gray images of CIFAR-10-C's family have its luminance.
final class Frost: CorruptionWorker {
  private let shape: ImageShape
  private let kept: Double
  private let added: Double
  private let photographs: [FrostPhotographs.Photograph]
  private let ofColor: Bool

  /// - Throws: `UserError` without photographs.
  init(
    _ family: Corruption.Family, _ severity: Int, _ shape: ImageShape,
    _ photographs: FrostPhotographs?
  ) throws {
    guard let photographs else {
      throw UserError("frost needs photographs of frost: name a folder of them")
    }
    self.shape = shape
    (kept, added) = family.choose(
      severity,
      common: [(1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45)],
      mnist: [(1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)])
    ofColor = family == .common
    self.photographs = ofColor ? photographs.colors : photographs.grays
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) {
    let words = random.words(0)
    let photograph = photographs[Philox.integer(below: photographs.count, words.x)]
    let top = Philox.integer(below: photograph.rows - shape.rows + 1, words.y)
    let left = Philox.integer(below: photograph.columns - shape.columns + 1, words.z)
    let pixels = photograph.rows * photograph.columns
    photograph.bytes.withUnsafeBufferPointer { frost in
      for channel in 0..<shape.channels {
        for row in 0..<shape.rows {
          let start = (channel * shape.rows + row) * shape.columns
          let place = (top + row) * photograph.columns + left
          for column in 0..<shape.columns {
            let p = place + column
            let light =
              !ofColor
              ? frost[p]
              : shape.channels == 3
                ? frost[channel * pixels + p]
                : FrostPhotographs.byteLuminance(frost[p], frost[pixels + p], frost[2 * pixels + p])
            let value = kept * Double(image[start + column]) + added * Double(light)
            output[start + column] =
              ofColor ? UInt8(min(255, value)) : UInt8(min(255, Float(value)))
          }
        }
      }
    }
  }
}
