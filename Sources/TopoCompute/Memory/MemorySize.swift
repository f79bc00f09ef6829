/// An amount of memory as people write it: `2G`, `800M`, `1.5G`, in units of 1024.
public struct MemorySize: Sendable, Hashable, CustomStringConvertible {
  /// The amount.
  public var bytes: Int

  /// So many bytes.
  public init(bytes: Int) { self.bytes = bytes }

  /// Reads a number with K, M, G or T, which may be followed by `B` or `iB`; without, bytes.
  /// - Throws: `DeviceError` when it is no such size, or none at all.
  public init(_ text: String) throws {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count).lowercased()
    let powers = ["": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4]
    let power =
      powers[unit]
      ?? (unit.dropFirst() == "b" || unit.dropFirst() == "ib"
        ? powers[String(unit.prefix(1))] : nil)
    guard let power, let value = Double(number), value > 0,
      let bytes = Int(exactly: (value * Double(1 << (10 * power))).rounded()), bytes > 0
    else {
      throw DeviceError("\"\(text)\" is no amount of memory; write it as 2G or 800M")
    }
    self.bytes = bytes
  }

  /// `1.5 GiB`
  public var description: String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let tenths = Int((value * 10).rounded())
    return value < 10 && unit > 0
      ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\(Int(value.rounded())) \(units[unit])"
  }
}
