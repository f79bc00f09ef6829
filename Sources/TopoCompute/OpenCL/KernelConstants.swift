/// The `-D` constants that a kernel family is built with.
struct KernelConstants: ExpressibleByDictionaryLiteral {
  /// What a constant stands for.
  enum Value: ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    case integer(Int)
    case float(Float)
    case floats([Float])

    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }

    /// Itself in OpenCL C, without blanks.
    var text: String {
      switch self {
      case .integer(let value): value < 0 ? "(\(value))" : "\(value)"
      case .float(let value): KernelConstants.literal(value)
      case .floats(let values): values.map(KernelConstants.literal).joined(separator: ",")
      }
    }
  }

  private var values: [String: Value]

  init(dictionaryLiteral elements: (String, Value)...) {
    values = Dictionary(uniqueKeysWithValues: elements)
  }

  /// Sets a constant.
  subscript(name: String) -> Value? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// These constants and others; both must not set the same one.
  func merging(_ others: KernelConstants) -> KernelConstants {
    var merged = self
    merged.values.merge(others.values) { _, _ in
      preconditionFailure("a kernel's constant is set twice")
    }
    return merged
  }

  /// The compiler's options: sorted, so that they can be part of a key.
  var options: String {
    values.sorted { $0.key < $1.key }.map { "-D\($0.key)=\($0.value.text)" }
      .joined(separator: " ")
  }

  /// The shortest literal that gives the same bits.
  private static func literal(_ value: Float) -> String {
    if value.isNaN { return "NAN" }
    if value.isInfinite { return value < 0 ? "(-INFINITY)" : "INFINITY" }
    let digits = "\(value)f"
    return value.sign == .minus ? "(\(digits))" : digits
  }
}
