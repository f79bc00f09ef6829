import ArgumentParser
import Foundation
import Toposheet

/// The command line.
@main
struct ToposheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "toposheet",
    abstract: "Train and evaluate populations of topographic convolutional networks.",
    discussion: """
      A topographic network's penultimate layer is a sheet of units, pulled towards spatial order \
      by a penalty between neighbours: weight similarity (ws) or activation similarity (as).

      First steps:
        toposheet devices                            what there is to compute on
        toposheet verify                             whether it computes rightly, in a minute
        toposheet run Plans/demo.yaml --out demo     a whole small study
      """,
    version: toposheetVersion,
    subcommands: [
      DevicesCommand.self, VerifyCommand.self, TrainCommand.self, EvaluateCommand.self,
      SuitesCommand.self, CorruptCommand.self, RunCommand.self, ShowCommand.self, BenchCommand.self,
      TuneCommand.self,
      KernelsCommand.self,
    ])

  /// Errors are one sentence on standard error and an exit code that is not zero.
  static func main() {
    // Who reads the progress may leave, as `| head` does; the work goes on to its end.
    signal(SIGPIPE, SIG_IGN)
    Terminal.reserveStreams()
    Interruption.listen()
    var kind: ParsableCommand.Type?
    do {
      var command = try parseAsRoot()
      kind = type(of: command)
      try command.run()
      end()
    } catch let error as ValidationError {
      // Thrown while a subcommand runs, it would come with the usage of the whole program.
      guard let kind, let name = kind.configuration.commandName else {
        end(error)
      }
      Terminal.error("Error: \(error.message)")
      Terminal.error("Usage: \(usageString(for: kind))")
      Terminal.error("  See 'toposheet \(name) --help' for more information.")
      end(ExitCode.validationFailure)
    } catch let error as SentenceError {
      Terminal.error("toposheet: \(error.sentence)")
      end(ExitCode.failure)
    } catch {
      end(error)
    }
  }
}
