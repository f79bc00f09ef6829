import Foundation
import TestSupport
import Testing
import TopoAnalysis
import TopoFoundation

@testable import TopoEvaluation

@Suite("Ensembles of populations") struct PopulationEnsembleTests {
  /// Values that numpy and scikit-learn gave; `Tests/Fixtures/make-ensembles.py` made them.
  private struct Example: Decodable {
    struct Size: Decodable {
      var mean: [Double]
      var sd: [Double]
      var smallest: [Double]
      var largest: [Double]
      var groups: Int
    }
    var labels: [Int32]
    var logits: [[Float]]
    var people: [Double]
    var sizes: [String: Size]
    var networks: [[Double]]
  }

  private let example: Example
  private let people: SoftLabels

  init() throws {
    example = try JSONDecoder().decode(
      Example.self, from: Data(contentsOf: fixture("ensembles.json")))
    people = try SoftLabels(example.people, classes: 4)
  }

  private func ensembles(
    _ networks: [PopulationEnsembles.Network], people: SoftLabels? = nil
  ) throws -> PopulationEnsembles {
    try PopulationEnsembles(networks, classes: 4, labels: example.labels, people: people)
  }

  /// The networks of the example, seeds 0 to 5 of a condition.
  private func networks(_ condition: String = "a") -> [PopulationEnsembles.Network] {
    example.logits.enumerated().map {
      .init(condition: condition, seed: UInt64($0), logits: $1)
    }
  }

  private static let names = EnsembleMeasure.allCases.map(\.rawValue) + EnsembleMeasure.people

  @Test("ensembles agree with numpy and scikit-learn") func agreement() throws {
    let found = try ensembles(networks(), people: people).summaries()
    #expect(found.map(\.measure) == [String]([[String]](repeating: Self.names, count: 4).joined()))
    #expect(found.map(\.members) == [2, 3, 5, 6].flatMap { [Int](repeating: $0, count: 13) })
    for (index, summary) in found.enumerated() {
      let expected = try #require(example.sizes["\(summary.members)"])
      let measure = index % Self.names.count
      let name = "\(summary.measure) of \(summary.members)"
      #expect(summary.groups == expected.groups && summary.undefinedGroups == 0, "\(name)")
      #expect(abs(summary.mean.orNaN - expected.mean[measure]) < 1e-6, "\(name)")
      #expect(abs((summary.smallest ?? .nan) - expected.smallest[measure]) < 1e-6, "\(name)")
      #expect(abs((summary.largest ?? .nan) - expected.largest[measure]) < 1e-6, "\(name)")
      if expected.sd.isEmpty {
        #expect(summary.standardDeviation.number == nil, "\(name)")
      } else {
        #expect(abs(summary.standardDeviation.orNaN - expected.sd[measure]) < 1e-6, "\(name)")
      }
    }
  }

