import CZlib

/// The bytes of IDX files and gzip files for tests.
package enum Bytes {
  package static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// Images of 3 x 2 pixels, pixel `p` of image `i` being `10 i + p`.
  package static func images(_ count: Int, rows: Int = 3, columns: Int = 2) -> [UInt8] {
    let pixels = (0..<count).flatMap { image in
      (0..<rows * columns).map { UInt8(truncatingIfNeeded: 10 * image + $0) }
    }
    return [0x803, count, rows, columns].flatMap(word) + pixels
  }

  package static func labels(_ labels: [UInt8]) -> [UInt8] {
    [0x801, labels.count].flatMap(word) + labels
  }

  package static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var (input, output) = (bytes, [UInt8](repeating: 0, count: bytes.count + 1000))
    let left = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = uInt(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = uInt(target.count)
        deflate(&stream, Z_FINISH)
        return Int(stream.avail_out)
      }
    }
    return Array(output.dropLast(left))
  }
}
