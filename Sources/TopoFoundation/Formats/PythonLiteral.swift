/// A value as Python writes it, of the kinds that headers of NPY files are made of.
enum PythonLiteral: Hashable {
  case string(String)
  case integer(Int)
  /// `True`, `False`.
  case boolean(Bool)
  /// `(1, 2)`; `(1)` is 1 and `(1,)` a tuple.
  case tuple([PythonLiteral])
  /// `[1, 2]`
  case list([PythonLiteral])
  case dictionary([Pair])

  /// A key and its value.
  struct Pair: Hashable {
    var key: PythonLiteral
    var value: PythonLiteral
  }

  /// Reads `text`, which holds one value and white space; nil for anything else.
  init?(_ text: some StringProtocol) {
    var reader = Reader(rest: Array(text.unicodeScalars)[...])
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    guard reader.rest.isEmpty else { return nil }
    self = value
  }

  /// The value of a dictionary's key that is a string; the last one of several, as in
  /// Python.
  subscript(key: String) -> PythonLiteral? {
    guard case .dictionary(let pairs) = self else { return nil }
    return pairs.last { $0.key == .string(key) }?.value
  }
}

private struct Reader {
  var rest: ArraySlice<Unicode.Scalar>

  /// No header nests deeper.
  private static let deepest = 32

  mutating func skipSpace() {
    rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\t" || $0 == "\u{C}" }
  }

  /// Takes `scalar` if it is next.
  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

  mutating func value(depth: Int) -> PythonLiteral? {
    skipSpace()
    guard depth < Self.deepest, let first = rest.first else { return nil }
    switch first {
    case "{": return dictionary(depth: depth)
    case "[": return items("[", "]", depth: depth).map { .list($0.values) }
    case "(":
      guard let (values, hasComma) = items("(", ")", depth: depth) else { return nil }
      return values.count == 1 && !hasComma ? values[0] : .tuple(values)
    case "'", "\"": return string().map { .string($0) }
    case "0"..."9", "-", "+": return integer().map { .integer($0) }
    default: return word()
    }
  }

  private mutating func dictionary(depth: Int) -> PythonLiteral? {
    guard take("{") else { return nil }
    var pairs: [PythonLiteral.Pair] = []
    while !take("}") {
      guard let key = value(depth: depth + 1), take(":"), let value = value(depth: depth + 1)
      else { return nil }
      pairs.append(.init(key: key, value: value))
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    return .dictionary(pairs)
  }

  private mutating func items(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, depth: Int
  ) -> (values: [PythonLiteral], hasComma: Bool)? {
    guard take(open) else { return nil }
    var values: [PythonLiteral] = []
    var hasComma = false
    while !take(close) {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
      if !take(",") {
        guard take(close) else { return nil }
        break
      }
      hasComma = true
    }
    return (values, hasComma)
  }

  /// A string in either kind of quotes. Escapes do not occur in names of types and fields.
  private mutating func string() -> String? {
    guard let quote = rest.popFirst(), let end = rest.firstIndex(of: quote) else { return nil }
    let content = rest[..<end]
    guard !content.contains("\\"), !content.contains("\n") else { return nil }
    rest = rest[rest.index(after: end)...]
    var text = String.UnicodeScalarView()
    text.append(contentsOf: content)
    return String(text)
  }

  /// A decimal whole number; Python 2 wrote an L behind long ones.
  private mutating func integer() -> Int? {
    var text = ""
    if let sign = rest.first, sign == "-" || sign == "+" {
      text.unicodeScalars.append(sign)
      rest.removeFirst()
    }
    let digits = rest.prefix { ("0"..."9").contains($0) }
    text.unicodeScalars.append(contentsOf: digits)
    rest = rest.dropFirst(digits.count)
    if rest.first == "L" || rest.first == "l" { rest.removeFirst() }
    return Int(text)
  }

  /// `True`, `False`, or a string with Python 2's or 3's prefix.
  private mutating func word() -> PythonLiteral? {
    let letters = rest.prefix(while: \.properties.isAlphabetic)
    rest = rest.dropFirst(letters.count)
    switch String(String.UnicodeScalarView(letters)) {
    case "True": return .boolean(true)
    case "False": return .boolean(false)
    case "u", "b", "U", "B":
      return rest.first == "'" || rest.first == "\"" ? string().map { .string($0) } : nil
    default: return nil
    }
  }
}
