import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoNetworks

@testable import TopoTraining

/// Training that was interrupted within an epoch continues to the same bits.
@Suite("Interruption within an epoch", .serialized) struct WithinEpochTests {
  /// Trains until `isInterrupted` was asked `count` times, then once more from the checkpoints.
  private func outcomes(
    _ configuration: TrainingConfiguration, _ members: [Member], device: any Device,
    interruptedAt count: Int, in folder: URL
  ) throws -> (outcomes: [Outcome], step: Int) {
    var (asked, reports) = (0, [[EpochReport]](repeating: [], count: members.count))
    let first = try Synthetic.trainer(configuration, members, device: device)
    while let epoch = try first.trainEpoch(
      until: {
        asked += 1
        return asked == count
      }, progress: { _ in })
    { for (index, report) in epoch { reports[index].append(report) } }
    for (index, checkpoint) in try first.checkpoints().enumerated() {
      try checkpoint.save(to: folder.appending(path: "\(index)"))
    }
    let second = try Synthetic.trainer(configuration, members, device: device)
    // The initial state has no checkpoint.
    if (first.epoch, first.step) != (0, 0) {
      try second.restore(
        members.indices.map {
          try MemberCheckpoint(
            contentsOf: folder.appending(path: "\($0)"),
            architecture: configuration.architecture, slots: configuration.rule.stateSlots)
        })
    }
    #expect((second.epoch, second.step) == (first.epoch, first.step))
    #expect(
      try second.networks().map(\.batchesTracked) == first.networks().map(\.batchesTracked))
    let step = first.step
    let outcomes = try second.outcomes()
    return (
      zip(outcomes, reports).map { outcome, earlier in
        var outcome = outcome
        outcome.reports = earlier + outcome.reports
        return outcome
      }, step
    )
  }

  /// After any step, the short one included, and in validation.
  @Test("any step resumes to the same bits", arguments: TestDevices.all)
  func anyStepResumesToTheSameBits(_ name: String) throws {
    let device = try TestDevices.open(name)
    let folder = try TemporaryFolder()
    let members = Array(Synthetic.population[1...2])
    for architecture in try Synthetic.networks() {
      let configuration = Synthetic.configuration(architecture, epochs: 2)
      let unbroken = try Synthetic.trainer(configuration, members, device: device).outcomes()
      var steps: [Int] = []
      // Three steps and a batch of validation an epoch; asked before, and after each of them.
      for count in 1...9 {
        let (resumed, step) = try outcomes(
          configuration, members, device: device, interruptedAt: count, in: folder.url)
        #expect(resumed == unbroken, "\(architecture.name), \(count)")
        steps.append(step)
      }
      #expect(steps == [0, 1, 2, 3, 3, 0, 1, 2, 3])
    }
  }

  /// The sums decide whether a member stops, so they continue, too.
  @Test("a member that diverged before the interruption stops")
  func aMemberThatDivergedBeforeTheInterruptionStops() throws {
    let device = try CPUDevice(threads: 2)
    let folder = try TemporaryFolder()
    let configuration = Synthetic.configuration(
      try Synthetic.networks()[0], epochs: 2, rule: .sgd(), learningRate: 0.01)
    let members = [
      Synthetic.population[0], Member(condition: .weightSimilarity(lambda: 1e38), seed: 3),
    ]
    let unbroken = try Synthetic.trainer(configuration, members, device: device)
    let wanted = try unbroken.outcomes()
    let (resumed, step) = try outcomes(
      configuration, members, device: device, interruptedAt: 3, in: folder.url)
    #expect(step == 2)
    #expect(resumed == wanted)
    #expect(resumed[1].reports.isEmpty)
    #expect(unbroken.stopped.keys.sorted() == [1])
  }

  @Test("progress counts the steps before, and the pace those since")
  func progressCountsTheStepsBefore() throws {
    let device = try CPUDevice(threads: 1)
    let configuration = Synthetic.configuration(try Synthetic.networks()[0], epochs: 1)
    let trainer = try Synthetic.trainer(
      configuration, [Synthetic.population[0]], device: device)
    var asked = 0
    let nothing = try trainer.trainEpoch(
      until: {
        asked += 1
        return asked == 3
      }, progress: { _ in })
    #expect(nothing == nil && trainer.step == 2 && trainer.epoch == 0)
    var seen: [TrainingProgress] = []
    let reports = try trainer.trainEpoch { seen.append($0) }
    #expect(reports.count == 1 && trainer.step == 0 && trainer.epoch == 1)
    #expect(seen.map(\.step) == [3])
    #expect(seen[0].secondsLeft == 0 && seen[0].imagesPerSecond > 0)
    #expect(seen[0].members[0].crossEntropy == reports[0]?.crossEntropy)
  }

  @Test("a checkpoint without its sums is refused") func aCheckpointWithoutItsSumsIsRefused() throws
  {
    let folder = try TemporaryFolder()
    let architecture = try Synthetic.networks()[0]
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(architecture), [Synthetic.population[0]],
      device: try CPUDevice(threads: 1))
    _ = try trainer.trainEpoch()
    var checkpoint = try trainer.checkpoints()[0]
    #expect(checkpoint.step == 0 && checkpoint.sums.isEmpty)
    checkpoint.step = 2
    checkpoint.sums = [1, 2, 3]
    let file = folder.url.appending(path: "checkpoint")
    func read() -> String {
      message { _ = try MemberCheckpoint(contentsOf: file, architecture: architecture, slots: 2) }
    }
    try? checkpoint.save(to: file)
    #expect(read() != "no error")
    checkpoint.sums = [1, 2, 3, 4]
    try checkpoint.save(to: file)
    #expect(read() == "no error")
  }
}
