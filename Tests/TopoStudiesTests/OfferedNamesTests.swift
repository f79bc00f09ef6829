import Testing
import TopoEvaluation

@testable import TopoStudies

/// What an error offers in place of a wrong name is taken where the name stood.
@Suite("Names that errors offer") struct OfferedNamesTests {
  /// The names in `one of a, b` or `choose from a, b, or c.`
  private func offered(_ sentence: String) -> [String] {
    for start in ["one of ", "choose from "] {
      guard let rest = sentence.split(separator: start, maxSplits: 1).dropFirst().first else {
        continue
      }
      return rest.split(separator: ", ").map { part in
        var name = part.hasPrefix("or ") ? part.dropFirst(3) : part
        if name.hasSuffix(".") { name = name.dropLast() }
        return String(name)
      }
    }
    return []
  }

  private static let plan = """
    name: names
    data: somewhere
    architecture: mnist
    conditions:
      - penalty: as
        lambda: 1
        metric: euclidean
        view: pre-relu
        layout: unit-major
        scale: sum
        neighborhood: moore
    seeds: 0
    epochs: 2
    optimizer: adam
    evaluation:
      noise: white
      normalization: training
    """

  @Test(
    "names in plans",
    arguments: [
      ("penalty: as", 3), ("metric: euclidean", 3), ("view: pre-relu", 2),
      ("layout: unit-major", 2),
      ("scale: sum", 2), ("neighborhood: moore", 2), ("architecture: mnist", 2),
      ("optimizer: adam", 2), ("noise: white", 4),
    ])
  func ofPlans(line: String, least: Int) {
    let key = String(line.prefix { $0 != ":" })
    func said(_ name: String) -> String {
      message {
        _ = try PlanTests.plan(Self.plan.replacing(line, with: "\(key): \(name)"))
      }
    }
    let sentence = said("nonsense")
    let names = offered(sentence)
    #expect(names.count >= least, "\(sentence)")
    for name in names {
      let answer = said(name)
      // Control has none of the other keys: that is another matter.
      #expect(answer == "no error" || answer.contains("condition \(name) has no"), "\(answer)")
    }
  }

  @Test(
    "names in suites",
    arguments: [
      ("images", 6), ("weights", 12), ("adversarial", 5), ("suite", 7), ("layers", 4),
    ])
  func ofSuites(key: String, least: Int) {
    func said(_ name: String) -> String {
      let part = key == "layers" ? "weights: zeroing\n    layers: \(name)" : "\(key): \(name)"
      return message {
        _ = try SuiteTests.read("name: x\nparts:\n  - \(part)")
      }
    }
    // No layer has such a name.
    let sentence = said("non sense")
    let names = offered(sentence)
    #expect(names.count >= least, "\(sentence)")
    for name in names where name != "a layer's name" {
      let answer = said(name)
      #expect(
        answer == "no error" || answer.contains("is not for images of"), "\(answer)")
    }
  }
}
