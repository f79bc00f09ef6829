import ArgumentParser
import Foundation
import Toposheet

/// Lists suites and what is in them.
struct SuitesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suites",
    abstract: "List the suites that `toposheet evaluate --suite` knows, and what is in them.",
    discussion: """
      Without NAME, all suites. With the name of one, its perturbations: severities, where each \
      comes from, and what it does. With --every, all perturbations that suite files and \
      --perturbation, --weights and --attack can name, also those that no suite holds.

      Examples:
        toposheet suites
        toposheet suites noise
        toposheet suites --every
        toposheet evaluate runs/ws --suite noise,adversarial --out runs/ws-suite
      """)

  @Argument(help: "A suite.", completion: Completions.suites)
  var name: String?

  @Flag(help: "List every perturbation there is.")
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
      table.notes.append("Suites of your own: see Plans/suite-example.yaml.")
      Terminal.print(table)
      return
    }
    let preset = try SuitePreset.named(name)
    Terminal.print("\(preset.rawValue): \(preset.summary)\n")
    Terminal.print(SuiteListing.table(preset))
  }
}
