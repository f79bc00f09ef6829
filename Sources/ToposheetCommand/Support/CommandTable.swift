import ArgumentParser
import Foundation

/// The commands and their options, decoded from the parser's own description. Errors are made from
/// it.
struct CommandTable: Decodable {
  /// A command.
  struct Entry: Decodable {
    var commandName: String
    /// Other names.
    var aliases: [String]?
    var shouldDisplay: Bool?
    var subcommands: [Entry]?
    var arguments: [Argument]?

    /// The commands of a group except `help`.
    var commands: [Entry] { (subcommands ?? []).filter { $0.commandName != "help" } }

    /// Options and flags that are not hidden.
    var options: [Argument] {
      (arguments ?? []).filter { $0.kind != "positional" && $0.shouldDisplay != false }
    }

    /// The option with a name as it is written: `--data`, `-h`.
    func option(_ name: String) -> Argument? {
      (arguments ?? []).first { $0.spellings.contains(name) }
    }
  }

  /// An argument, option or flag.
  struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }

    /// `positional`, `option` or `flag`.
    var kind: String
    var shouldDisplay: Bool?
    var names: [Name]?
    var valueName: String?
    /// The words that it takes, if these are limited.
    var allValues: [String]?
    var abstract: String?
    /// How the parser finds its value: `unconditional` if the next argument is the value even if it
    /// begins with a dash; `default` and others if not.
    var parsingStrategy: String

    /// `--data`, `-h`.
    var spellings: [String] {
      (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
    }
  }

  /// The program.
  var command: Entry

  /// The table of a program; nil if the parser's description cannot be decoded.
  init?(of program: any ParsableCommand.Type) {
    let text = program._dumpHelp()
    guard let table = try? JSONDecoder().decode(CommandTable.self, from: Data(text.utf8)) else {
      return nil
    }
    self = table
  }

  /// All commands except `help`, including hidden ones.
  var commands: [Entry] { (command.subcommands ?? []).filter { $0.commandName != "help" } }

  /// The command with a name or an alias.
  func entry(_ name: String) -> Entry? {
    commands.first { $0.commandName == name || $0.aliases?.contains(name) == true }
  }
}
