import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation

@testable import TopoStudies

/// What a plan takes and can find.
@Suite("Forecasts of studies", .serialized) struct StudyForecastTests {
  let device: any Device

  init() throws { device = try CPUDevice(threads: 2) }

  private func forecast(
    memoryLimit: Int? = nil, _ change: (String) -> String = { $0 }
  ) throws -> StudyForecast {
    try StudyForecast(
      SmallStudy.plan(change), dataset: SmallStudy.dataset, devices: [device],
      memoryLimit: memoryLimit)
  }

  @Test("steps, images and tasks are counted")
  func counts() throws {
    // 50 images, of which 40 are for training: three batches of 16.
    let forecast = try forecast()
    #expect(forecast.trainingImages == 40 && forecast.validationImages == 10)
    #expect(forecast.stepsPerNetwork == 9 && forecast.trainedImages == 4 * 3 * 40)
    #expect(forecast.testImages == 30 && forecast.tasks == 3)
    #expect(forecast.items.map(\.label) == ["white"])
    #expect(forecast.packs == [4] && forecast.wholeBytes > 0)
    #expect(forecast.power?.pairs == 2 && forecast.power?.comparisons == 1)
    let other = try self.forecast {
      $0.replacing("batch: 16", with: "batch: 40\ntraining-fraction: 1\nsubset: 41")
        .replacing("draws: 2", with: "draws: 2\n  subset: 20")
    }
    #expect(other.trainingImages == 41 && other.validationImages == 0)
    #expect(other.stepsPerNetwork == 6 && other.testImages == 20)
  }

  @Test("packs are those of training under a memory limit")
  func packs() throws {
    let single = try forecast { $0.replacing("seeds: 0,4", with: "seeds: 0") }
    let forecast = try forecast(memoryLimit: single.wholeBytes)
    #expect(forecast.packs.count > 1 && forecast.packs.reduce(0, +) == 4)
    #expect(throws: DeviceError.self) { _ = try self.forecast(memoryLimit: 1000) }
  }

  @Test("bytes of models are those of a study")
  func bytes() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.url.appending(path: "study")
    let study = try StudyRun(
      plan: try SmallStudy.plan(), source: [], dataset: SmallStudy.dataset)
    _ = try study.run(in: folder, device: device, resume: false)
    let models = try SmallStudy.files(folder).filter { $0.key.hasSuffix("model.safetensors") }
    let bytes = models.values.reduce(0) { $0 + $1.count }
    let forecast = try forecast()
    #expect(abs(Double(forecast.modelBytes) / Double(bytes) - 1) < 0.05, "\(bytes)")
    // Adam keeps two values for each trained one.
    let values = forecast.architecture.trainableCount
    #expect(forecast.checkpointBytes == forecast.modelBytes + 4 * 2 * 4 * values)
    #expect(forecast.resultBytes > 0 && forecast.snapshotBytes == 0)
    let kept = try self.forecast { $0.replacing("epochs: 3", with: "epochs: 3\nsnapshots: [1, 2]") }
    #expect(kept.snapshotBytes == 2 * kept.modelBytes)
  }

  @Test("time is estimated from at least one step")
  func pace() throws {
    let pace = try #require(try forecast().pace(on: device, seconds: 0))
    #expect(pace.measuredSteps == 1 && pace.measuredNetworks == 4)
    #expect(pace.training > 0 && pace.training.isFinite)
    #expect(pace.evaluation > 0 && pace.evaluation.isFinite)
    // Twice the epochs take twice the time at the same pace.
    #expect(pace.imagesPerSecond > 0 && pace.evaluatedPerSecond > 0)
    let none = try forecast { $0.replacing("batch: 16", with: "batch: 64") }
    #expect(try none.pace(on: device, seconds: 0) == nil)
  }

  @Test("there is nothing to compare without control, or with it alone")
  func noComparison() throws {
    #expect(
      try forecast { $0.replacing("  - penalty: control\n", with: "") }.power == nil)
    #expect(
      try forecast { $0.replacing("  - penalty: ws\n    lambda: 0.5\n", with: "") }.power == nil)
  }

  @Test("what cannot be run is refused")
  func refused() throws {
    #expect(
      message { _ = try forecast { $0.replacing("batch: 16", with: "subset: 51") } }
        .contains("51"))
    #expect(
      message { _ = try forecast { $0.replacing("  draws: 2", with: "  draws: 2\n  subset: 31") } }
        .contains("31"))
  }
}
