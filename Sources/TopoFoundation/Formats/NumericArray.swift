import Foundation

/// An array of numbers from a file of NumPy (`.npy`) or safetensors, whatever its element type and
/// order: for what other programs computed.
///
/// ```swift
/// let activations = try NumericArray<Float>("layer.npy") { Float($0) }
/// ```
public struct NumericArray<Value: Sendable>: Sendable {
  /// The path, as it was given.
  public let path: String
  /// Extents, slowest first.
  public let shape: [Int]
  /// Values, row-major.
  public let values: [Value]

  /// Reads an array.
  /// - Parameters:
  ///   - path: an NPY file in C or Fortran order, or a safetensors file with a single tensor; a
  ///     tensor of a file with several is `file.safetensors:name`.
  ///   - convert: makes a value of a number. Whole numbers beyond 2^53 are rounded.
  /// - Throws: `UserError` if the file cannot be read, or holds no numbers.
  public init(_ path: String, convert: (Double) -> Value) throws {
    self.path = path
    let (url, tensor) = Self.parts(path)
    let bytes = try FileContents.read(url)
    if tensor == nil, bytes.starts(with: NPYArray.magic) {
      (shape, values) = try Self.npy(bytes, url, convert)
    } else {
      (shape, values) = try Self.safetensors(url, tensor, convert)
    }
  }

  /// The file, and the tensor in it if one is named.
  private static func parts(_ path: String) -> (url: URL, tensor: String?) {
    guard !FileManager.default.fileExists(atPath: path), let colon = path.lastIndex(of: ":") else {
      return (URL(filePath: path), nil)
    }
    return (URL(filePath: String(path[..<colon])), String(path[path.index(after: colon)...]))
  }

  // MARK: NPY

  private static func npy(
    _ bytes: [UInt8], _ url: URL, _ convert: (Double) -> Value
  ) throws -> ([Int], [Value]) {
    let header = try NPYHeader(
      bytes[...], fileSize: bytes.count, url: url, allowsFortranOrder: true)
    let types: [String: SafetensorsFile.ElementType] = [
      "<f4": .float32, "<f8": .float64, "<f2": .float16, "|u1": .uint8, "|i1": .int8,
      "<u2": .uint16, "<i2": .int16, "<u4": .uint32, "<i4": .int32, "<u8": .uint64, "<i8": .int64,
      "|b1": .bool,
    ]
    guard let type = types[header.code] else {
      guard !header.code.contains(where: { "USO".contains($0) }) else {
        throw UserError(
          url,
          "holds text or objects (\(header.code)), not numbers; labels are numbers: "
            + "np.unique(y, return_inverse=True)[1] makes them")
      }
      throw UserError(
        url,
        header.code.hasPrefix(">")
          ? "is big-endian; write it again after .astype(\"<\(header.code.dropFirst())\")"
          : "holds elements of type \(header.code); convert it to float32")
    }
    try header.checkSize(bytes.count - header.start, elementSize: type.size, url: url)
    let values = bytes.withUnsafeBytes { buffer in
      type.numbers(
        UnsafeRawBufferPointer(rebasing: buffer[header.start...]), count: header.count, convert)
    }
    return (header.shape, header.isFortran ? rowMajor(values, header.shape) : values)
  }

  /// Values in Fortran order (first extent fastest) in row-major order.
  private static func rowMajor(_ values: [Value], _ shape: [Int]) -> [Value] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    return (0..<values.count).map { _ in
      let value = values[source]
      for axis in shape.indices.reversed() {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= shape[axis] * strides[axis]
        index[axis] = 0
      }
      return value
    }
  }

  // MARK: Safetensors

  private static func safetensors(
    _ url: URL, _ tensor: String?, _ convert: (Double) -> Value
  ) throws -> ([Int], [Value]) {
    let file: SafetensorsFile
    do {
      file = try SafetensorsFile(contentsOf: url)
    } catch let error as UserError {
      guard tensor == nil, url.pathExtension != "safetensors" else { throw error }
      throw UserError(
        url, "is neither an NPY file nor safetensors; write it with numpy.save(file, array)")
    }
    let names = file.entries.map(\.name)
    let entry: SafetensorsFile.Entry
    if let tensor {
      guard let found = file.entries.first(where: { $0.name == tensor }) else {
        throw UserError(
          url, "has no tensor \(tensor); it has \(names.prefix(8).joined(separator: ", "))")
      }
      entry = found
    } else {
      guard names.count == 1 else {
        throw UserError(
          url,
          "has \(names.count.counted("tensor")); name one, such as "
            + "\(url.lastPathComponent):\(names.first ?? "activations")")
      }
      entry = file.entries[0]
    }
    guard entry.elementType != .bfloat16 else {
      return (entry.shape, (file.floats(entry) ?? []).map { convert(Double($0)) })
    }
    let values = file.bytes.withUnsafeBytes { buffer in
      entry.elementType.numbers(
        UnsafeRawBufferPointer(rebasing: buffer[entry.range]), count: entry.count, convert)
    }
    return (entry.shape, values)
  }
}

extension SafetensorsFile.ElementType {
  /// The numbers of little-endian elements; not for `bfloat16`.
  fileprivate func numbers<Value>(
    _ source: UnsafeRawBufferPointer, count: Int, _ convert: (Double) -> Value
  ) -> [Value] {
    func read<Word: BitwiseCopyable>(_: Word.Type, _ number: (Word) -> Double) -> [Value] {
      (0..<count).map {
        convert(
          number(
            source.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self)))
      }
    }
    return switch self {
    case .bool, .uint8: read(UInt8.self) { Double($0) }
    case .int8: read(Int8.self) { Double($0) }
    case .uint16: read(UInt16.self) { Double(UInt16(littleEndian: $0)) }
    case .int16: read(Int16.self) { Double(Int16(littleEndian: $0)) }
    case .uint32: read(UInt32.self) { Double(UInt32(littleEndian: $0)) }
    case .int32: read(Int32.self) { Double(Int32(littleEndian: $0)) }
    case .uint64: read(UInt64.self) { Double(UInt64(littleEndian: $0)) }
    case .int64: read(Int64.self) { Double(Int64(littleEndian: $0)) }
    case .float32: read(UInt32.self) { Double(Float(bitPattern: UInt32(littleEndian: $0))) }
    case .float64: read(UInt64.self) { Double(bitPattern: UInt64(littleEndian: $0)) }
    case .float16: read(UInt16.self) { Double(Float16(bitPattern: UInt16(littleEndian: $0))) }
    case .bfloat16: []
    }
  }
}
