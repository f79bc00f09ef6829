import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoNetworks

@testable import TopoTraining

/// Networks that learn nothing are told from the others, on every device.
@Suite("Dead networks") struct DeadNetworkTests {
  /// A sheet whose weights are `scale` times what they were, and whose biases are all `bias`.
  private func changed(
    _ checkpoint: MemberCheckpoint, scale: Float, bias: Float
  ) -> MemberCheckpoint {
    let (network, architecture) = (checkpoint.network, checkpoint.network.architecture)
    let tensors = zip(architecture.parameters, network.tensors).map { parameter, values in
      parameter.layer == architecture.sheetIndex
        ? values.map { parameter.role == .weight ? $0 * scale : bias } : values
    }
    var changed = checkpoint
    changed.network = StateDictionary(
      architecture: architecture, tensors: tensors, batchesTracked: network.batchesTracked)
    return changed
  }

  /// Many batches, so that not all are looked at unless a network may be dead.
  @Test("states of a population", arguments: TestDevices.all) func statesOfAPopulation(
    _ name: String
  ) throws {
    let device = try TestDevices.open(name)
    let architecture = try Synthetic.networks()[0]
    let members = (0..<4).map { Member(condition: .control, seed: UInt64($0)) }
    // A rate that changes nothing.
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(architecture, epochs: 2, learningRate: 1e-20), members,
      device: device, images: 600)
    var checkpoints = try trainer.checkpoints()
    checkpoints[1] = changed(checkpoints[1], scale: 0, bias: -1)
    checkpoints[2] = changed(checkpoints[2], scale: 1e-5, bias: 1)
    try trainer.restore(checkpoints)
    let states = try trainer.trainEpoch().sorted { $0.key < $1.key }.map(\.value.state)
    #expect(states[1] == .silent && states[2] == .collapsed, "\(states)")
    // Untrained, the others give nearly one class.
    #expect(states[0] == .atChance || states[0] == .ok)
    let bits = try trainer.networks().map { $0.tensors[0].map(\.bitPattern) }
    #expect(bits[0] == checkpoints[0].network.tensors[0].map(\.bitPattern))
  }

  @Test("a network that learns is ok") func aNetworkThatLearnsIsOk() throws {
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(try Synthetic.networks()[0], epochs: 8),
      [Member(condition: .control, seed: 3)], device: try CPUDevice(threads: 2), images: 600)
    var last: EpochReport?
    while trainer.epoch < 8 { last = try trainer.trainEpoch()[0] }
    #expect(last?.state == .ok, "\(String(describing: last))")
  }

  @Test("without validation images there are no states") func withoutValidationImagesNothingIsSaid()
    throws
  {
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(try Synthetic.networks()[0], trainingFraction: 1),
      [Member(condition: .control, seed: 3)], device: try CPUDevice(threads: 1))
    #expect(try trainer.trainEpoch()[0]?.state == nil)
  }
}
