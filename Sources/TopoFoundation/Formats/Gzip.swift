import CZlib
import Foundation

/// Reads gzip files (RFC 1952), of one or more members. Zeros after the last one are ignored,
/// as `gzip` does: tapes and some downloads fill files up with them.
package enum Gzip {
  /// Whether `bytes` begins as a gzip file does.
  package static func isGzip(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count >= 2 && bytes[bytes.startIndex] == 0x1F && bytes[bytes.startIndex + 1] == 0x8B
  }

  /// The bytes of the file at `url`, decompressed if it is a gzip file.
  /// - Throws: `UserError` when it cannot be read, is named `.gz` but is not gzip, is cut short,
  ///   damaged, or followed by something else.
  package static func contents(of url: URL) throws -> [UInt8] {
    let bytes = try FileContents.read(url)
    if isGzip(bytes[...]) { return try inflate(bytes, from: url) }
    guard url.pathExtension != "gz" else {
      throw UserError(url, "is named .gz but is not a gzip file; download it again")
    }
    return bytes
  }

  private static func inflate(_ bytes: [UInt8], from url: URL) throws -> [UInt8] {
    var stream = z_stream()
    // 15 + 16: the largest window, and a gzip header.
    let ready = inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard ready == Z_OK else {
      throw UserError(url, "cannot be decompressed: zlib does not start (code \(ready))")
    }
    defer { inflateEnd(&stream) }

    var output = [UInt8](repeating: 0, count: expectedSize(of: bytes))
    var (consumed, produced) = (0, 0)
    while true {
      if produced == output.count {
        output.append(contentsOf: repeatElement(0, count: max(output.count, 1 << 16)))
      }
      let (status, taken, given) = step(&stream, bytes[consumed...], &output, from: produced)
      consumed += taken
      produced += given
      switch status {
      case Z_STREAM_END:
        if bytes[consumed...].allSatisfy({ $0 == 0 }) {
          output.removeLast(output.count - produced)
          return output
        }
        guard isGzip(bytes[consumed...]) else {
          throw UserError(
            url,
            "has \((bytes.count - consumed).counted("byte")) that are not gzip after its end; "
              + "download it again")
        }
        inflateReset(&stream)
      case Z_OK: break
      case Z_BUF_ERROR:
        // There is always room for output, so it is the input that has run out.
        throw UserError(
          url, "is cut short: the gzip data end early at byte \(bytes.count); download it again")
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "code \(status)"
        throw UserError(
          url, "is damaged: gzip reports \"\(reason)\" near byte \(consumed); download it again")
      }
    }
  }

  /// Inflates once; `z_stream` counts in 32 bits, so huge buffers go in portions.
  private static func step(
    _ stream: inout z_stream, _ input: ArraySlice<UInt8>, _ output: inout [UInt8], from start: Int
  ) -> (status: Int32, taken: Int, given: Int) {
    let portion = 1 << 30
    return input.withUnsafeBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        let available = min(source.count, portion)
        let room = min(target.count - start, portion)
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = uInt(available)
        stream.next_out = target.baseAddress.map { $0 + start }
        stream.avail_out = uInt(room)
        let status = CZlib.inflate(&stream, Z_NO_FLUSH)
        return (status, available - Int(stream.avail_in), room - Int(stream.avail_out))
      }
    }
  }

  /// The size that the last member states. Only a hint, as it counts modulo 2^32 and a damaged
  /// file states anything: never more than deflate can make of the input (1032 to 1).
  private static func expectedSize(of bytes: [UInt8]) -> Int {
    guard bytes.count >= 18 else { return 64 }
    let stated = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    return max(64, min(stated, bytes.count * 1032))
  }
}
