import Foundation
import TopoFoundation

/// Commands that make the results of a folder again.
struct Reproduction {
  /// The commands of the processes that worked in it, each on a line; nil if they are not recorded.
  let made: String?
  /// Commands for a shell that make the same results in a new folder; nil if neither the plan nor a
  /// command is known.
  let again: String?
  /// What to do with `again`, and with which data.
  let how: String
  /// Where `again` puts the results; nil without it.
  let copy: String?

  /// - Parameters:
  ///   - planFile: the name under which a reader saves the plan.
  ///   - copies: where the commands of the report put the results of its folders, by path.
  init(_ folder: ResultFolder, planFile: String = "plan.yaml", copies: [String: String] = [:]) {
    let recorded = folder.origin.commands
    made = recorded.isEmpty ? nil : recorded.joined(separator: "\n")
    let path = folder.url.relativePath
    if folder.plan != nil {
      // The plan has all of a study, whichever commands it grew by.
      let copy = Self.copy(of: path)
      again = "toposheet run \(planFile) --out \(ShellWord.quoted(copy))"
      how =
        "To make it again: save the plan below as \(planFile), and run it on the same kind of "
        + "device. If its data set is in no place where the program looks, set TOPOSHEET_DATA to "
        + "the folder of your data, or add --set data=FOLDER."
      self.copy = copy
    } else {
      let commands = Self.first(recorded).map { Self.elsewhere($0, copies: copies) }
      again =
        commands.isEmpty || commands.contains(nil)
        ? nil : commands.compactMap { $0 }.joined(separator: "\n")
      how =
        "To make it again, on the same kind of device and with the same networks and data; if the "
        + "data are in no place where the program looks, set TOPOSHEET_DATA to their folder, or add "
        + "--data FOLDER."
      copy = again == nil ? nil : Self.copy(of: path)
    }
  }

  /// Where the results of a folder go when they are made again.
  static func copy(of path: String) -> String {
    var path = path
    while path.hasSuffix("/"), path.count > 1 { path.removeLast() }
    return path == "." || path == ".." || path == "/" ? "again" : path + "-again"
  }

  /// The command of a report of the copies; nil if some folder cannot be made again.
  static func report(_ folders: [Reproduction]) -> String? {
    let copies = folders.compactMap(\.copy)
    guard copies.count == folders.count else { return nil }
    return (["toposheet report"] + copies.map(ShellWord.quoted)).joined(separator: " ")
  }

  /// Commands in order, without those that only continue an earlier one. The first one begins the
  /// folder; later ones add to it, so they need `--resume`.
  static func first(_ commands: [String]) -> [String] {
    var known: Set<String> = []
    var first: [String] = []
    for command in commands {
      let begun = command.replacing(" --resume=anyway", with: "")
        .replacing(" --resume-anyway", with: "").replacing(" --resume", with: "")
      guard known.insert(begun).inserted else { continue }
      first.append(first.isEmpty ? begun : begun + " --resume")
    }
    return first
  }

  /// A command with another `--out`; nil if it has none.
  /// - Parameter copies: folders that were made again, too, by path: the command reads these.
  static func elsewhere(_ command: String, copies: [String: String] = [:]) -> String? {
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
      func reading(_ text: Substring) -> String {
        copies.reduce(String(text) + " ") { text, entry in
          text.replacing(
            " \(ShellWord.quoted(entry.key)) ", with: " \(ShellWord.quoted(entry.value)) ")
        }
      }
      let before = reading(command[..<start]).dropLast()
      return String(before) + ShellWord.quoted(copy(of: word))
        + String(reading(command[end...]).dropLast())
    }
    return nil
  }
}
