import TestSupport
import Testing
import TopoCompute
import TopoNetworks
import TopoTraining

/// A member's bits depend neither on its company nor on the number of threads.
@Suite("Members alone and together", .serialized) struct CompanyTests {
  static func train(
    _ architecture: Architecture, _ members: [Member], _ device: any Device
  ) throws -> [Outcome] {
    let trainer = try Synthetic.trainer(
      Synthetic.configuration(architecture), members, device: device)
    #expect(trainer.stepsPerEpoch == 3)
    #expect(trainer.imagesPerEpoch == 40)
    return try trainer.outcomes()
  }

  @Test("bits are equal alone, together and with other threads on the CPU")
  func aloneTogetherAndWithOtherThreadsOnCPU() throws {
    for architecture in try Synthetic.networks() {
      let together = try Self.train(
        architecture, Synthetic.population, try CPUDevice(threads: 2))
      for threads in [1, 3] {
        let again = try Self.train(
          architecture, Synthetic.population, try CPUDevice(threads: threads))
        #expect(again == together, "\(architecture.name) with \(threads) threads")
      }
      for (index, member) in Synthetic.population.enumerated() {
        let threads = 1 + index % 3
        let alone = try Self.train(architecture, [member], try CPUDevice(threads: threads))
        #expect(
          alone == [together[index]],
          "\(architecture.name): \(member.path) alone with \(threads) threads")
      }
    }
  }

  @Test(
    "bits are equal alone and together on OpenCL",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func aloneAndTogetherOnOpenCL() throws {
    let device = try OpenCLDevice()
    for architecture in try Synthetic.networks() {
      let together = try Self.train(architecture, Synthetic.population, device)
      for index in [2, 4] {
        let alone = try Self.train(architecture, [Synthetic.population[index]], device)
        #expect(alone == [together[index]], "\(architecture.name): \(together[index].member.path)")
      }
    }
  }

  @Test("seeds and conditions make a difference") func seedsAndConditionsMakeADifference() throws {
    let architecture = try Synthetic.networks()[0]
    let outcomes = try Self.train(
      architecture, Synthetic.population, try CPUDevice(threads: 2))
    for (index, outcome) in outcomes.enumerated() {
      for other in outcomes[(index + 1)...] {
        #expect(outcome.parameters != other.parameters, "\(outcome.member) and \(other.member)")
      }
    }
    // Control pays nothing; the others report what they pay.
    #expect(outcomes[0].reports.allSatisfy { $0.penalty == 0 })
    #expect(outcomes[1...].allSatisfy { $0.reports.allSatisfy { $0.penalty > 0 } })
  }
}
