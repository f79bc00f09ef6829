import TopoFoundation

/// Severities as people read and write them.
public enum Severities {
  /// `1`, not `1.0`; `0.05`.
  public static func text(_ severity: Double) -> String {
    severity == severity.rounded() && abs(severity) < 1e9 ? "\(Int(severity))" : "\(severity)"
  }

  /// `1, 2, 3`
  public static func text(_ severities: [Double]) -> String {
    severities.map(text).joined(separator: ", ")
  }
}

extension ImagePerturbation {
  /// Damages images.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]`.
  ///   - shape: of one image.
  ///   - range: the images to damage; all by default.
  ///   - severity: one that `check` lets pass.
  ///   - draw: number of the draw, from 0.
  ///   - seed: shared by all members.
  ///   - threads: threads to use; all cores by default.
  /// - Returns: values in [0, 1], `[image of range, channel, row, column]`.
  /// - Throws: `UserError` where images come from a file.
  public func apply(
    to images: [UInt8], shape: ImageShape, range: Range<Int>? = nil, severity: Double,
    draw: Int = 0, seed: UInt64 = 0, threads: Int? = nil
  ) throws -> [Float] {
    let range = range ?? 0..<(images.count / shape.count)
    let count = range.count * shape.count
    return try [Float](unsafeUninitializedCapacity: count) { output, initialized in
      try images.withUnsafeBufferPointer { images in
        try apply(
          to: images, shape: shape, range: range, severity: severity, draw: draw, seed: seed,
          threads: threads, output: UnsafeMutableBufferPointer(rebasing: output[..<count]))
      }
      initialized = count
    }
  }
}
