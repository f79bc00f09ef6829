import Foundation
import Testing
import TopoCompute
import TopoFoundation
import TopoSheets

@Suite("Penalty") struct PenaltyTests {
  @Test(
    "labels its condition",
    arguments: [
      (Penalty.control, "control"),
      (.weightSimilarity(lambda: 1), "ws-euclidean-1"),
      (.activationSimilarity(.correlation, lambda: 0.3), "as-correlation-0.3"),
      (.weightSimilarity(.cosine, lambda: 0.00001), "ws-cosine-0.00001"),
      (.weightSimilarity(lambda: 1.25e-7), "ws-euclidean-0.000000125"),
      (.weightSimilarity(lambda: 2.5e16), "ws-euclidean-25000000000000000"),
      (.activationSimilarity(lambda: 1, view: .postReLU), "as-correlation-1-post-relu"),
      (.activationSimilarity(.euclidean, lambda: 1), "as-euclidean-1"),
      (Penalty(kind: .activationSimilarity, lambda: 2), "as-correlation-2"),
      (
        .activationSimilarity(.correlation, lambda: 1, layout: .legacyUntransposed),
        "as-correlation-1-untransposed"
      ),
      (.activationSimilarity(.euclidean, lambda: 10, scale: .rms), "as-euclidean-10-rms"),
      (
        .weightSimilarity(lambda: 2, neighborhood: .init(.vonNeumann, wraps: true)),
        "ws-euclidean-2-von-neumann-torus"
      ),
    ])
  func label(penalty: Penalty, label: String) throws {
    #expect(penalty.label == label)
    try penalty.validate()
  }

  @Test("rejects a lambda that is negative or not finite", arguments: [-1, .nan, .infinity, 1e39])
  func lambda(_ lambda: Double) {
    let error = #expect(throws: UserError.self) {
      try Penalty.weightSimilarity(lambda: lambda).validate()
    }
    #expect(error?.description.contains("lambda is \(lambda)") == true)
  }

  @Test("rejects options that the kind or metric does not have") func options() {
    #expect(throws: UserError.self) {
      try Penalty(kind: .weightSimilarity, lambda: 1, view: .postReLU).validate()
    }
    #expect(throws: UserError.self) {
      try Penalty.activationSimilarity(.cosine, lambda: 1, scale: .rms).validate()
    }
    #expect(throws: UserError.self) {
      try Penalty.activationSimilarity(lambda: 1, scale: .rms).validate()
    }
  }

  @Test("reads weights by rows, activations by columns, and the legacy layout untransposed")
  func matrix() {
    let sheet = Sheet(rows: 2, columns: 3)
    #expect(Penalty.control.matrix(for: sheet, features: 4) == nil)
    #expect(
      Penalty.weightSimilarity(lambda: 1).matrix(for: sheet, features: 4)
        == PenaltyMatrix(units: 6, features: 4, unitStride: 4, featureStride: 1))
    #expect(
      Penalty.activationSimilarity(lambda: 1).matrix(for: sheet, features: 4)
        == PenaltyMatrix(units: 6, features: 4, unitStride: 1, featureStride: 6))
    #expect(
      Penalty.activationSimilarity(lambda: 1, layout: .legacyUntransposed)
        .matrix(for: sheet, features: 4)
        == PenaltyMatrix(units: 6, features: 4, unitStride: 4, featureStride: 1))
  }

  @Test("scales rms by the root of the batch") func factor() {
    #expect(Penalty.activationSimilarity(lambda: 1).factor(batch: 64) == 1)
    #expect(
      Penalty.activationSimilarity(.euclidean, lambda: 1, scale: .rms).factor(batch: 64) == 0.125)
  }

  @Test("survives JSON") func codable() throws {
    let penalty = Penalty.activationSimilarity(
      .correlation, lambda: 0.3, view: .postReLU, layout: .legacyUntransposed)
    let data = try JSONEncoder().encode(penalty)
    #expect(try JSONDecoder().decode(Penalty.self, from: data) == penalty)
    // As version 0.1 spelled it.
    let old = String(decoding: data, as: UTF8.self)
      .replacing("neighborhood", with: "neighbourhood")
    #expect(try JSONDecoder().decode(Penalty.self, from: Data(old.utf8)) == penalty)
  }
}
