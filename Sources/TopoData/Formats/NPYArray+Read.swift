import Foundation
import TopoCompute

extension NPYArray {
  /// Reads a `.npy` file of float32, uint8 or int64 in C order.
  /// - Throws: `FileError` when it is not such a file or is cut short.
  public init(contentsOf url: URL) throws {
    let bytes = try FileContents.read(url)
    guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
      throw FileError(url, "is not an NPY file; write it with numpy.save")
    }
    // Versions 2 and 3 count the header in four bytes.
    let wide = bytes[6] > 1
    guard (1...3).contains(bytes[6]), !wide || bytes.count >= 12 else {
      throw FileError(url, "has NPY version \(bytes[6]); write it with numpy.save")
    }
    let start = wide ? 12 : 10
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - start else {
      throw FileError(url, "ends within its NPY header; it is cut short, write it again")
    }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard let code = Self.value(of: "descr", in: header),
      let order = Self.value(of: "fortran_order", in: header),
      let shape = Self.shape(in: header)
    else {
      throw FileError(url, "has an NPY header that cannot be understood; write it with numpy.save")
    }
    guard order == "False" else {
      throw FileError(url, "is in Fortran order; write numpy.ascontiguousarray of the array")
    }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= bytes.count else {
        throw FileError(
          url, "states the shape \(shape) but is smaller; it is cut short, write it again")
      }
      count = product
    }
    let body = bytes[(start + length)...]
    func values<Element: FixedWidthByteConvertible>(_: Element.Type) throws -> [Element] {
      guard body.count == count * MemoryLayout<Element>.size else {
        throw FileError(
          url,
          "states the shape \(shape), \(count * MemoryLayout<Element>.size) bytes, but holds "
            + "\(body.count); write it again")
      }
      return body.withUnsafeBytes { source in
        [Element](unsafeUninitializedCapacity: count) { target, initialized in
          UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
          initialized = count
        }
      }
    }
    switch code {
    case "<f4": self.init(.float32(try values(Float.self)), shape: shape)
    case "|u1": self.init(.uint8(try values(UInt8.self)), shape: shape)
    case "<i8": self.init(.int64(try values(Int64.self)), shape: shape)
    default:
      throw FileError(
        url, "holds elements of type \(code); convert it to float32, uint8 or int64 (little-endian)"
      )
    }
  }

  /// The word after `'key':` in the header's Python dictionary, without quotes.
  private static func value(of key: String, in header: String) -> String? {
    guard let place = header.range(of: "'\(key)':") else { return nil }
    let rest = header[place.upperBound...].drop { $0 == " " }
    return String(rest.prefix { $0 != "," && $0 != "}" }).trimmingCharacters(
      in: .init(
        charactersIn: " '\""))
  }

  private static func shape(in header: String) -> [Int]? {
    guard let place = header.range(of: "'shape':"),
      let open = header[place.upperBound...].firstIndex(of: "("),
      let close = header[open...].firstIndex(of: ")")
    else { return nil }
    var shape: [Int] = []
    for part in header[header.index(after: open)..<close].split(separator: ",") {
      let word = part.trimmingCharacters(in: .whitespaces)
      if word.isEmpty { continue }
      guard let extent = Int(word), extent >= 0 else { return nil }
      shape.append(extent)
    }
    return shape
  }
}

/// Element types whose memory is the file's bytes.
private protocol FixedWidthByteConvertible: BitwiseCopyable {}
extension Float: FixedWidthByteConvertible {}
extension UInt8: FixedWidthByteConvertible {}
extension Int64: FixedWidthByteConvertible {}
