import Yams

/// Numbers are read from the text of a value, not as YAML resolves it: YAML 1.1 would read `010` as
/// octal and `1:30` in base 60.
extension YAMLMapping {
  /// The whole number of a key; nil when it is missing.
  /// - Throws: `UserError` for anything else, or a number outside `range`.
  /// - Parameter other: what else may stand there, for the error.
  public func integer(
    _ key: String, _ range: ClosedRange<Int> = 1...Int.max, or other: String = ""
  ) throws -> Int? {
    try value(key).map { try whole($0, key, range, or: other) }
  }

  /// The seed of a key; nil when it is missing.
  /// - Throws: `UserError`.
  public func seed(_ key: String) throws -> UInt64? {
    try value(key).map { try whole($0, key, 0...UInt64.max) }
  }

  private func whole<Number: FixedWidthInteger>(
    _ node: Node, _ key: String, _ range: ClosedRange<Number>, or other: String = ""
  ) throws -> Number {
    let number = node.scalar.flatMap { DecimalText.integer($0.string, as: Number.self) }
    if let number, range.contains(number) { return number }
    let isOpen = range.upperBound == .max && Number.self == Int.self
    throw reader.problem(
      node,
      "\(key) is \(node.inWords), but must be a whole number "
        + (isOpen
          ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)")
        + (DecimalText.isWhole(node.scalar?.string ?? "") ? "" : ", in decimal digits") + other)
  }

  /// The number of a value. YAML's `.inf` and `.nan` count as numbers: the check of the value's use
  /// refuses them with a reason.
  /// - Throws: `UserError`.
  public func number(_ node: Node, _ key: String) throws -> Double {
    let text = node.scalar?.string ?? ""
    if let number = DecimalText.number(text) ?? Self.words[text.lowercased()] { return number }
    throw reader.problem(
      node, "\(key) is \(node.inWords), but must be a number, in decimal digits: 0.5, 1e-3")
  }

  private static let words: [String: Double] = [
    ".inf": .infinity, "+.inf": .infinity, "-.inf": -.infinity, ".nan": .nan,
  ]
}

extension YAMLMapping {
  /// `true` or `false`; nil when the key is missing.
  /// - Throws: `UserError` for any other word.
  public func flag(_ key: String) throws -> Bool? {
    try value(key).map { try choice($0, key, YesOrNo.self) == .yes }
  }

  private enum YesOrNo: String, CaseIterable {
    case yes = "true"
    case no = "false"
  }
}

extension Node {
  /// What it is, for a sentence.
  public var inWords: String {
    switch self {
    case .scalar(let scalar):
      let text = scalar.string.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return text.isEmpty ? "empty" : text.count <= 40 ? text : text.prefix(40) + "..."
    case .sequence: return "a list"
    case .mapping: return "keys with values"
    case .alias: return "an alias"
    }
  }
}
