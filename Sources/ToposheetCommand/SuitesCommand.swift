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
      comes from, and what it does.

      Examples:
        toposheet suites
        toposheet suites noise
        toposheet evaluate runs/ws --data mnist --suite noise,adversarial --out runs/ws-suite
      """)

  @Argument(help: "A suite.")
  var name: String?

  func run() throws {
    guard let name else {
      var table = TextTable([.init("suite", .left), .init("what it is", .left)])
      for preset in SuitePreset.allCases { table.append([preset.rawValue, preset.summary]) }
      table.notes.append("Suites of your own: see Plans/suite-example.yaml.")
      Terminal.print(table.description)
      return
    }
    let preset = try SuitePreset.named(name)
    Terminal.print("\(preset.rawValue): \(preset.summary)\n")
    Terminal.print(SuiteListing.table(preset).description)
  }
}
