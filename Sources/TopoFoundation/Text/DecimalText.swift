/// Numbers in decimal digits alone. Swift's own readers take hexadecimal
/// numbers, `inf` and `nan` too, YAML's take octal ones and base 60 (`010` is 8, `1:30` is 90): a text
/// that looks like a number should be that number, or an error.
package enum DecimalText {
  /// A whole number: a sign, which may be missing, and digits; leading zeros do not matter. Nil for
  /// anything else, and beyond the type's range.
  package static func integer<Number: FixedWidthInteger>(
    _ text: some StringProtocol, as type: Number.Type = Int.self
  ) -> Number? {
    isWhole(text) ? Number(text) : nil
  }

  /// Whether it is a whole number as `integer` reads it, however large.
  package static func isWhole(_ text: some StringProtocol) -> Bool {
    let digits = text.utf8.first.map(isSign) == true ? text.utf8.dropFirst() : text.utf8[...]
    return !digits.isEmpty && digits.allSatisfy(isDigit)
  }

  /// A number: a sign, digits with a decimal point or without, and a power of ten, of which the
  /// first and the last may be missing: `-0.5`, `.5`, `1e-3`. Nil for anything else; infinite beyond
  /// the type's range.
  package static func number(_ text: some StringProtocol) -> Double? {
    var rest = text.utf8[...]
    if rest.first.map(isSign) == true { rest = rest.dropFirst() }
    let whole = rest.prefix(while: isDigit)
    rest = rest.dropFirst(whole.count)
    var count = whole.count
    if rest.first == UInt8(ascii: ".") {
      let decimals = rest.dropFirst().prefix(while: isDigit)
      rest = rest.dropFirst(1 + decimals.count)
      count += decimals.count
    }
    guard count > 0 else { return nil }
    if let letter = rest.first {
      guard letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E"),
        integer(String(decoding: rest.dropFirst(), as: UTF8.self)) != nil
      else { return nil }
    }
    return Double(text)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isSign(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
  }
}
