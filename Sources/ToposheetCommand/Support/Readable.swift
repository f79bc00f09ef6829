import Foundation
import Toposheet

/// Formats numbers for people.
enum Readable {
  static func bytes(_ count: Int) -> String { MemorySize(bytes: count).description }

  /// `Model name (opencl:0, opencl:1)`
  static func devices(_ devices: [any Device]) -> String {
    let identifiers = devices.map(\.information.identifier).joined(separator: ", ")
    let precision = devices.first?.information.precision ?? .float32
    return "\(devices.first?.information.name ?? "no device") (\(identifiers))"
      + (precision == .float32 ? "" : " in \(precision.rawValue)")
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e12).rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    value.isFinite ? String(format: "%.\(digits)f", value) : "\(value)"
  }

  static func percent(_ share: Double) -> String { fixed(100 * share, 2) + " %" }

  /// `12,345`
  static func count(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var digits = String(Int(value.rounded()))
    var parts: [String] = []
    while digits.count > 3 {
      parts.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + parts).joined(separator: ",")
  }
}
