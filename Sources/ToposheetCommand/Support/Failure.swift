import ArgumentParser
import Foundation
import Synchronization
import Toposheet

/// Ends the program after an error: one sentence on standard error, and an exit code, which is 64
/// for errors of the command line, 75 if --resume continues the work, and 1 for all others.
enum Failure {
  /// Ends if the command line could not be parsed, or help was asked for.
  static func exit(reading error: any Error) -> Never {
    guard ToposheetCommand.exitCode(for: error) != .success else {
      ToposheetCommand.end(error)
    }
    let message = ToposheetCommand.message(for: error)
    guard let line else { usage(message, of: nil) }
    usage(line.sentence(message), of: line.commandName)
  }

  /// The command line, from which the error's sentence is made.
  private static var line: UsageError? {
    CommandTable(of: ToposheetCommand.self).map {
      UsageError(arguments: Array(CommandLine.arguments.dropFirst()), table: $0)
    }
  }

  /// Ends if a command has failed.
  static func exit(running command: any ParsableCommand, _ error: any Error) -> Never {
    switch error {
    case let error as ValidationError:
      usage(error.message, of: line?.commandName ?? type(of: command).configuration.commandName)
    case let error as StudyInterruption:
      Terminal.error("toposheet: \(Interruption.howToContinue(error.description))")
      ToposheetCommand.end(ExitCode(Interruption.resumable))
    case _ where mayPass(error): interrupted("\(error)")
    case let error as UserError: sentence(error.description)
    case is ExitCode: ToposheetCommand.end(error)
    case _ where ToposheetCommand.exitCode(for: error) == .success:
      // Help was asked for, perhaps about a command that does not exist.
      if let unknown = line?.unknownCommand { usage(unknown, of: nil) }
      ToposheetCommand.end(error)
    default: sentence(ToposheetCommand.message(for: error))
    }
  }

  /// Whether the same command may succeed later: a disk was full, or a device was lost.
  static func mayPass(_ error: any Error) -> Bool {
    (error as? UserError)?.isTemporary ?? (error is DeviceError)
  }

  private static func usage(_ sentence: String, of command: String?) -> Never {
    Terminal.error("toposheet: \(sentence)")
    let name = command.map { "toposheet \($0)" } ?? "toposheet"
    Terminal.error("See '\(name) --help' for more information.")
    ToposheetCommand.end(ExitCode.validationFailure)
  }

  /// Files of which each, if it exists, says that --resume continues what this command does.
  static let markers = Mutex<[String]>([])

  /// Ends after an error in the middle of work that --resume may continue: a full disk, a device
  /// that was lost.
  private static func interrupted(_ text: String) -> Never {
    let isBegun = markers.withLock { $0.contains(where: FileManager.default.fileExists(atPath:)) }
    guard isBegun || Interruption.isResumable else { sentence(text) }
    Terminal.error("toposheet: \(text)")
    Terminal.error(
      "What is done is kept. Continue with\n  "
        + Interruption.resumingCommand(CommandLine.arguments))
    ToposheetCommand.end(ExitCode(Interruption.resumable))
  }

  private static func sentence(_ text: String) -> Never {
    Terminal.error("toposheet: \(text)")
    ToposheetCommand.end(ExitCode.failure)
  }
}
