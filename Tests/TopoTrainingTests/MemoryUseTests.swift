import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks
import TopoTraining

/// Memory is predicted to the byte.
@Suite("Memory of training and evaluation", .serialized) struct MemoryUseTests {
  /// As many members of all kinds as asked for.
  static func members(_ count: Int) -> [Member] {
    (0..<count).map {
      Member(condition: Synthetic.population[$0 % 4].condition, seed: UInt64($0 / 4))
    }
  }

  static func prediction(
    _ configuration: TrainingConfiguration, _ members: [Member], _ device: any Device
  ) throws -> MemoryUse {
    let set = Synthetic.images(50, shape: configuration.architecture.input)
    return try Trainer.memoryUse(
      configuration: configuration, members: members, training: set,
      normalization: Normalization(of: set), device: device)
  }

  @Test("training takes the predicted memory", arguments: TestDevices.all)
  func trainingTakesWhatWasPredicted(_ name: String) throws {
    for architecture in try Synthetic.networks() {
      let configuration = Synthetic.configuration(architecture)
      for count in [1, 2, 7] {
        let device = try TestDevices.open(name)
        let predicted = try Self.prediction(configuration, Self.members(count), device)
        #expect(device.memoryUse == MemoryUse(), "predicting takes nothing")
        let trainer = try Synthetic.trainer(configuration, Self.members(count), device: device)
        let taken = device.memoryUse.bytes
        #expect(taken == predicted.bytes, "\(architecture.name), \(count) members")
        _ = try trainer.trainEpoch()
        #expect(device.memoryUse.bytes == taken, "training takes no more")
      }
    }
  }

  @Test("evaluation takes the predicted memory", arguments: TestDevices.all)
  func evaluationTakesWhatWasPredicted(_ name: String) throws {
    for architecture in try Synthetic.networks() {
      for count in [1, 3] {
        let device = try TestDevices.open(name)
        let predicted = try Evaluator.memoryUse(
          architecture: architecture, capacity: count, device: device)
        let evaluator = try Evaluator(
          architecture: architecture, capacity: count, device: device)
        #expect(device.memoryUse.bytes == predicted.bytes)
        withExtendedLifetime(evaluator) {}
      }
    }
  }

  /// On the CPU a step's memory is for each thread, on OpenCL for each member.
  @Test("members beyond the threads take less", arguments: TestDevices.all)
  func membersBeyondTheThreadsTakeLess(_ name: String) throws {
    let device = try TestDevices.open(name)
    let configuration = Synthetic.configuration(try Synthetic.networks()[1])
    let use = try [1, 2, 3, 4].map { count in
      let members = (0..<count).map { Member(condition: .control, seed: UInt64($0)) }
      return try Self.prediction(configuration, members, device).bytes
    }
    #expect(use[3] - use[2] == use[2] - use[1])
    if name == "cpu" {
      #expect((use[1] - use[0]) > 2 * (use[2] - use[1]))
    } else {
      #expect(use[1] - use[0] == use[2] - use[1])
    }
  }

  /// The short batch and validation need little beside the full step.
  @Test("steps share their memory", .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func stepsShareTheirMemory() throws {
    let device = try TestDevices.open("opencl")
    let members = Self.members(4)
    let architecture = try Synthetic.networks()[1]
    func use(_ batch: Int, _ fraction: Double) throws -> Int {
      try Self.prediction(
        Synthetic.configuration(architecture, batch: batch, trainingFraction: fraction), members,
        device
      ).bytes
    }
    // Two full batches; without sharing, a short one would take about as much again.
    let full = try use(25, 1)
    let (short, validated) = (try use(26, 1), try use(24, 0.48))
    #expect(short - full < full / 2, "a short batch of 24: \(short), not \(full)")
    #expect(validated - full < full / 10, "validation: \(validated), not \(full)")
  }
}
