import TopoFoundation
import TopoPerturbations

/// A corruption for tests: brightens pixels by draw and position, and cannot be told to do more
/// than 5 of it.
package struct Tint: ImagePerturbation {
  package var label: String
  package var isRandom: Bool
  package var summary: String { "brighter pixels here and there" }
  package var reference: String { "made up" }
  package var severities: [Double] { [1, 2] }

  package init(label: String, isRandom: Bool = false) {
    (self.label, self.isRandom) = (label, isRandom)
  }

  package func check(severity: Double, shape: ImageShape) throws {
    guard [0, 1, 2, 3, 4, 5].contains(severity) else {
      throw UserError(
        "the severity \(severity) of \(label) is not one of 1, 2, 3, 4, 5")
    }
  }

  package func perturb(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>, severity: Double,
    draw: Int, seed: UInt64, threads: Int?, output: UnsafeMutableBufferPointer<Float>
  ) {
    let source = Philox(
      seed: seed, purpose: .test, stream: isRandom ? UInt32(truncatingIfNeeded: draw) : 0)
    let start = range.lowerBound * shape.count
    for place in 0..<range.count * shape.count {
      let more = Philox.uniform(source.words(at: UInt64(start + place)).x)
      let value = Float(images[start + place]) / 255 + Float(severity) * more / 10
      output[place] = min(value, 1)
    }
  }
}

extension PerturbationCatalog {
  /// The noises, and made-up corruptions instead of the real ones.
  package static let small = PerturbationCatalog([
    Noise(.white), Noise(.pink), Noise(.saltAndPepper), Noise(.pink, spectrum: .pink),
    Tint(label: "corruption/fog"), Tint(label: "corruption/snow", isRandom: true),
  ])
}
