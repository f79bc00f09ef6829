import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks
import TopoSheets
import TopoTraining

/// Small real runs on Fashion-MNIST: they learn, and weight similarity makes the sheet smooth.
@Suite(
  "Learning on Fashion-MNIST", .serialized,
  .enabled(if: FashionMNIST.isThere, "Fashion-MNIST is not installed"))
struct LearningTests {
  @Test("a population learns on the CPU") func populationLearnsOnCPU() throws {
    let members = [
      Member(condition: .control, seed: 0),
      Member(condition: .weightSimilarity(lambda: 1), seed: 0),
      Member(condition: .activationSimilarity(.euclidean, lambda: 0.3), seed: 0),
    ]
    let device = try CPUDevice()
    let trainer = try FashionMNIST.trainer(
      members, images: 2000, epochs: 4, batch: 32, learningRate: 4e-3, device: device)
    var reports: [Int: EpochReport] = [:]
    var losses: [Double] = []
    for _ in 0..<4 {
      reports = try trainer.trainEpoch()
      losses.append(try #require(reports[0]?.crossEntropy))
    }
    for index in members.indices {
      let accuracy = try #require(reports[index]?.validationAccuracy)
      // Chance is 0.1, with a standard error of 0.015 on 400 images.
      #expect(accuracy > 0.45, "\(members[index].path)")
    }
    #expect(losses == losses.sorted(by: >))

    let outputs = try Evaluator(networks: try trainer.networks(), device: device).outputs(
      of: FashionMNIST.shown(200), normalization: FashionMNIST.data().normalization)
    let moran = MoransI(sheet: trainer.configuration.architecture.sheet)
    let order = try outputs.sheet.map {
      try #require(moran.average(of: $0).mean.number)
    }
    // A sheet without order has -1 / 120 on average.
    #expect(abs(order[0]) < 0.15)
    #expect(order[1] > order[0] + 0.2)
    #expect(order[2] > order[0] + 0.1)
  }

  @Test("a member learns on OpenCL", .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func memberLearnsOnOpenCL() throws {
    let trainer = try FashionMNIST.trainer(
      [Member(condition: .weightSimilarity(lambda: 0.1), seed: 0)], images: 500, epochs: 4,
      batch: 16, learningRate: 6e-3, device: try OpenCLDevice())
    var accuracy = 0.0
    for _ in 0..<4 {
      accuracy = try #require(trainer.trainEpoch()[0]?.validationAccuracy)
    }
    // Chance is 0.1, with a standard error of 0.03 on 100 images.
    #expect(accuracy > 0.35)
  }
}

/// The data that the `dataset-fashion-mnist` package installs.
enum FashionMNIST {
  private static let loaded = Result { try Dataset.load("fashion-mnist") }
  static var isThere: Bool { (try? loaded.get()) != nil }

  static func data() throws -> Dataset { try loaded.get() }

  /// The first test images in [0, 1].
  static func shown(_ count: Int) throws -> [Float] {
    try data().test.subset(count).images.map { Float($0) / 255 }
  }

  static func trainer(
    _ members: [Member], images: Int, epochs: Int, batch: Int, learningRate: Float,
    device: any Device
  ) throws -> Trainer {
    let data = try data()
    return try Trainer(
      configuration: TrainingConfiguration(
        architecture: try .mnist(), dataset: data.name, batch: batch, epochs: epochs,
        learningRate: learningRate),
      members: members, training: try data.training.subset(images),
      normalization: data.normalization, device: device)
  }
}
