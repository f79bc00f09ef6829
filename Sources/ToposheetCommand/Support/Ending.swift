import ArgumentParser
import Foundation

extension ToposheetCommand {
  /// Ends as `exit(withError:)` does, but also reports help, versions and completions that could
  /// not be written.
  static func end(_ error: (any Error)? = nil) -> Never {
    guard let error else { Terminal.end(ExitCode.success.rawValue) }
    let (code, text) = (exitCode(for: error), fullMessage(for: error))
    if !text.isEmpty {
      if code.isSuccess { Terminal.print(text) } else { Terminal.error(text) }
    }
    Terminal.end(code.rawValue)
  }
}
