import Foundation
import TopoFoundation

/// Commands that make the results of a folder again.
struct Reproduction {
  /// The commands that made it, each on a line; nil if they are not recorded.
  let made: String?
  /// Commands for a shell that make the same results in a new folder; nil if neither the plan nor a
  /// command is known.
  let again: String?

  init(_ folder: ResultFolder) {
    made = folder.origin.command
    let path = folder.url.relativePath
    let copy = Self.copy(of: path)
    // The plan has all of a study, whichever commands it grew by.
    if folder.plan != nil {
      again =
        "toposheet run \(ShellWord.quoted(path + "/plan.yaml")) --out \(ShellWord.quoted(copy))"
    } else {
      let commands = (made ?? "").split(separator: "\n").map { Self.elsewhere(String($0)) }
      again =
        commands.isEmpty || commands.contains(nil)
        ? nil : commands.compactMap { $0 }.joined(separator: "\n")
    }
  }

  private static func copy(of path: String) -> String {
    var path = path
    while path.hasSuffix("/"), path.count > 1 { path.removeLast() }
    return path == "." || path == ".." || path == "/" ? "again" : path + "-again"
  }

  /// A command with another `--out`; nil if it has none.
  static func elsewhere(_ command: String) -> String? {
    for key in [" --out ", " --out="] {
      guard let start = command.range(of: key)?.upperBound else { continue }
      // The word after it, which may have pieces in quotes.
      var (end, isQuoted, word) = (start, false, "")
      while end < command.endIndex, isQuoted || command[end] != " " {
        if command[end] == "'" {
          isQuoted.toggle()
        } else if command[end] == "\\", !isQuoted, command.index(after: end) < command.endIndex {
          end = command.index(after: end)
          word.append(command[end])
        } else {
          word.append(command[end])
        }
        end = command.index(after: end)
      }
      return command[..<start] + ShellWord.quoted(copy(of: word)) + command[end...]
    }
    return nil
  }
}
