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
        toposheet devices                          what there is to compute on
        toposheet verify                           does it compute rightly?
        toposheet run Plans/demo.yaml --out demo   a whole small study
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
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(
        ResumeOptions.rewritten(Array(CommandLine.arguments.dropFirst())))
    } catch { Failure.exit(reading: error) }
    do {
      try command.run()
      end()
    } catch { Failure.exit(running: command, error) }
  }
}
