import ArgumentParser
import Foundation

/// What commands there are and what they take, as the parser knows it: what errors are written
/// from.
struct CommandTable: Decodable {
  /// A command.
  struct Entry: Decodable {
    var commandName: String
    var shouldDisplay: Bool?
    var subcommands: [Entry]?
    var arguments: [Argument]?

    /// Options and flags that are not hidden.
    var options: [Argument] {
      (arguments ?? []).filter { $0.kind != "positional" && $0.shouldDisplay != false }
    }

    /// The option of that name, as it is written: `--data`, `-h`.
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
    /// The words that it takes, where it takes only some.
    var allValues: [String]?
    var abstract: String?
    /// Whether what follows is its value, whatever it is: `default`, `unconditional`, ...
    var parsingStrategy: String

    /// `--data`, `-h`.
    var spellings: [String] {
      (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
    }
  }

  /// The program.
  var command: Entry

  /// The table of a program; nil where the parser does not give it.
  init?(of program: any ParsableCommand.Type) {
    let text = program._dumpHelp()
    guard let table = try? JSONDecoder().decode(CommandTable.self, from: Data(text.utf8)) else {
      return nil
    }
    self = table
  }

  /// Commands by name, also those that are not shown; without `help`.
  var commands: [Entry] { (command.subcommands ?? []).filter { $0.commandName != "help" } }

  /// The command of that name.
  func entry(_ name: String) -> Entry? { commands.first { $0.commandName == name } }
}
