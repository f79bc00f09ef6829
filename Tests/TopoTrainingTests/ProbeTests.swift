import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks

@testable import TopoTraining

/// Inference on probe images beside training.
@Suite("Probe images", .serialized) struct ProbeTests {
  /// 37 images: two batches of 16 and a short one.
  static func probe(_ architecture: Architecture, _ count: Int = 37) -> ImageSet {
    Synthetic.images(count, shape: architecture.input, seed: 5)
  }

  static func trainer(
    _ architecture: Architecture, _ members: [Member], _ probe: ImageSet?, _ device: any Device
  ) throws -> Trainer {
    let set = Synthetic.images(50, shape: architecture.input)
    return try Trainer(
      configuration: Synthetic.configuration(architecture), members: members, training: set,
      probe: probe, normalization: Normalization(of: set), device: device)
  }

  @Test("responses are those of inference", arguments: TestDevices.all)
  func inference(_ name: String) throws {
    let device = try TestDevices.open(name)
    for architecture in try Synthetic.networks() {
      let probe = Self.probe(architecture)
      let trainer = try Self.trainer(architecture, Synthetic.population, probe, device)
      for _ in 0..<2 {
        _ = try trainer.trainEpoch()
        let sheets = try #require(try trainer.probedSheets())
        let networks = try trainer.networks()
        let outputs = try Evaluator(networks: networks, batch: 16, device: device).outputs(
          of: probe.images.map { ImageSet.unitValues[Int($0)] },
          normalization: prepared(architecture))
        #expect(sheets.count == Synthetic.population.count)
        for (member, sheet) in sheets.enumerated() {
          #expect(sheet.weights == networks[member].tensors[architecture.sheetWeightIndex])
          #expect(sheet.responses.count == 37 * architecture.sheet.units)
          for (own, other) in zip(sheet.responses, outputs.sheet[member]) {
            #expect(abs(own - other) < 1e-4 * max(1, abs(other)))
          }
        }
      }
    }
  }

  private func prepared(_ architecture: Architecture) -> Normalization {
    Normalization(of: Synthetic.images(50, shape: architecture.input))
  }

  @Test("training has the same bits with probe images", arguments: TestDevices.all)
  func training(_ name: String) throws {
    for architecture in try Synthetic.networks() {
      let device = try TestDevices.open(name)
      let plain = try Self.trainer(architecture, Synthetic.population, nil, device)
      let wanted = try plain.outcomes()
      #expect(try plain.probedSheets() == nil)
      let trainer = try Self.trainer(
        architecture, Synthetic.population, Self.probe(architecture), device)
      var reports = [[EpochReport]](repeating: [], count: trainer.members.count)
      while trainer.epoch < trainer.configuration.epochs {
        for (index, report) in try trainer.trainEpoch() { reports[index].append(report) }
        _ = try trainer.probedSheets()
      }
      let found = zip(trainer.members, zip(try trainer.checkpoints(), reports)).map {
        Outcome($0, $1.0, $1.1)
      }
      #expect(found == wanted, "\(architecture.name)")
    }
  }

  @Test("responses have the same bits alone, together and with other threads")
  func company() throws {
    for architecture in try Synthetic.networks() {
      func sheets(_ members: [Member], threads: Int) throws -> [ProbedSheet] {
        let trainer = try Self.trainer(
          architecture, members, Self.probe(architecture), try CPUDevice(threads: threads))
        _ = try trainer.trainEpoch()
        return try trainer.probedSheets() ?? []
      }
      let together = try sheets(Synthetic.population, threads: 2)
      for (index, member) in Synthetic.population.enumerated() {
        #expect(try sheets([member], threads: 1 + index % 3) == [together[index]])
      }
    }
  }

  @Test("memory is predicted", arguments: TestDevices.all) func memory(_ name: String) throws {
    for architecture in try Synthetic.networks() {
      for count in [1, 37, 400] {
        let device = try TestDevices.open(name)
        let (probe, set) = (
          Self.probe(architecture, count), Synthetic.images(50, shape: architecture.input)
        )
        let predicted = try Trainer.memoryUse(
          configuration: Synthetic.configuration(architecture), members: Synthetic.population,
          training: set, probe: probe, normalization: Normalization(of: set), device: device)
        let trainer = try Self.trainer(architecture, Synthetic.population, probe, device)
        #expect(device.memoryUse.bytes == predicted.bytes)
        _ = try trainer.trainEpoch()
        #expect(try trainer.probedSheets()?.first?.responses.isEmpty == false)
        #expect(device.memoryUse.bytes == predicted.bytes)
      }
    }
  }

  @Test("measures are an object of numbers and reasons in JSON") func coding() throws {
    let measures = SheetMeasures([
      "a": .value(0.1), "b": .undefined("constant map"), "c": .value(-3), "d": .undefined("inf"),
    ])
    let text = try SmallJSON.text(measures)
    #expect(text == #"{"a":0.1,"b":"constant map","c":-3,"d":"inf"}"#)
    #expect(try SmallJSON.value(SheetMeasures.self, text) == measures)
  }
}

private enum SmallJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
