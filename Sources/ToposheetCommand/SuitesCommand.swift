import ArgumentParser
import Foundation
import Toposheet

/// Lists suites and their perturbations.
struct SuitesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suites",
    abstract: "List the suites that `toposheet evaluate --suite` knows, and their perturbations.",
    discussion: """
      Without NAME, lists all suites. With NAME, lists the perturbations of a suite: their \
      severities, what they do, and the papers that define them. With --every, lists all \
      perturbations that suite files, --perturbation, --weights and --attack accept, including \
      those that are in no suite.

      Examples:
        toposheet suites
        toposheet suites noise
        toposheet suites --every
        toposheet evaluate runs/ws --suite noise,adversarial --out runs/ws-suite
      """)

  @Argument(help: "A suite.", completion: Completions.suites)
  var name: String?

  @Flag(help: "List all perturbations.")
  var every = false

  func run() throws {
    if every {
      guard name == nil else {
        throw ValidationError("--every lists more than one suite: leave its name out")
      }
      return Terminal.print(SuiteListing.every)
    }
    guard let name else {
      var table = TextTable([.init("suite", .left), .init("what it is", .left)])
      for preset in SuitePreset.allCases { table.append([preset.rawValue, preset.summary]) }
      table.notes.append("Every perturbation: toposheet suites --every.")
      table.notes.append("Your own suites: see Plans/suite-example.yaml.")
      Terminal.print(table)
      return
    }
    let preset = try SuitePreset.named(name)
    Terminal.print("\(preset.rawValue): \(preset.summary)\n")
    Terminal.print(SuiteListing.table(preset))
  }
}
