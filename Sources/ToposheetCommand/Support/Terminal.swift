import Foundation
import Toposheet

/// Where output goes: results to standard output, progress and errors to standard error.
enum Terminal {
  /// Whether people watch the progress.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  static func error(_ line: String) { write(line + "\n", to: .standardError) }
  static func print(_ text: String) {
    write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput)
  }

  private static func write(_ text: String, to handle: FileHandle) {
    // A closed pipe, such as `| head`, is no reason to complain.
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// Columns of the terminal.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

extension Terminal {
  /// Columns that tables may take: those of the terminal, within reason.
  static var tableWidth: Int { isInteractive ? min(max(width, 80), 160) : 120 }
}

/// A line that is rewritten in place on a terminal, and not shown elsewhere.
struct StatusLine {
  private var shown = false

  mutating func show(_ text: String) {
    guard Terminal.isInteractive else { return }
    let line = text.prefix(max(Terminal.width - 1, 10))
    try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(line)".utf8))
    shown = true
  }

  /// Removes the line, so that another can stand in its place.
  mutating func clear() {
    guard shown else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
    shown = false
  }
}

/// Numbers as people read them.
enum Readable {
  static func bytes(_ count: Int) -> String { MemorySize(bytes: count).description }

  /// `Model name (opencl:0, opencl:1)`
  static func devices(_ devices: [any Device]) -> String {
    let identifiers = devices.map(\.information.identifier).joined(separator: ", ")
    return "\(devices.first?.information.name ?? "no device") (\(identifiers))"
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
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
