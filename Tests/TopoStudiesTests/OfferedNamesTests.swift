import TestSupport
import Testing

@testable import TopoStudies

/// What an error offers in place of a wrong name is taken where the name stood.
@Suite("Names that errors offer") struct OfferedNamesTests {
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
    precision: float32
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
      ("optimizer: adam", 2), ("precision: float32", 2), ("noise: white", 4),
    ])
  func ofPlans(line: String, least: Int) {
    let key = String(line.prefix { $0 != ":" })
    func said(_ name: String) -> String {
      message {
        _ = try PlanTests.plan(Self.plan.replacing(line, with: "\(key): \(name)"))
      }
    }
    let sentence = said("nonsense")
    let names = offeredNames(sentence)
    #expect(names.count >= least, "\(sentence)")
    for name in names {
      let answer = said(name)
      // Control has none of the other keys: that is another matter.
      #expect(answer == "no error" || answer.contains("condition \(name) has no"), "\(answer)")
    }
  }
}
