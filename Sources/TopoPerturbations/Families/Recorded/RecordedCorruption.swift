import TopoFoundation

/// Published corrupted images, read from their file when they are needed.
public struct RecordedCorruption: ImagePerturbation {
  /// That of the same corruption computed here, so that tables line up: `corruption/fog`.
  public let label: String
  /// Severities in the file, in its order.
  public let severities: [Double]
  /// Extents of an image.
  public let shape: ImageShape
  /// Images at each severity.
  public let count: Int
  /// The images, uint8 or floating-point numbers in [0, 1], `[severity and image, row, column,
  /// channel]`.
  public let file: NPYFile
  /// Name of the published set.
  public let collection: String
  /// The paper whose files they are.
  public let reference: String

  /// What it is.
  public var summary: String { "images of \(collection), read from \(file.url.lastPathComponent)" }

  /// Distinguishes a file from another one that was at the same path before.
  public let fingerprint: UInt32

  /// The file.
  public var origin: String? { "\(file.url.path), checksum \(String(fingerprint, radix: 16))" }

  /// A file holds one draw.
  public var isRandom: Bool { false }

  /// Images that are read at once by a thread.
  private static let portion = 256

  /// Checks that the file holds the severity, and images of this shape.
  /// - Throws: `UserError`.
  public func check(severity: Double, shape: ImageShape) throws {
    guard severity != 0 else { return }
    guard severities.contains(severity) else {
      throw UserError.severity(severity, of: self)
    }
    guard shape == self.shape else {
      throw UserError(
        "\(label) was read from images of \(self.shape), but these are \(shape): use the data set "
          + "that \(collection) was made from")
    }
  }

  /// Gives the published images in place of those of the same indices. The draw and the seed do not
  /// matter.
  /// - Throws: `UserError` if there are fewer images, or they cannot be read.
  public func perturb(
    _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
    severity: Double, draw: Int, seed: UInt64, threads: Int?,
    output: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let block = severities.firstIndex(of: severity) else {
      preconditionFailure("a severity that `check` lets pass")
    }
    guard range.upperBound <= count else {
      throw UserError(
        file.url,
        "holds \(count.counted("image")) at each severity, but image \(range.upperBound - 1) was "
          + "asked for; "
          + "use the data set that it was made from")
    }
    try ImageWorkers.run(images, shape: shape, range: range, threads: threads, output: output) {
      part in
      for start in stride(
        from: part.images.lowerBound, to: part.images.upperBound, by: Self.portion)
      {
        let wanted = start..<min(start + Self.portion, part.images.upperBound)
        let first = block * count + wanted.lowerBound
        let values = try RecordedPixels.values(
          of: file, first * shape.count..<(first + wanted.count) * shape.count)
        copy(values, wanted, part)
      }
    }
  }

  /// From `[row, column, channel]` to `[channel, row, column]`.
  private func copy(_ recorded: [Float], _ images: Range<Int>, _ part: ImageWorkers.Part) {
    let pixels = shape.rows * shape.columns
    let channels = shape.channels
    recorded.withUnsafeBufferPointer { recorded in
      for image in images {
        let values = part.output(image)
        let first = (image - images.lowerBound) * shape.count
        for channel in 0..<channels {
          for pixel in 0..<pixels {
            values[channel * pixels + pixel] = recorded[first + pixel * channels + channel]
          }
        }
      }
    }
  }
}
