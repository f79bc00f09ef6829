/// Records as TensorFlow writes them (TFRecord): the length of a record as 8 bytes, its checksum,
/// the record, its checksum. Numbers are little-endian. Checksums are masked CRC-32C.
enum RecordFraming {
  /// A record in its frame.
  static func framed(_ record: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(record.count))
    return length + littleEndian(masked(length[...])) + record
      + littleEndian(masked(record[...]))
  }

  /// The whole records at the beginning of some bytes, and where the last of them ends.
  static func records(in bytes: [UInt8]) -> (records: [ArraySlice<UInt8>], end: Int) {
    var (records, end) = ([ArraySlice<UInt8>](), 0)
    while bytes.count - end >= 16 {
      let length = bytes[end..<end + 8]
      let count = number(length)
      guard number(bytes[end + 8..<end + 12]) == UInt64(masked(length)),
        count <= UInt64(bytes.count - end - 16)
      else { break }
      let record = bytes[end + 12..<end + 12 + Int(count)]
      guard number(bytes[record.endIndex..<record.endIndex + 4]) == UInt64(masked(record)) else {
        break
      }
      records.append(record)
      end = record.endIndex + 4
    }
    return (records, end)
  }

  /// Its checksum, changed so that the checksum of bytes with checksums in them is not special.
  static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let sum = checksum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }

  /// CRC-32C (Castagnoli).
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8
    }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0x82F6_3B78 : 0) }
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
