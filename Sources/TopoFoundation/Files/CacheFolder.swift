import Foundation

/// The folder of files that programs can make again (XDG Base Directory Specification).
package enum CacheFolder {
  /// The folder `name` below `$XDG_CACHE_HOME` or `~/.cache`.
  /// - Parameters:
  ///   - name: a relative path: `toposheet/tuning`.
  ///   - environment: the variables of the process.
  /// - Returns: nil if the environment names neither, or empty ones.
  package static func url(_ name: String, environment: [String: String]) -> URL? {
    func named(_ variable: String) -> String? {
      environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
    // The specification says to ignore a relative path.
    let base =
      named("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
      ?? named("HOME").map { URL(filePath: $0).appending(path: ".cache") }
    return base?.appending(path: name)
  }

  /// What a variable asks for instead of a folder in the cache.
  package enum Choice: Sendable, Hashable {
    /// The variable is missing or empty.
    case standard
    /// The variable is `off`.
    case off
    /// The variable is the path of a folder.
    case folder(URL)

    /// What the variable `name` asks for.
    package init(_ name: String, environment: [String: String]) {
      switch environment[name] {
      case nil, "": self = .standard
      case "off": self = .off
      case let path?: self = .folder(URL(filePath: path, directoryHint: .isDirectory))
      }
    }
  }
}
