import Foundation

/// A dense, row-major array as NumPy's `.npy` files hold it, for what other tools should read:
/// logits, activations, images.
///
/// ```swift
/// try NPYArray(.float32(logits), shape: [images, classes]).write(to: URL(filePath: "logits.npy"))
/// ```
public struct NPYArray: Sendable, Hashable {
  /// Values of one of the element types that are supported.
  public enum Elements: Sendable, Hashable {
    case float32([Float])
    case uint8([UInt8])
    case int64([Int64])

    /// Number of values.
    public var count: Int {
      switch self {
      case .float32(let values): values.count
      case .uint8(let values): values.count
      case .int64(let values): values.count
      }
    }

    /// NumPy's code of the element type.
    var code: String {
      switch self {
      case .float32: "<f4"
      case .uint8: "|u1"
      case .int64: "<i8"
      }
    }
  }

  /// Extents, slowest first.
  public let shape: [Int]
  /// Values, row-major.
  public let elements: Elements

  /// An array; there are as many values as `shape` says.
  public init(_ elements: Elements, shape: [Int]) {
    precondition(shape.reduce(1, *) == elements.count, "shape and number of values differ")
    self.elements = elements
    self.shape = shape
  }

  /// Writes `values`, shaped `shape`, to a float32 file.
  /// - Throws: `UserError`.
  public static func write(_ values: [Float], shape: [Int], to url: URL) throws {
    try NPYArray(.float32(values), shape: shape).write(to: url)
  }

  /// Writes a version 1.0 file, whole or not at all.
  /// - Throws: `UserError`.
  public func write(to url: URL) throws {
    try Self.write(code: elements.code, shape: shape, to: url) { file in
      switch elements {
      case .float32(let values): try file.append(values)
      case .uint8(let values): try file.append(values)
      case .int64(let values): try file.append(values)
      }
    }
  }

  /// Writes a version 1.0 file whose values `body` appends, whole or not at all; for arrays that do
  /// not fit into memory.
  /// - Parameter code: NumPy's code of the element type.
  /// - Throws: `UserError`, or what `body` throws.
  package static func write(
    code: String, shape: [Int], to url: URL, _ body: (borrowing AtomicFile.Writer) throws -> Void
  ) throws {
    let extents =
      shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
    var header = "{'descr': '\(code)', 'fortran_order': False, 'shape': \(extents), }"
    // The values begin at a multiple of 64, and the header ends with a newline.
    let padding = (64 - (10 + header.utf8.count + 1) % 64) % 64
    header += String(repeating: " ", count: padding) + "\n"
    let length = UInt16(header.utf8.count)
    try AtomicFile.write(to: url) { file in
      try file.append(NPYArray.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)])
      try file.append(header)
      try body(file)
    }
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
}
