import TopoFoundation

/// Through the bytes of a JPEG file and back: color at half resolution (4:2:0), tables of the given
/// quality, the exact discrete cosine transform.
final class JPEGCompression: CorruptionWorker {
  private let shape: ImageShape
  private let quality: Int
  private let codec: JPEGCodec
  private let interleaved: Scratch<UInt8>

  /// - Throws: `UserError` if the JPEG library does not start.
  init(_ family: Corruption.Family, _ severity: Int, _ shape: ImageShape) throws {
    self.shape = shape
    quality = family.choose(
      severity, common: [80, 65, 58, 50, 40], mnist: [25, 18, 15, 10, 7])
    codec = try JPEGCodec(shape)
    interleaved = Scratch(shape.count)
  }

  func corrupt(
    _ image: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
    random: CorruptionRandom
  ) throws {
    let pixels = shape.rows * shape.columns
    let channels = shape.channels
    for channel in 0..<channels {
      for pixel in 0..<pixels {
        interleaved[pixel * channels + channel] = image[channel * pixels + pixel]
      }
    }
    try codec.roundTrip(interleaved.start, quality: quality)
    for channel in 0..<channels {
      for pixel in 0..<pixels {
        output[channel * pixels + pixel] = interleaved[pixel * channels + channel]
      }
    }
  }
}
