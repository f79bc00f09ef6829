import CPNG
import Foundation

/// Pictures as PNG (ISO/IEC 15948), by libpng.
public enum PNG {
  /// Whether `bytes` begins as a PNG file does.
  static func isPNG(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
  }

  /// Reads a picture of any kind of pixels. Transparency, gamma and color profiles are ignored;
  /// 16 bits are rounded to 8.
  /// - Returns: red, green and blue, `[row, column, 3]`, with rows and columns.
  /// - Throws: `UserError` if it is cut short, damaged or too large.
  static func read(
    _ bytes: [UInt8], from url: URL
  ) throws -> (pixels: [UInt8], rows: Int, columns: Int) {
    try bytes.withUnsafeBufferPointer { source in
      var (rows, columns) = (UInt32(), UInt32())
      var failure = topo_png_failure()
      guard
        let reader = topo_png_open(source.baseAddress, source.count, &rows, &columns, &failure)
      else { throw error(failure, bytes.count, url) }
      defer { topo_png_close(reader) }
      try PhotographFile.check(rows: Int(rows), columns: Int(columns), of: url)
      let pixels = try [UInt8](unsafeUninitializedCapacity: 3 * Int(rows) * Int(columns)) {
        target, count in
        guard topo_png_read(reader, target.baseAddress, &failure) else {
          throw error(failure, bytes.count, url)
        }
        count = 3 * Int(rows) * Int(columns)
      }
      return (pixels, Int(rows), Int(columns))
    }
  }

  private static func error(_ failure: topo_png_failure, _ count: Int, _ url: URL) -> UserError {
    failure.is_cut_short
      ? UserError(url, "is cut short at byte \(count); replace it or take it away")
      : UserError(
        url,
        "is damaged near byte \(failure.position) (libpng: \(message(failure))); replace it or take "
          + "it away")
  }

  private static func message(_ failure: topo_png_failure) -> String {
    withUnsafeBytes(of: failure.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Writes a picture of 8 bits, gray or RGB, whole or not at all.
  /// - Parameters:
  ///   - pixels: `[row, column, channel]`, `rows * columns * channels` bytes.
  ///   - channels: 1 for gray, 3 for RGB.
  ///   - url: the file, replaced if it is there.
  /// - Throws: `UserError` for another number of channels, or extents that PNG does not
  ///   hold.
  public static func write(
    _ pixels: [UInt8], rows: Int, columns: Int, channels: Int, to url: URL
  ) throws {
    try AtomicFile.write(
      try data(pixels, rows: rows, columns: columns, channels: channels), to: url)
  }

  /// The bytes of the file.
  /// - Throws: `UserError` as `write` does.
  public static func data(
    _ pixels: [UInt8], rows: Int, columns: Int, channels: Int
  ) throws -> [UInt8] {
    guard channels == 1 || channels == 3 else {
      throw UserError(
        "a picture of \(channels) channels was asked for; PNG files here have 1 or 3")
    }
    guard rows > 0, columns > 0, rows < 1 << 31, columns < 1 << 31 else {
      throw UserError(
        "a picture of \(rows) x \(columns) pixels was asked for; ask for another size")
    }
    precondition(pixels.count == rows * columns * channels, "a value for each pixel and channel")
    var data: [UInt8] = []
    var failure = topo_png_failure()
    let isWritten = withUnsafeMutablePointer(to: &data) { data in
      topo_png_write(
        pixels, UInt32(rows), UInt32(columns), Int32(channels), data,
        { context, bytes, count in
          context?.assumingMemoryBound(to: [UInt8].self).pointee
            .append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        }, &failure)
    }
    guard isWritten else {
      throw UserError(
        "libpng cannot write a picture (\(message(failure))); ask for a smaller one")
    }
    return data
  }
}
