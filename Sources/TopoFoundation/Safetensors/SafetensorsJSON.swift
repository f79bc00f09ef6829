/// Reads the JSON that safetensors headers are made of: objects, strings and arrays of whole
/// numbers that are not negative. Anything else is a failure.
struct SafetensorsJSON {
  /// Why a header is not understood: continues the sentence "its header ...".
  struct Failure: Error {
    var reason: String
  }

  private let bytes: ArraySlice<UInt8>
  private var index: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  func failure(_ reason: String) -> Failure { Failure(reason: reason) }

  private var wrongHere: Failure {
    failure("is not what safetensors headers are at its byte \(index - bytes.startIndex)")
  }

  private mutating func skipSpace() {
    while index < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  /// Takes `character` if it is next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard index < bytes.endIndex, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard take(character) else { throw wrongHere }
  }

  /// Requires that nothing follows but space, with which writers align the data.
  mutating func end() throws {
    skipSpace()
    guard index == bytes.endIndex else { throw wrongHere }
  }

  /// Reads an object; `value` reads the value of each key.
  mutating func object(_ value: (inout SafetensorsJSON, String) throws -> Void) throws {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try value(&self, key)
    } while take(",")
    try expect("}")
  }

  /// Reads an array of numbers.
  mutating func numbers() throws -> [Int] {
    try expect("[")
    if take("]") { return [] }
    var values: [Int] = []
    repeat { values.append(try number()) } while take(",")
    try expect("]")
    return values
  }

  private mutating func number() throws -> Int {
    skipSpace()
    let start = index
    while index < bytes.endIndex, (0x30...0x39).contains(bytes[index]) { index += 1 }
    // `Int` fails on no digits and on numbers beyond 64 bits.
    guard let value = Int(String(decoding: bytes[start..<index], as: UTF8.self)) else {
      throw wrongHere
    }
    return value
  }

  /// Reads a string.
  mutating func string() throws -> String {
    try expect("\"")
    var text: [UInt8] = []
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw wrongHere }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
      case 0..<0x20: throw wrongHere
      default: text.append(byte)
      }
    }
    throw wrongHere
  }

  private mutating func escape() throws -> [UInt8] {
    guard index < bytes.endIndex else { throw wrongHere }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var units = [try hexadecimal()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard bytes[index...].starts(with: Array("\\u".utf8)) else { throw wrongHere }
        index += 2
        units.append(try hexadecimal())
      }
      guard let text = String(validating: units, as: UTF16.self) else { throw wrongHere }
      return Array(text.utf8)
    default: throw wrongHere
    }
  }

  private mutating func hexadecimal() throws -> UInt16 {
    let digits = bytes[index...].prefix(4)
    guard digits.count == 4,
      digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw wrongHere }
    index += 4
    return unit
  }
}
