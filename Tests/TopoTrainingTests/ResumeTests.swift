import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoNetworks

@testable import TopoTraining

/// Training that was interrupted after an epoch continues to the same bits.
@Suite("Checkpoints", .serialized) struct ResumeTests {
  @Test("checkpoints resume to the same bits", arguments: TestDevices.all)
  func checkpointsGoOnToTheSameBits(_ name: String) throws {
    let device = try TestDevices.open(name)
    let folder = try TemporaryFolder()
    let members = Array(Synthetic.population[1...2])
    for architecture in try Synthetic.networks() {
      let configuration = Synthetic.configuration(architecture, epochs: 4)
      let unbroken = try Synthetic.trainer(configuration, members, device: device).outcomes()

      let first = try Synthetic.trainer(configuration, members, device: device)
      for _ in 0..<2 { _ = try first.trainEpoch() }
      for (index, checkpoint) in try first.checkpoints().enumerated() {
        try checkpoint.save(to: folder.url.appending(path: "\(index)"))
      }
      let second = try Synthetic.trainer(configuration, members, device: device)
      try second.restore(
        members.indices.map {
          try MemberCheckpoint(
            contentsOf: folder.url.appending(path: "\($0)"), architecture: architecture,
            slots: configuration.rule.stateSlots)
        })
      #expect(second.epoch == 2)
      let resumed = try second.outcomes()
      for (whole, part) in zip(unbroken, resumed) {
        #expect(part.parameters == whole.parameters, "\(architecture.name)")
        #expect(part.optimizer == whole.optimizer, "\(architecture.name)")
        #expect(part.reports == Array(whole.reports[2...]), "\(architecture.name)")
      }
      #expect(try second.networks().map(\.batchesTracked) == [12, 12])
    }
  }

  @Test("checkpoints keep everything") func checkpointsKeepEverything() throws {
    let folder = try TemporaryFolder()
    let architecture = try Synthetic.networks()[1]
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(architecture, rule: .sgd(momentum: 0.9)),
      [Member(condition: .control, seed: 1)], device: try CPUDevice(threads: 1))
    _ = try trainer.trainEpoch()
    var checkpoint = try trainer.checkpoints()[0]
    checkpoint.stopped = StoppedMember(
      member: trainer.members[0], epoch: 1, loss: "cross-entropy nan, \"penalty\" inf")
    // A member that stopped keeps values that are not finite.
    var weights = checkpoint.network.tensors[0]
    weights[0] = .nan
    checkpoint.network.replace(0, with: weights)
    let file = folder.url.appending(path: "checkpoint")
    try checkpoint.save(to: file)
    let read = try MemberCheckpoint(contentsOf: file, architecture: architecture, slots: 1)
    #expect(read.epoch == 1)
    #expect(read.stopped == checkpoint.stopped)
    #expect(
      Outcome(trainer.members[0], read, []) == Outcome(trainer.members[0], checkpoint, []))
  }

  @Test("other files are refused") func otherFilesAreNoCheckpoints() throws {
    let folder = try TemporaryFolder()
    let architectures = try Synthetic.networks()
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(architectures[0]), [Member(condition: .control, seed: 1)],
      device: try CPUDevice(threads: 1))
    let file = folder.url.appending(path: "checkpoint")
    func read(_ architecture: Architecture, slots: Int) -> String {
      message {
        _ = try MemberCheckpoint(contentsOf: file, architecture: architecture, slots: slots)
      }
    }
    #expect(read(architectures[0], slots: 2).contains("cannot be opened"))
    try trainer.networks()[0].save(to: file)
    #expect(
      read(architectures[0], slots: 2)
        == "\(file.path): is no checkpoint; train again in another folder")
    _ = try trainer.trainEpoch()
    try trainer.checkpoints()[0].save(to: file)
    #expect(read(architectures[0], slots: 2) == "no error")
    #expect(
      read(architectures[1], slots: 2).hasPrefix(
        "\(file.path): has no conv1.weight of shape [32, 3, 3, 3]"))
    let bytes = try Data(contentsOf: file)
    try bytes.dropLast(5).write(to: file)
    #expect(read(architectures[0], slots: 2).hasPrefix("\(file.path): "))
    #expect(read(architectures[0], slots: 2) != "no error")
  }
}
