import ArgumentParser
import Foundation
import Toposheet

/// The error of a command line, as one sentence.
///
/// The parser stops at the first missing argument. The whole line is searched, as the cause may be
/// an unknown command or option.
struct UsageError {
  /// The program's arguments, without the name of the program.
  let arguments: [String]
  let table: CommandTable

  /// The command of the line, the innermost one of a group; nil if it is unknown.
  var command: CommandTable.Entry? { commands.last }

  /// Its name with those of its groups: `train`, `plan check`.
  var commandName: String? {
    commands.isEmpty ? nil : commands.map(\.commandName).joined(separator: " ")
  }

  /// The command after those around it.
  private var commands: [CommandTable.Entry] {
    guard let first = arguments.first.flatMap({ table.entry($0) }) else { return [] }
    let inner = arguments.dropFirst().first.flatMap { word in
      first.commands.first { $0.commandName == word }
    }
    return [first] + (inner.map { [$0] } ?? [])
  }

  /// The sentence for an error message of the parser.
  func sentence(_ message: String) -> String {
    unknownCommand ?? unknownOption ?? reworded(message)
  }

  // MARK: Words that are not known

  /// Options that every command has.
  private static let everywhere: Set = [
    "--help", "-h", "-help", "--help-hidden", "--version", "--generate-completion-script",
    "--experimental-dump-help",
  ]

  /// The sentence about an unknown command, also in `help COMMAND`; nil if the command is known.
  var unknownCommand: String? {
    let isHelp = arguments.first == "help"
    guard let word = isHelp ? arguments.dropFirst().first : arguments.first,
      table.entry(word) == nil, word != "help"
    else { return unknownInnerCommand }
    let visible = table.commands.filter { $0.shouldDisplay != false }.map(\.commandName)
    if word.hasPrefix("-") {
      guard !isHelp, !Self.everywhere.contains(String(word.prefix { $0 != "=" })) else {
        return nil
      }
      return "\(word) is not a command; begin with one of \(visible.joined(separator: ", "))"
    }
    guard let meant = Suggestion.command(word, among: visible) else {
      return "there is no command \(word); the commands are \(visible.joined(separator: ", "))"
    }
    return "there is no command \(word); did you mean \(meant)?"
  }

  /// The sentence about an unknown command of a group.
  private var unknownInnerCommand: String? {
    guard let group = command, !group.commands.isEmpty, arguments.count > 1,
      let word = arguments.dropFirst().first, !word.hasPrefix("-"), word != "help"
    else { return nil }
    let names = group.commands.map(\.commandName)
    let nearest = NearestName.of(word, among: names).map { "; did you mean \($0)?" } ?? ""
    return "there is no command \(group.commandName) \(word); the commands are "
      + names.map { "\(group.commandName) \($0)" }.joined(separator: ", ") + nearest
  }

  private var unknownOption: String? {
    guard let command else { return nil }
    var remaining = arguments.dropFirst()
    while let word = remaining.popFirst(), word != "--" {
      guard word.hasPrefix("-"), word.count > 1, DecimalText.number(word) == nil else { continue }
      let name = String(word.prefix { $0 != "=" })
      if let option = command.option(name) {
        let takesNext = option.parsingStrategy == "unconditional" || remaining.first?.first != "-"
        if option.kind == "option", !word.contains("="), takesNext {
          remaining = remaining.dropFirst()
        }
        continue
      }
      if Self.everywhere.contains(name) { continue }
      return sentence(unknown: name, of: command)
    }
    return nil
  }

  /// Keys of plans, by other names of them.
  private static let keys = ["lr": "learning-rate", "seed": "seeds", "dataset": "data"]

  private func sentence(unknown name: String, of command: CommandTable.Entry) -> String {
    let commandName = commandName ?? command.commandName
    let word = String(name.drop { $0 == "-" })
    let known = command.options.flatMap(\.spellings).filter { $0.hasPrefix("--") }
      .map { String($0.dropFirst(2)) }
    if let meant = Suggestion.option(word, among: known) {
      return "\(commandName) has no option \(name); did you mean --\(meant)?"
    }
    let positional = command.arguments?.first { $0.kind == "positional" }?.valueName
    if let positional, positional == word || positional == word + "s" || word == positional + "s" {
      return "\(commandName) has no option \(name); give what it names without an option"
    }
    let key = Self.keys[word] ?? word
    if known.contains("set"), Plan.keys.contains(key) {
      return "\(commandName) has no option \(name); write --set \(key)=..."
    }
    if known.contains("sbatch") {
      return "\(commandName) has no option \(name); if it is one of sbatch, write "
        + "--sbatch=\(name)=..."
    }
    return "\(commandName) has no option \(name); leave it out"
  }

  // MARK: Messages of the parser

  private func reworded(_ message: String) -> String {
    let line = message.split(separator: "\n").first.map(String.init) ?? message
    if let match = line.wholeMatch(of: /Missing expected argument '(.*)'/) {
      return missing(String(match.1))
    }
    if let match = line.wholeMatch(of: /Missing value for '(-[^ ]+).*'/) {
      let name = String(match.1)
      // The parser takes a negative number for an option.
      if let index = arguments.lastIndex(of: name), index + 1 < arguments.count,
        DecimalText.number(arguments[index + 1]) != nil
      {
        return invalid(arguments[index + 1], name, "")
      }
      return "\(name) has no value" + (explanation(name).map { ": \($0)" } ?? "")
    }
    if let match = message.firstMatch(of: /^The value '([\s\S]*)' is invalid for '(-[^ ]+).*?'(.*)/)
    {
      return invalid(String(match.1), String(match.2), String(match.3))
    }
    if let match = line.wholeMatch(of: /(?:Unexpected argument|\d+ unexpected arguments:) (.*)/) {
      let values = match.1.replacing("'", with: "\"")
      return "there is no use for \(values); is an option missing before it?"
    }
    return line.prefix(1).lowercased() + line.dropFirst()
  }

  /// The sentence for a missing `--data <data>` or `<models> ...`.
  private func missing(_ synopsis: String) -> String {
    let name = String(synopsis.prefix { $0 != " " })
    if name.hasPrefix("-") {
      return "\(name) is missing" + (explanation(name).map { ": \($0)" } ?? "")
    }
    let positional = command?.arguments?.first { $0.kind == "positional" }?.abstract
    return "\(name) is missing" + (positional.map { "; give \(Self.phrase($0))" } ?? "")
  }

  private func invalid(_ value: String, _ name: String, _ reason: String) -> String {
    let option = command?.option(name)
    let what: String? =
      switch option?.valueName {
      case "n": "a whole number"
      case "number": "a number in decimal digits"
      case "seed": "a whole number from 0 to 2^64 - 1"
      default: option?.allValues.flatMap { $0.isEmpty ? nil : $0.listed("or") }
      }
    if let what { return "\(name) takes \(what), not \"\(value)\"" }
    if reason.hasPrefix(": ") { return "\(name): \(reason.dropFirst(2))" }
    return "\(name) does not take \"\(value)\"" + (explanation(name).map { ": \($0)" } ?? "")
  }

  /// The values or the help of an option, as a part of a sentence.
  private func explanation(_ name: String) -> String? {
    guard let option = command?.option(name) else { return nil }
    if let values = option.allValues, !values.isEmpty { return values.listed("or") }
    return option.abstract.map(Self.phrase)
  }

  /// A help text as a part of a sentence.
  private static func phrase(_ help: String) -> String {
    let text = help.hasSuffix(".") ? String(help.dropLast()) : help
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
