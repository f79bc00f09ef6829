import TestSupport
import Testing

@testable import TopoStudies

/// Keys that would change nothing are refused, in plans.
@Suite("Keys of plans without effect") struct UselessPlanKeyTests {
  @Test(
    "keys of noise without noise",
    arguments: [
      ("levels: [0.1, 0.2]", "levels"), ("draws: 2", "draws"), ("noise-seed: 5", "noise-seed"),
      ("noise: none\n  levels: 0.1", "levels"), ("noise: []\n  draws: 3", "draws"),
      ("subset: 9\n  noise:\n  noise-seed: 0", "noise-seed"),
    ])
  func ofNoiseWithoutNoise(lines: String, key: String) {
    let said = message { _ = try PlanTests.plan(PlanTests.small + "\nevaluation:\n  \(lines)") }
    #expect(said.hasPrefix("plan.yaml, line 1"), "\(said)")
    #expect(
      said.hasSuffix(
        ": \(key) belongs to noise, but there is none; remove it, or add "
          + "noise: [white, pink]"), "\(said)")
  }

  @Test(
    "keys of activation similarity in weight similarity",
    arguments: [
      "view: post-relu", "view: pre-relu", "layout: unit-major", "layout: untransposed",
      "scale: sum", "scale: rms",
    ])
  func ofActivitiesForWeights(line: String) {
    let text = PlanTests.small.replacing("lambda: 1", with: "lambda: 1\n    \(line)")
    let said = message { _ = try PlanTests.plan(text) }
    let key = line.prefix { $0 != ":" }
    #expect(said.hasPrefix("plan.yaml, line 8: the condition ws has no \(key): "), "\(said)")
    #expect(throws: Never.self) {
      try PlanTests.plan(text.replacing("penalty: ws", with: "penalty: as\n    metric: euclidean"))
    }
  }

  @Test(
    "keys of penalties in the control",
    arguments: [
      "metric: cosine", "lambda: 0", "view: pre-relu", "layout: unit-major", "scale: sum",
      "neighborhood: moore",
    ])
  func ofControl(line: String) {
    let text = PlanTests.small.replacing(
      "- penalty: control", with: "- penalty: control\n    \(line)")
    let said = message { _ = try PlanTests.plan(text) }
    #expect(said.hasPrefix("plan.yaml, line 6: the condition control has no "), "\(said)")
  }
}
