import CJPEG
import Foundation

/// Compresses small images of one shape and decompresses them again, in memory that is allocated once.
package final class JPEGCodec {
  private let shape: ImageShape
  private let compressor: tjhandle
  private let decompressor: tjhandle
  /// Room for a compressed image.
  private let file: UnsafeMutableBufferPointer<UInt8>

  /// A codec for gray images, or color ones with interleaved red, green and blue.
  /// - Throws: `UserError` if libjpeg-turbo does not start.
  package init(_ shape: ImageShape) throws {
    self.shape = shape
    guard let compressor = tjInitCompress() else { throw JPEGCodec.failure("does not start", nil) }
    guard let decompressor = tjInitDecompress() else {
      tjDestroy(compressor)
      throw JPEGCodec.failure("does not start", nil)
    }
    (self.compressor, self.decompressor) = (compressor, decompressor)
    let subsampling = shape.channels == 1 ? TJSAMP_GRAY : TJSAMP_420
    file = .allocate(
      capacity: Int(tjBufSize(Int32(shape.columns), Int32(shape.rows), Int32(subsampling.rawValue)))
    )
  }

  deinit {
    tjDestroy(compressor)
    tjDestroy(decompressor)
    file.deallocate()
  }

  /// Compresses at a quality from 1 to 100 and decompresses, in place.
  /// - Parameter pixels: `[row, column, channel]`.
  /// - Throws: `UserError` if libjpeg-turbo fails.
  package func roundTrip(_ pixels: UnsafeMutablePointer<UInt8>, quality: Int) throws {
    let gray = shape.channels == 1
    let format = Int32((gray ? TJPF_GRAY : TJPF_RGB).rawValue)
    let subsampling = Int32((gray ? TJSAMP_GRAY : TJSAMP_420).rawValue)
    let (columns, rows) = (Int32(shape.columns), Int32(shape.rows))
    var place: UnsafeMutablePointer<UInt8>? = file.baseAddress
    var size = UInt(file.count)
    guard
      tjCompress2(
        compressor, pixels, columns, 0, rows, format, &place, &size, subsampling, Int32(quality),
        TJFLAG_ACCURATEDCT | TJFLAG_NOREALLOC) == 0
    else { throw JPEGCodec.failure("cannot compress an image", compressor) }
    guard
      tjDecompress2(
        decompressor, file.baseAddress, size, pixels, columns, 0, rows, format, TJFLAG_ACCURATEDCT)
        == 0
    else { throw JPEGCodec.failure("cannot decompress an image", decompressor) }
  }

  /// Decompresses a photograph.
  /// - Returns: red, green and blue, `[row, column, 3]`, with rows and columns.
  /// - Throws: `UserError` if it is not a JPEG file, is damaged or too large.
  static func read(
    _ bytes: [UInt8], from url: URL
  ) throws -> (pixels: [UInt8], rows: Int, columns: Int) {
    guard let handle = tjInitDecompress() else { throw failure("does not start", nil) }
    defer { tjDestroy(handle) }
    var (columns, rows, subsampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    guard
      tjDecompressHeader3(
        handle, bytes, UInt(bytes.count), &columns, &rows, &subsampling, &space) == 0
    else {
      throw UserError(
        url, "is not a JPEG image (\(reason(handle))); take it out of the folder")
    }
    try PhotographFile.check(rows: Int(rows), columns: Int(columns), of: url)
    var pixels = [UInt8](repeating: 0, count: 3 * Int(columns) * Int(rows))
    guard
      tjDecompress2(
        handle, bytes, UInt(bytes.count), &pixels, columns, 0, rows, Int32(TJPF_RGB.rawValue),
        TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING) == 0
    else {
      throw UserError(url, "is damaged (\(reason(handle))); replace it or take it away")
    }
    return (pixels, Int(rows), Int(columns))
  }

  private static func failure(_ what: String, _ handle: tjhandle?) -> UserError {
    UserError("the JPEG library \(what) (\(reason(handle))); check that there is memory left")
  }

  private static func reason(_ handle: tjhandle?) -> String {
    tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no reason given"
  }
}
