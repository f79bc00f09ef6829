import Foundation
import TopoCompute

/// What the header of a `.npy` file says (NumPy's NEP 1).
struct NPYHeader {
  /// NumPy's code of the element type: `<f4`, `|u1`.
  var code: String
  /// Extents, slowest first.
  var shape: [Int]
  /// Byte at which the values begin.
  var start: Int

  /// Product of the extents.
  var count: Int { shape.reduce(1, *) }

  /// Bytes that say how long the header is.
  static let prefix = 12

  /// Where the header ends, from the first `prefix` bytes of a file, or all where there are fewer.
  /// - Throws: `FileError` when it is no such file.
  static func end(of bytes: ArraySlice<UInt8>, url: URL) throws -> Int {
    guard bytes.count >= 10, bytes.starts(with: NPYArray.magic) else {
      throw FileError(url, "is not an NPY file; write it with numpy.save")
    }
    // Versions 2 and 3 count the header in four bytes.
    let version = bytes[bytes.startIndex + 6]
    guard (1...3).contains(version), version == 1 || bytes.count >= 12 else {
      throw FileError(url, "has NPY version \(version); write it with numpy.save")
    }
    let start = version == 1 ? 10 : 12
    let length = bytes.dropFirst(8).prefix(start - 8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return start + length
  }

  /// Reads the header at the beginning of `bytes`.
  /// - Parameter fileSize: of the whole file.
  /// - Throws: `FileError` when it is no such file, cut short, in Fortran order, or states more than
  ///   `fileSize` values.
  init(_ bytes: ArraySlice<UInt8>, fileSize: Int, url: URL) throws {
    start = try Self.end(of: bytes, url: url)
    guard start <= bytes.count else {
      throw FileError(url, "ends within its NPY header; it is cut short, write it again")
    }
    let header = String(decoding: bytes.prefix(start).dropFirst(10), as: UTF8.self)
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
      guard !overflow, product <= fileSize else {
        throw FileError(
          url, "states the shape \(shape) but is smaller; it is cut short, write it again")
      }
      count = product
    }
    self.code = code
    self.shape = shape
  }

  /// Checks that there are as many bytes after the header as it states.
  /// - Throws: `FileError`.
  func checkSize(_ bytes: Int, elementSize: Int, url: URL) throws {
    guard bytes == count * elementSize else {
      throw FileError(
        url,
        "states the shape \(shape), \((count * elementSize).counted("byte")), but holds \(bytes); "
          + "write it "
          + "again")
    }
  }

  /// The word after `'key':` in the header's Python dictionary, without quotes.
  private static func value(of key: String, in header: String) -> String? {
    guard let place = header.range(of: "'\(key)':") else { return nil }
    let rest = header[place.upperBound...].drop { $0 == " " }
    return String(rest.prefix { $0 != "," && $0 != "}" }).trimmingCharacters(
      in: .init(charactersIn: " '\""))
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
