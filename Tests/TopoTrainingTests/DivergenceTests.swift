import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets
import TopoTraining

/// A member whose loss is not finite leaves; the others do not notice.
@Suite("Divergence", .serialized) struct DivergenceTests {
  @Test("one member diverges alone", arguments: TestDevices.all)
  func oneMemberDivergesAlone(_ name: String) throws {
    let device = try TestDevices.open(name)
    let architecture = try Synthetic.networks()[0]
    let configuration = Synthetic.configuration(
      architecture, epochs: 3, rule: .sgd(momentum: 0.9), learningRate: 0.01)
    let wild = Member(condition: .weightSimilarity(lambda: 1e38), seed: 3)
    let calm = [Synthetic.population[0], Synthetic.population[2]]
    let without = try Synthetic.trainer(configuration, calm, device: device).outcomes()

    let trainer = try Synthetic.trainer(
      configuration, [calm[0], wild, calm[1]], device: device)
    let first = try trainer.trainEpoch()
    #expect(first.keys.sorted() == [0, 2])
    #expect(Array(trainer.stopped.keys) == [1])
    let stopped = try #require(trainer.stopped[1])
    #expect(stopped.member == wild)
    #expect(stopped.epoch == 1)
    let label = wild.condition.label
    #expect(
      stopped.sentence.hasPrefix("\(label)/seed-3 stopped in epoch 1: its loss is not finite"))

    let second = try trainer.trainEpoch()
    #expect(second.keys.sorted() == [0, 2])
    // It is named once, as it stopped.
    #expect(trainer.stopped == [1: stopped])
    // What a run saves in between says so too.
    let checkpoints = try trainer.checkpoints()
    #expect(checkpoints.map(\.stopped) == [nil, stopped, nil])
    try expectSortedKeys(checkpoints[1])
    let again = try Synthetic.trainer(
      configuration, [calm[0], wild, calm[1]], device: device)
    try again.restore(checkpoints)
    #expect(again.stopped == trainer.stopped)
    for trainer in [trainer, again] {
      let outcomes = try trainer.outcomes()
      #expect(outcomes[0].parameters == without[0].parameters)
      #expect(outcomes[2].parameters == without[1].parameters)
      #expect(outcomes[0].reports.last == without[0].reports.last)
      #expect(outcomes[1].reports.isEmpty)
    }
  }

  /// Another order of keys in each process would give other bytes.
  private func expectSortedKeys(_ checkpoint: MemberCheckpoint) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "stopped.safetensors")
    try checkpoint.save(to: url)
    let text = try #require(
      try SafetensorsFile(contentsOf: url).metadata["toposheet.stopped"])
    let keys = ["\"epoch\":", "\"loss\":", "\"member\":", "\"condition\":", "\"seed\":"].map {
      text.range(of: $0)?.lowerBound
    }
    let places = keys.compactMap { $0 }
    #expect(places.count == keys.count && places == places.sorted(), "\(text)")
  }

  /// The objective is a float32 number: a penalty that is finite may be beyond it once weighted.
  @Test("a penalty beyond float32 stops its member") func aPenaltyBeyondFloat32StopsItsMember()
    throws
  {
    let architecture = try Synthetic.networks()[0]
    let set = Synthetic.images(50, shape: architecture.input)
    let members = [3e38, 1].map { lambda in
      Member(condition: .activationSimilarity(.euclidean, lambda: lambda), seed: 3)
    }
    // Images of much contrast make large responses; one step, so that no update tells first.
    let trainer = try Trainer(
      configuration: Synthetic.configuration(architecture, batch: 64), members: members,
      training: set, normalization: Normalization(mean: [0.4], standardDeviation: [0.01]),
      device: try CPUDevice(threads: 2))
    let reports = try trainer.trainEpoch()
    #expect(try #require(reports[1]).penalty > 1.2)
    #expect(Array(trainer.stopped.keys) == [0])
    #expect(trainer.stopped[0]?.loss.hasSuffix("weighted inf") == true)
    #expect(trainer.stopped[0]?.loss.contains("nan") == false)
  }

  @Test("a learning rate that is far too large stops every member")
  func aLearningRateThatIsFarTooLargeStopsEverybody() throws {
    let architecture = try Synthetic.networks()[0]
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(architecture, epochs: 2, rule: .sgd(), learningRate: 1e30),
      Array(Synthetic.population[0...1]), device: try CPUDevice(threads: 2))
    var seen: [TrainingProgress] = []
    let reports = try trainer.trainEpoch { seen.append($0) }
    #expect(reports.isEmpty)
    #expect(trainer.stopped.keys.sorted() == [0, 1])
    // Means over nobody are no reason to show anything odd.
    #expect(seen.last?.crossEntropy == 0)
  }
}
