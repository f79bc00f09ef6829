import Foundation

extension NPYArray {
  /// Reads a `.npy` file of float32, uint8 or int64 in C order.
  /// - Throws: `UserError` when it is not such a file or is cut short.
  public init(contentsOf url: URL) throws {
    let bytes = try FileContents.read(url)
    let header = try NPYHeader(bytes[...], fileSize: bytes.count, url: url)
    let body = bytes[header.start...]
    func values<Element: FixedWidthByteConvertible>(_: Element.Type) throws -> [Element] {
      try header.checkSize(body.count, elementSize: MemoryLayout<Element>.size, url: url)
      return body.withUnsafeBytes { source in
        [Element](unsafeUninitializedCapacity: header.count) { target, initialized in
          UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
          initialized = header.count
        }
      }
    }
    switch header.code {
    case "<f4": self.init(.float32(try values(Float.self)), shape: header.shape)
    case "|u1": self.init(.uint8(try values(UInt8.self)), shape: header.shape)
    case "<i8": self.init(.int64(try values(Int64.self)), shape: header.shape)
    default:
      throw UserError(
        url,
        "holds elements of type \(header.code); convert it to float32, uint8 or int64 "
          + "(little-endian)")
    }
  }
}

/// Element types whose memory is the file's bytes.
private protocol FixedWidthByteConvertible: BitwiseCopyable {}
extension Float: FixedWidthByteConvertible {}
extension UInt8: FixedWidthByteConvertible {}
extension Int64: FixedWidthByteConvertible {}