  @Test("networks agree with people as numpy says") func ofPeople() {
    for (logits, expected) in zip(example.logits, example.networks) {
      let values = PeopleAgreement.values(
        logits: logits, labels: example.labels, people: people)
      #expect(values.count == PeopleAgreement.measures.count)
      for (value, expected) in zip(values, expected) { #expect(abs(value.orNaN - expected) < 1e-6) }
    }
  }

  @Test("neither order nor company of networks matters") func order() throws {
    let alone = try ensembles(networks()).summaries()
    let others = networks("b").prefix(3).map { network in
      PopulationEnsembles.Network(
        condition: "b", seed: network.seed, logits: network.logits.map { -$0 })
    }
    let all = try ensembles(others + networks().reversed())
    let found = try all.summaries()
    #expect(found.filter { $0.condition == "a" } == alone)
    #expect(Set(found.filter { $0.condition == "b" }.map(\.members)) == [2, 3])
    // The values of seed 5 are those of the first of the reversed networks.
    #expect(all.values(ofNetwork: 3) == (try ensembles(networks()).values(ofNetwork: 5)))
  }

  @Test("a network beside its other seeds") func pairs() throws {
    let two = Array(networks().prefix(2))
    let both = try ensembles(two + [.init(condition: "c", seed: 0, logits: two[0].logits)])
    let pair = try #require(try both.summaries().first { $0.measure == "ensemble-disagreement" })
    #expect(both.values(ofNetwork: 0)[0] == pair.mean)
    #expect(both.values(ofNetwork: 0) == both.values(ofNetwork: 1))
    // The only network of its condition.
    #expect(both.values(ofNetwork: 2)[0].reason == "the condition has no other seed")
    #expect(try both.summaries().allSatisfy { $0.condition == "a" && $0.members == 2 })
    // A network twice: the ensemble is the network.
    let twice = try ensembles([two[0], .init(condition: "a", seed: 9, logits: two[0].logits)])
    let values = try twice.summaries().map(\.mean.orNaN)
    #expect(values[0] == values[1] && abs(values[2] - values[3]) < 1e-12)
    #expect(abs(values[4] - values[5]) < 1e-12 && values[6] == 0 && values[7] == 1)
  }

  @Test("images and logits without values") func undefined() throws {
    func found(_ logits: [[Float]], _ labels: [Int32]) throws -> [String: EnsembleSummary] {
      let networks = logits.enumerated().map {
        PopulationEnsembles.Network(condition: "a", seed: UInt64($0), logits: $1)
      }
      let all = try PopulationEnsembles(networks, classes: 2, labels: labels).summaries()
      return Dictionary(uniqueKeysWithValues: all.map { ($0.measure, $0) })
    }
    let one = try found([[1, 0, .nan, 0], [3, 0, 0, 1]], [0, 1])
    #expect(one["ensemble-accuracy"]?.mean == .value(0.5))
    #expect(one["ensemble-disagreement"]?.mean == .value(0.5))
    #expect(one["ensemble-nll"]?.mean.number != nil)
    let broken = try found([[.nan, 0], [.infinity, 0]], [0])
    #expect(broken["ensemble-nll"]?.mean.reason == "no image has finite logits")
    #expect(broken["ensemble-ece"]?.undefinedGroups == 1)
    #expect(broken["ensemble-error-consistency"]?.mean.number == nil)
    #expect(try found([[], []], [])["ensemble-accuracy"]?.mean.reason == "no images")
    // A class that both exclude costs much, but not without bound.
    let far = try found([[2000, 0], [2000, 0]], [1])
    #expect(abs((far["ensemble-nll"]?.mean.orNaN ?? 0) - 708.396) < 0.001)
  }

  @Test("the file of ensembles reads back, and damage is named") func file() throws {
    let folder = try TemporaryFolder()
    #expect(try EnsembleFile.read(in: folder.url).isEmpty)
    let bad = EnsembleSummary(
      condition: "b, c", members: 2, measure: "ensemble-nll", values: [.undefined("no images")])
    let rows = try ensembles(networks()).summaries() + [bad]
    try FindingsTables(Findings(ensembles: rows), dataset: "d").write(to: folder.url)
    #expect(try EnsembleFile.read(in: folder.url) == rows)
    let file = folder.url.appending(path: EnsembleFile.name)
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("ensemble-accuracy,0", with: "ensemble-accuracy,x0").utf8)
      .write(to: file)
    #expect(
      message { _ = try EnsembleFile.read(in: folder.url) }
        .contains("ensembles.csv: line 2 does not have the values"))
    try Data("a,b\r\n".utf8).write(to: file)
    #expect(message { _ = try EnsembleFile.read(in: folder.url) }.contains("is not the header"))
  }

  @Test("findings of earlier versions have no ensembles") func earlier() throws {
    let text = #"{"layers":[],"similarities":[]}"#
    #expect(try JSONDecoder().decode(Findings.self, from: Data(text.utf8)).isEmpty)
  }
}

extension MeasuredValue {
  fileprivate var orNaN: Double { number ?? .nan }
}
