/// A message in the wire format of protocol buffers
/// (https://protobuf.dev/programming-guides/encoding/): fields, each with a number and one of the
/// kinds below, in the order in which they are added.
///
/// The messages of event files are three, with a dozen fields that have not changed since 2015.
/// That is less than the generated code and the package that it would need.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  private enum Kind: UInt64 {
    case varint = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: UInt64, _ kind: Kind) { varint(field << 3 | kind.rawValue) }

  /// An `int32` or `int64`.
  mutating func add(_ field: UInt64, integer value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: UInt64, double value: Double) {
    key(field, .eightBytes)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  mutating func add(_ field: UInt64, float value: Float) {
    key(field, .fourBytes)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }

  /// `bytes`, a `string` in UTF-8, or a message.
  mutating func add(_ field: UInt64, bytes value: [UInt8]) {
    key(field, .counted)
    varint(UInt64(value.count))
    bytes += value
  }

  mutating func add(_ field: UInt64, text value: String) { add(field, bytes: Array(value.utf8)) }
}
