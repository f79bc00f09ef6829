import Testing
import TopoNetworks
import TopoSheets

/// What networks are called in tables.
@Suite("Identity of networks") struct NetworkIdentityTests {
  private static let penalties: [Penalty] = [
    .control, .weightSimilarity(lambda: 1), .weightSimilarity(.cosine, lambda: 0.3),
    .weightSimilarity(lambda: 1, neighborhood: .init(.vonNeumann)),
    .weightSimilarity(lambda: 1, neighborhood: .init(.moore, wraps: true)),
    .weightSimilarity(lambda: 1, neighborhood: .init(.vonNeumann, wraps: true)),
    .activationSimilarity(lambda: 1), .activationSimilarity(lambda: 1, view: .postReLU),
    .activationSimilarity(lambda: 1, layout: .legacyUntransposed),
    .activationSimilarity(.euclidean, lambda: 1, scale: .rms),
    .activationSimilarity(.correlation, lambda: 0.00001),
    .activationSimilarity(
      .euclidean, lambda: 2.5, view: .postReLU, layout: .legacyUntransposed, scale: .rms,
      neighborhood: .init(.vonNeumann, wraps: true)),
  ]

  /// No two conditions share all columns beside the label, and no cell is empty.
  @Test("columns distinguish conditions") func columnsTellConditionsApart() throws {
    let rows = Self.penalties.map { NetworkIdentity($0, seed: 0).fields }
    #expect(rows.allSatisfy { $0.count == NetworkIdentity.columns.count })
    #expect(rows.joined().allSatisfy { !$0.isEmpty })
    let label = try #require(NetworkIdentity.columns.firstIndex(of: "condition"))
    let others = rows.map { row in row.enumerated().filter { $0.offset != label }.map(\.element) }
    #expect(Set(others).count == Self.penalties.count)
  }

  @Test("fields read back", arguments: penalties) func fieldsReadBack(_ penalty: Penalty) throws {
    let architecture = try Architecture.mnist()
    let identity = NetworkIdentity(penalty, seed: .max, architecture: architecture, epoch: 7)
    #expect(identity.architecture == "mnist" && identity.sheet == "11x11")
    #expect(NetworkIdentity(fields: identity.fields) == identity)
  }

  /// A network trained elsewhere that is called as ours are has their columns.
  @Test("labels read back", arguments: penalties) func labelsReadBack(_ penalty: Penalty) {
    #expect(Penalty(label: penalty.label) == penalty)
    #expect(NetworkIdentity(named: penalty.label, seed: 3) == NetworkIdentity(penalty, seed: 3))
  }

  @Test(
    "other names are kept",
    arguments: [
      "", "Control", "ws", "ws-euclidean", "ws-euclidean-x", "ws-euclidean--1",
      "ws-euclidean-1-mine",
      "ws-euclidean-1.0", "ws-euclidean-1-post-relu", "as-euclidean-1-torus-rms", "as-cosine-1-rms",
      "control-1", "my network",
    ])
  func otherNames(_ name: String) {
    #expect(Penalty(label: name) == nil)
    let identity = NetworkIdentity(named: name, seed: 1)
    #expect(identity.condition == name && identity.penalty == "unknown" && identity.lambda == 0)
    #expect(identity.metric == "unknown" && identity.neighborhood == "unknown")
  }

  @Test("fields that are no numbers are refused") func fieldsThatAreNoNumbers() {
    var fields = NetworkIdentity(.control, seed: 0).fields
    fields[5] = "inf"
    #expect(NetworkIdentity(fields: fields) == nil)
    #expect(NetworkIdentity(fields: []) == nil)
  }
}
