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

  /// The values of a tensor of any type as whole numbers, toward zero; those that no `Int64` is
  /// near are its bounds or, for what is not a number, 0.
  public func integers(_ entry: Entry) -> [Int64] {
    func exact<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) -> [Int64] {
      convert(entry) { (word: Word) in Int64(clamping: Word(littleEndian: word)) }
    }
    switch entry.elementType {
    case .bool, .uint8: return exact(UInt8.self)
    case .int8: return exact(Int8.self)
    case .uint16: return exact(UInt16.self)
    case .int16: return exact(Int16.self)
    case .uint32: return exact(UInt32.self)
    case .int32: return exact(Int32.self)
    case .uint64: return exact(UInt64.self)
    case .int64: return exact(Int64.self)
    case .float16, .bfloat16, .float32, .float64:
      return (floats(entry) ?? []).map { value in
        value.isNaN ? 0 : Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
      }
    }
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
