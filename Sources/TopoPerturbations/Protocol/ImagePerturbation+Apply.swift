import TopoData
import TopoFoundation

extension ImagePerturbation {
  /// Perturbs images in memory of the caller.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]` of at least `range.upperBound` images.
  ///   - shape: of one image.
  ///   - range: the images to perturb.
  ///   - severity: how much; 0 gives clean images.
  ///   - draw: number of the draw, from 0.
  ///   - seed: shared by all members.
  ///   - threads: threads to use; all cores by default.
  ///   - output: values in [0, 1], `[image of range, channel, row, column]`.
  /// - Throws: `UserError` as `check` does, and if a file of images cannot be read.
  public func apply(
    to images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) throws {
    try check(severity: severity, shape: shape)
    guard severity != 0 else {
      return ImageWorkers.map(
        images, shape: shape, range: range, threads: threads, output: output,
        with: ImageSet.unitValues)
    }
    try perturb(
      images, shape: shape, range: range, severity: severity, draw: draw, seed: seed,
      threads: threads, output: output)
  }

  /// Perturbs images.
  /// - Parameters:
  ///   - images: bytes `[image, channel, row, column]`.
  ///   - shape: of one image.
  ///   - range: the images to perturb; all by default.
  ///   - severity: how much; 0 gives clean images.
  ///   - draw: number of the draw, from 0.
  ///   - seed: shared by all members.
  ///   - threads: threads to use; all cores by default.
  /// - Returns: values in [0, 1], `[image of range, channel, row, column]`.
  /// - Throws: `UserError` as `check` does, and if a file of images cannot be read.
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
