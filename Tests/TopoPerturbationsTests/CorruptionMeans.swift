import TopoPerturbations

/// Golden means of corrupted images of the sizes in `CorruptionTests.sizes`.
enum CorruptionMeans {
  /// The mean in which pixels differ in weight, so that their order counts.
  static func mean(_ values: [Float]) -> Double {
    let sum = values.enumerated().reduce(0.0) {
      $0 + Double($1.element) * Double($1.offset % 7 + 1)
    }
    return sum / Double(values.count)
  }

  /// Bits of JPEG depend on the library's version; all others are the same everywhere.
  static func tolerance(_ kind: Corruption.Kind) -> Double {
    kind == .jpegCompression ? 1e-2 : 1e-6
  }

  static let all: [String: [Double?]] = [:]
}
