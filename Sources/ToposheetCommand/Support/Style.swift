import Foundation

/// Colors of the terminal, if it has them.
enum Style {
  /// Whether a stream supports colors: it is a terminal, not a dumb one, and `NO_COLOR` is not set.
  static func isUsed(on file: Int32) -> Bool {
    isUsed(isTerminal: isatty(file) == 1, environment: ProcessInfo.processInfo.environment)
  }

  static func isUsed(isTerminal: Bool, environment: [String: String]) -> Bool {
    let kind = environment["TERM"] ?? "dumb"
    return isTerminal && kind != "dumb" && !kind.isEmpty && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// A text in red.
  static func wrong(_ text: String, colored: Bool) -> String {
    colored ? "\u{1B}[31m\(text)\u{1B}[0m" : text
  }

  /// A line for standard error, with the word before an error's sentence in red.
  static func errorPrefix(_ line: String) -> String {
    for prefix in ["toposheet:", "Error:"] where line.hasPrefix(prefix + " ") {
      return wrong(prefix, colored: isUsed(on: STDERR_FILENO)) + line.dropFirst(prefix.count)
    }
    return line
  }
}
