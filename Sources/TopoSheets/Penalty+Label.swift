import TopoCompute

extension Penalty: CustomStringConvertible {
  /// The condition's name in files, folders and tables: `control`, `ws-euclidean-1`,
  /// `as-correlation-0.3`; options that differ from the default follow, in this order:
  /// `as-euclidean-1-post-relu-untransposed-rms-torus`.
  public var label: String {
    var parts = [kind.rawValue]
    if kind != .control {
      parts += [metric.rawValue, Penalty.decimal(lambda)]
      if view != .preReLU { parts.append(view.rawValue) }
      if layout != .unitMajor { parts.append(layout.rawValue) }
      if scale != .sum { parts.append(scale.rawValue) }
      if neighborhood.shape != .moore { parts.append(neighborhood.shape.rawValue) }
      if neighborhood.wraps { parts.append("torus") }
    }
    return parts.joined(separator: "-")
  }

  /// The label.
  public var description: String { label }

  /// The shortest decimal that reads back as `number`, without an exponent if that stays
  /// legible: `1`, `0.3`, `0.00001`.
  static func decimal(_ number: Double) -> String {
    let text = "\(number)"
    guard let mark = text.firstIndex(of: "e") else {
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    guard let exponent = Int(text[text.index(after: mark)...]), abs(exponent) <= 20 else {
      return text
    }
    let mantissa = text[..<mark].split(separator: ".")
    let whole = mantissa[0].filter(\.isNumber)
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    let sign = text.hasPrefix("-") ? "-" : ""
    let digits = whole + fraction
    let point = whole.count + exponent
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count {
      return sign + digits + String(repeating: "0", count: point - digits.count)
    }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }
}

extension Penalty {
  /// The condition that a label names; nil for any other text.
  public init?(label: String) {
    guard label != Penalty.control.label else {
      self = .control
      return
    }
    var parts = label.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, let kind = Kind(rawValue: parts.removeFirst()), kind != .control,
      let metric = PenaltyMetric(rawValue: parts.removeFirst()),
      let lambda = Double(parts.removeFirst())
    else { return nil }
    // Every option's name is unlike every other's.
    let rest = "-" + parts.joined(separator: "-") + "-"
    func named<Option: RawRepresentable & CaseIterable>(_ type: Option.Type) -> Option?
    where Option.RawValue == String {
      type.allCases.first { rest.contains("-\($0.rawValue)-") }
    }
    self.init(
      kind: kind, metric: metric, lambda: lambda, view: named(View.self) ?? .preReLU,
      layout: named(Layout.self) ?? .unitMajor, scale: named(Scale.self) ?? .sum,
      neighborhood: Neighborhood(
        named(Neighborhood.Shape.self) ?? .moore, wraps: rest.contains("-torus-")))
    // A text with other parts, or with parts in another order or spelling, is not our label.
    guard self.label == label, (try? validate()) != nil else { return nil }
  }
}

extension Neighborhood {
  /// The neighborhood's name in tables: `moore`, `von-neumann-torus`.
  public var label: String { shape.rawValue + (wraps ? "-torus" : "") }
}
