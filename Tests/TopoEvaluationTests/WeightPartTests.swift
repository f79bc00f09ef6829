import Testing
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

@testable import TopoEvaluation

/// Names, severities and draws of weight perturbations.
@Suite("Weight selection") struct WeightPartTests {
  @Test("labels name perturbations") func labels() throws {
    #expect(
      WeightPerturbation(.additiveRelative).label == "weights/additive-relative/topographic")
    #expect(WeightPerturbation(.lesionPatch, layers: .all).label == "lesion/patch")
    #expect(WeightPerturbation(.lesionPatch, layers: .all) == WeightPerturbation(.lesionPatch))
    #expect(WeightPerturbation(.stimulationPatch, layers: .all).label == "stimulation/patch")
    #expect(WeightPerturbation(.additiveMaximum).label == "weights/additive-max/topographic")
    for kind in WeightPerturbation.Kind.allCases {
      for layers in WeightLayers.standard + [.named("conv1")] {
        let perturbation = WeightPerturbation(kind, layers: layers)
        #expect(try WeightPerturbation(named: perturbation.label) == perturbation)
        #expect(try WeightPerturbation(named: kind.rawValue, layers: layers) == perturbation)
        #expect(!kind.summary.isEmpty && !kind.summary.hasSuffix(".") && !kind.reference.isEmpty)
      }
    }
    #expect(Set(WeightPerturbation.Kind.allCases.map(\.code)).count == 15)
    #expect(try WeightPerturbation(named: "weights/zeroing") == WeightPerturbation(.zeroing))
    for wrong in ["noise", "", "weights", "weights/zeroing/a/b", "weights/lesion", "lesion"] {
      let error = #expect(throws: UserError.self) {
        _ = try WeightPerturbation(named: wrong)
      }
      #expect(error?.description.contains("additive-relative, ") == true, "\(wrong)")
    }
  }

  @Test("lists are read") func lists() throws {
    let all = try WeightPart.perturbations("all")
    #expect(all.count == 13 && Set(all.map(\.kind)).count == 13)
    // Three lesions and two stimulations have no layers.
    #expect(
      try WeightPart.perturbations("all", layers: [.readout, .dense]).count == 21)
    #expect(
      try WeightPart.perturbations("zeroing, lesion/patch,zeroing").map(\.label) == [
        "weights/zeroing/topographic", "lesion/patch",
      ])
    #expect(try WeightPart.perturbations("none").isEmpty)
    #expect(try WeightPart.layers("readout,conv1") == [.readout, .named("conv1")])
    #expect(try WeightPart.severities("0.1, 1e-3") == [0.1, 0.001])
    for text in ["x", "nan", "", "0 1", "0x1", "1:30"] {
      #expect(throws: UserError.self) { _ = try WeightPart.severities(text) }
    }
    #expect(throws: UserError.self) { _ = try WeightPart.layers(",") }
  }

  @Test("severities are checked") func severities() throws {
    let valid: [(WeightPerturbation.Kind, [Double], [Double])] = [
      (.additiveRelative, [0, 0.1, 5], [-1, .infinity, .nan]),
      (.zeroing, [0, 1], [1.1, -0.1]), (.pruning, [0.5], [2]), (.bitFlips, [1e-6, 1], [1.5]),
      (.quantization, [0, 2, 8, 24], [1, 25, 2.5]), (.lesionPatch, [0.05, 1], [1.01]),
      (.lesionSelective, [0, 1, 24], [0.5, 1e20]),
    ]
    for (kind, good, bad) in valid {
      for severity in good {
        _ = try WeightPart(
          perturbations: [WeightPerturbation(kind)], severities: [severity])
      }
      for severity in bad {
        let error = #expect(throws: UserError.self) {
          _ = try WeightPart(
            perturbations: [WeightPerturbation(kind)], severities: [severity])
        }
        #expect(error?.description.contains(kind.rawValue) == true)
      }
    }
    #expect(throws: UserError.self) {
      _ = try WeightPart(perturbations: [], severities: [])
    }
    for (draws, centers) in [(0, 20), (10, 0), (10_001, 20)] {
      #expect(throws: UserError.self) {
        _ = try WeightPart(perturbations: [], draws: draws, centers: centers)
      }
    }
    let small = try Architecture.mnist(sheet: Sheet(rows: 2, columns: 3))
    let error = #expect(throws: UserError.self) {
      try WeightPerturbation(.lesionSelective).check(severity: 7, architecture: small)
    }
    #expect(error?.description.contains("mnist has 6") == true)
  }

  @Test("from the least damage to the most, 0 first") func order() throws {
    let selection = try WeightPart(perturbations: [])
    #expect(
      selection.severities(of: WeightPerturbation(.quantization)) == [0, 8, 6, 5, 4, 3, 2])
    #expect(
      selection.severities(of: WeightPerturbation(.additiveAbsolute))
        == [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
    let own = try WeightPart(
      perturbations: [WeightPerturbation(.zeroing)], severities: [0.5, 0, 0.1, 0.5])
    #expect(own.severities(of: WeightPerturbation(.zeroing)) == [0, 0.1, 0.5])
    #expect(WeightPerturbation(.quantization).level(8) == 1.0 / 127)
    #expect(WeightPerturbation(.quantization).level(2) == 1)
    #expect(WeightPerturbation(.zeroing).level(0.3) == 0.3)
  }

  @Test("draws") func draws() throws {
    let architecture = try Architecture.mnist()
    let selection = try WeightPart(perturbations: [], seed: 7)
    func count(_ kind: WeightPerturbation.Kind, _ severity: Double) -> Int {
      selection.draws(
        of: WeightPerturbation(kind), severity: severity, architecture: architecture
      ).count
    }
    #expect(count(.zeroing, 0.1) == 10 && count(.pruning, 0.1) == 1 && count(.zeroing, 0) == 1)
    #expect(count(.lesionPatch, 0.1) == 20 && count(.lesionSelective, 6) == 10)
    #expect(count(.stimulationPatch, 1) == 20 && count(.stimulationRandom, 1) == 10)
    var everywhere = selection
    everywhere.centers = nil
    #expect(
      everywhere.draws(
        of: WeightPerturbation(.lesionPatch), severity: 0.1, architecture: architecture)
        == Array(0..<121))
  }
}
