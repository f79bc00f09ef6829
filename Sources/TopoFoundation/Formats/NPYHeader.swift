import Foundation

/// What the header of a `.npy` file says (NumPy's NEP 1).
struct NPYHeader {
  /// NumPy's code of the element type: `<f4`, `|u1`.
  var code: String
  /// Extents, slowest first.
  var shape: [Int]
  /// Byte at which the values begin.
  var start: Int
  /// Whether the first extent is the fastest, and this makes a difference.
  var isFortran = false

  /// Product of the extents.
  var count: Int { shape.reduce(1, *) }

  /// Bytes that say how long the header is.
  static let prefix = 12

  /// Where the header ends, from the first `prefix` bytes of a file, or fewer in a smaller file.
  /// - Throws: `UserError` when it is not an NPY file.
  static func end(of bytes: ArraySlice<UInt8>, url: URL) throws -> Int {
    try extent(of: bytes, url: url).end
  }

  /// Where the header ends, and how many bytes of text it has.
  private static func extent(
    of bytes: ArraySlice<UInt8>, url: URL
  ) throws -> (end: Int, length: Int) {
    guard bytes.count >= 10, bytes.starts(with: NPYArray.magic) else {
      throw UserError(url, "is not an NPY file; write it with numpy.save")
    }
    // Versions 2 and 3 count the header in four bytes.
    let version = bytes[bytes.startIndex + 6]
    guard (1...3).contains(version), version == 1 || bytes.count >= 12 else {
      throw UserError(url, "has NPY version \(version); write it with numpy.save")
    }
    let start = version == 1 ? 10 : 12
    let length = bytes.dropFirst(8).prefix(start - 8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return (start + length, length)
  }

  /// Reads the header at the beginning of `bytes`.
  /// - Parameters:
  ///   - fileSize: of the whole file.
  ///   - allowsFortranOrder: whether values may be in Fortran order.
  /// - Throws: `UserError` when it is not an NPY file, cut short, in an order that is not allowed,
  ///   or states more than `fileSize` values.
  init(
    _ bytes: ArraySlice<UInt8>, fileSize: Int, url: URL, allowsFortranOrder: Bool = false
  ) throws {
    let length: Int
    (start, length) = try Self.extent(of: bytes, url: url)
    guard start <= bytes.count else {
      throw UserError(url, "ends within its NPY header; it is cut short, write it again")
    }
    let text = String(decoding: bytes.prefix(start).dropFirst(start - length), as: UTF8.self)
    guard let header = PythonLiteral(text), let code = header["descr"],
      case .boolean(let isFortran)? = header["fortran_order"],
      let shape = header["shape"].flatMap(Self.extents)
    else {
      throw UserError(url, "has an NPY header that cannot be understood; write it with numpy.save")
    }
    guard case .string(let code) = code else {
      throw UserError(url, "holds records of several fields; save one field of them")
    }
    // The two orders are one where at most one extent is more than 1.
    self.isFortran = isFortran && shape.count(where: { $0 > 1 }) > 1
    guard !self.isFortran || allowsFortranOrder else {
      throw UserError(url, "is in Fortran order; write numpy.ascontiguousarray of the array")
    }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= fileSize else {
        throw UserError(
          url, "states the shape \(shape) but is smaller; it is cut short, write it again")
      }
      count = product
    }
    self.code = Self.normalized(code)
    self.shape = shape
  }

  /// Checks that there are as many bytes after the header as it states.
  /// - Throws: `UserError`.
  func checkSize(_ bytes: Int, elementSize: Int, url: URL) throws {
    guard bytes == count * elementSize else {
      throw UserError(
        url,
        "states the shape \(shape), \((count * elementSize).counted("byte")), but holds \(bytes); "
          + "write it "
          + "again")
    }
  }

  /// The numbers of a shape; a single one stands for itself.
  private static func extents(_ literal: PythonLiteral) -> [Int]? {
    let items =
      switch literal {
      case .tuple(let items): items
      case .integer: [literal]
      default: [PythonLiteral.boolean(false)]
      }
    let extents = items.compactMap { item -> Int? in
      if case .integer(let extent) = item, extent >= 0 { extent } else { nil }
    }
    return extents.count == items.count ? extents : nil
  }

  /// A number's code in NumPy's usual spelling: bytes have no order, and `=` is this machine's,
  /// which is little-endian on all that Swift's Linux toolchains support.
  private static func normalized(_ code: String) -> String {
    let plain = code.drop { "<>|=".contains($0) }
    guard let kind = plain.first, "iufcb".contains(kind), let size = Int(plain.dropFirst()) else {
      return code
    }
    if size == 1 { return "|" + plain }
    return code.hasPrefix("=") || plain.count == code.count ? "<" + plain : code
  }
}
