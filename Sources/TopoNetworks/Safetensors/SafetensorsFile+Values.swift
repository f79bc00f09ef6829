extension SafetensorsFile {
  /// The values of a tensor of F32, F64, F16 or BF16 as F32; nil for other types.
  public func floats(_ entry: Entry) -> [Float]? {
    switch entry.elementType {
    case .float32:
      convert(entry) { (word: UInt32) in Float(bitPattern: UInt32(littleEndian: word)) }
    case .float64:
      convert(entry) { (word: UInt64) in
        Float(Double(bitPattern: UInt64(littleEndian: word)))
      }
    case .float16:
      convert(entry) { (word: UInt16) in
        Float(Float16(bitPattern: UInt16(littleEndian: word)))
      }
    case .bfloat16:
      convert(entry) { (word: UInt16) in
        Float(bitPattern: UInt32(UInt16(littleEndian: word)) << 16)
      }
    default: nil
    }
  }

  /// The values of a tensor of I64; nil for other types.
  public func integers(_ entry: Entry) -> [Int64]? {
    guard entry.elementType == .int64 else { return nil }
    return convert(entry) { (word: Int64) in Int64(littleEndian: word) }
  }

  @inline(__always)
  private func convert<Word: FixedWidthInteger & BitwiseCopyable, Value>(
    _ entry: Entry, _ value: (Word) -> Value
  ) -> [Value] {
    bytes.withUnsafeBytes { buffer in
      let source = UnsafeRawBufferPointer(rebasing: buffer[entry.range])
      return [Value](unsafeUninitializedCapacity: entry.count) { target, initialized in
        for index in 0..<entry.count {
          // The header's length need not be a multiple of the element, so neither is the address.
          let word = source.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
          target.initializeElement(at: index, to: value(word))
        }
        initialized = entry.count
      }
    }
  }
}
