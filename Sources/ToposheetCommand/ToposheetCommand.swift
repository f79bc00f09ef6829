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
      A topographic network's penultimate layer is a sheet of units, pulled toward spatial order \
      by a penalty between neighbors: weight similarity (ws) or activation similarity (as).

      First steps:
        toposheet devices                          list the devices
        toposheet verify                           check the results of a device
        toposheet run demo --out runs/demo         a whole small study
        toposheet plan list                        ready studies
      """,
    version: toposheetVersion,
    subcommands: [
      DevicesCommand.self, VerifyCommand.self, TrainCommand.self, EvaluateCommand.self,
      SuitesCommand.self, AnalyzeCommand.self, MeasuresCommand.self, MapCommand.self,
      AtlasCommand.self, CorruptCommand.self, RunCommand.self, PlanCommand.self, ShowCommand.self,
      StatusCommand.self, SlurmCommand.self, CompareCommand.self, ReportCommand.self,
      BenchCommand.self, TuneCommand.self, KernelsCommand.self,
    ])

  /// Errors are one sentence on standard error and an exit code that is not zero.
  static func main() {
    // The reader of a pipe may close it, as `| head` does; the work continues to its end.
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
