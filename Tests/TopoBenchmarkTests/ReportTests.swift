import Foundation
import Testing
import TopoCompute
import TopoFoundation
import TopoNetworks

import TopoAnalysis
@testable import TopoBenchmark

/// What a benchmark reports, without asking how fast anything was.
@Suite("Benchmark reports", .serialized) struct ReportTests {
  private func configuration(_ parts: Set<BenchmarkConfiguration.Part>) -> BenchmarkConfiguration {
    var configuration = BenchmarkConfiguration()
    configuration.parts = parts
    configuration.architectures = ["mnist"]
    configuration.conditions = [.control, .weightSimilarity]
    configuration.members = [1, 3]
    (configuration.batch, configuration.inferenceBatch) = (2, 4)
    configuration.seconds = 0.001
    return configuration
  }

  @Test("workloads are timed") func workloads() throws {
    let device = try CPUDevice(threads: 2)
    let report = try DeviceBenchmark(configuration([.training, .inference]), device: device)
      .run(version: "9.9")
    #expect(
      report.workloads.map { "\($0.kind.rawValue) \($0.condition ?? "-") \($0.members)" } == [
        "training control 1", "training ws 1", "inference - 1", "training control 3",
        "training ws 3", "inference - 3",
      ])
    let perImage = try Architecture.mnist().trainingMultiplyAccumulates
    for timing in report.workloads {
      #expect(timing.fastest <= timing.seconds && timing.seconds <= timing.slowest)
      let images = Double(timing.members * timing.batch)
      #expect(abs(timing.imagesPerSecond * timing.seconds / images - 1) < 1e-9)
      #expect(timing.shareOfPeak == timing.flopsPerSecond / report.peak!.flopsPerSecond)
      if timing.kind == .training {
        #expect(timing.flops == 2 * perImage * timing.members * 2)
      } else {
        #expect(timing.flops == 2 * 3_847_418 * timing.members * 4)
      }
    }
    #expect(report.operations.isEmpty && report.profiles.isEmpty)
    let lines = report.workloadTable.description.split(separator: "\n")
    #expect(lines.count == 2 + 6)
    #expect(lines[0].hasPrefix("network  workload   condition  members  batch"))
    #expect(report.text.contains("GFLOP/s (fused multiply-adds)"))
  }

  @Test("attacks are timed") func attack() throws {
    let device = try CPUDevice(threads: 2)
    let report = try DeviceBenchmark(configuration([.attack]), device: device).run(version: "9.9")
    #expect(
      report.workloads.map { "\($0.kind.rawValue) \($0.members)" } == ["attack 1", "attack 3"])
    for timing in report.workloads {
      #expect(timing.flops == 2 * 2 * 3_847_418 * timing.members * 2)
      #expect(timing.imagesPerSecond > 0)
    }
  }

  @Test("corruptions are timed") func corruptions() throws {
    let device = try CPUDevice(threads: 2)
    let report = try DeviceBenchmark(configuration([.corruptions]), device: device)
      .run(version: "9.9")
    let timings = try #require(report.corruptions)
    let perturbations = try CorruptionWorkload(.mnist(), images: 1).corruptions
    #expect(Set(timings.map(\.corruption)) == Set(perturbations.map(\.label)))
    for timing in timings {
      #expect(timing.architecture == "mnist" && timing.seconds > 0 && timing.forwardSeconds > 0)
      let perturbation = perturbations.first { $0.label == timing.corruption }
      #expect(perturbation?.severities.contains(timing.severity) == true)
    }
    #expect(report.workloads.isEmpty && report.corruptionTable.rows.count == timings.count)
    #expect(report.text.contains("mnist-c/fog"))
  }

  @Test("analyses are timed") func analyses() throws {
    let device = try CPUDevice(threads: 2)
    var short = configuration([.analyses])
    (short.seconds, short.analysisImages) = (1e-6, 100)
    let report = try DeviceBenchmark(short, device: device).run(version: "9.9")
    let timings = try #require(report.analyses)
    #expect(timings.map(\.analysis) == AnalysisCatalog.kinds.map { $0.name })
    #expect(timings.allSatisfy { $0.seconds > 0 && $0.forwardSeconds > 0 && $0.images == 100 })
    #expect(report.analysisTable.rows.count == timings.count + 1)
    #expect(report.text.contains("organization"))
  }

  /// What readers of the JSON rely on.
  @Test("the JSON has the documented keys") func schema() throws {
    let device = try CPUDevice(threads: 1)
    var configuration = configuration([.operations, .training, .profile])
    (configuration.members, configuration.conditions) = ([1], [.weightSimilarity])
    let report = try DeviceBenchmark(configuration, device: device).run(version: "9.9")
    let data = try JSONEncoder().encode(report)
    let object = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "device", "format", "operations", "peak", "profiles", "version", "workloads",
      ])
    #expect(object["format"] as? Int == 1 && object["version"] as? String == "9.9")
    func keys(_ name: String) throws -> [String] {
      try #require((object[name] as? [[String: Any]])?.last).keys.sorted()
    }
    #expect(
      (object["peak"] as? [String: Any])?.keys.sorted() == ["bytesPerSecond", "flopsPerSecond"])
    #expect(
      try keys("workloads") == [
        "architecture", "batch", "condition", "fastest", "flops", "imagesPerSecond", "kind",
        "members", "seconds", "shareOfPeak", "slowest",
      ])
    #expect(
      try keys("operations") == [
        "algorithms", "architecture", "bytes", "flops", "members", "name", "operation", "seconds",
        "shareOfBandwidth", "shareOfPeak",
      ])
    #expect(
      try keys("profiles") == [
        "architecture", "batch", "condition", "entries", "members", "seconds",
      ])
    let again = try JSONDecoder().decode(BenchmarkReport.self, from: data)
    #expect(again.workloads.count == 1 && again.operations.count == report.operations.count)
    #expect(again.text == report.text)
    let rows = report.operationTable.rows
    #expect(rows.count == report.operations.count)
    #expect(rows.allSatisfy { $0.count == report.operationTable.columns.count })
  }

  @Test("conditions have names") func conditionsHaveNames() throws {
    for name in ["control", "ws", "as", "ws-cosine", "as-correlation"] {
      #expect(try #require(TrainingCondition(name: name)).name == name)
    }
    #expect(TrainingCondition(name: "ws-euclidean")?.name == "ws")
    for name in ["", "es", "ws-", "ws-sine", "control-cosine", "ws-cosine-1"] {
      #expect(TrainingCondition(name: name) == nil)
    }
    let steps = try ["ws", "ws-cosine"].map { name in
      let workload = try TrainingWorkload(
        try Architecture.mnist(), condition: try #require(TrainingCondition(name: name)),
        members: 1, batch: 3, device: try CPUDevice(threads: 1))
      try workload.run(1)
      return try workload.networks()
    }
    #expect(steps[0] != steps[1])
  }

  @Test("a profile has the step's operations", arguments: [1, 2, 5])
  func profileHasTheStepsOperations(_ members: Int) throws {
    let device = try CPUDevice(threads: 2)
    let workload = try TrainingWorkload(
      try Architecture.mnist(), condition: .weightSimilarity, members: members, batch: 3,
      device: device)
    let profile = try StepProfile(workload, condition: "ws", seconds: 0.001, on: device)
    #expect(profile.entries.reduce(0) { $0 + $1.count } == workload.operations.count)
    #expect(Set(profile.entries.map(\.name)) == Set(workload.operations.map(\.name)))
    #expect(abs(profile.entries.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    #expect(profile.entries.allSatisfy { $0.seconds > 0 })
    #expect(profile.table.rows.count == profile.entries.count)
  }

  /// Profiling runs the operations: a step that is profiled trains as one that is not.
  @Test("profiling trains", arguments: [1, 2, 3]) func profilingTrains(_ members: Int) throws {
    let device = try CPUDevice(threads: 2)
    func make() throws -> TrainingWorkload {
      try TrainingWorkload(
        try Architecture.mnist(), condition: .weightSimilarity, members: members, batch: 3,
        device: device)
    }
    let (profiled, plain) = (try make(), try make())
    try profiled.run(1)
    _ = try device.profile(profiled.operations)
    try plain.run(2)
    #expect(try profiled.networks() == plain.networks())
  }

  @Test("entries add up") func entriesAddUp() {
    let entries = StepProfile.entries(
      names: ["relu", "convolution/gemm", "relu"], seconds: [1, 6, 1])
    #expect(entries.map(\.name) == ["convolution/gemm", "relu"])
    #expect(entries.map(\.count) == [1, 2])
    #expect(entries.map(\.share) == [0.75, 0.25])
  }

  @Test("a round has many steps") func roundsAreOfManySteps() throws {
    var steps = 0
    let rounds = try Rounds(seconds: 0.01) { steps += $0 }
    #expect(rounds.secondsPerStep.count == 5)
    #expect(rounds.fastest <= rounds.median && rounds.median <= rounds.slowest)
    #expect(steps > 5)
  }

  @Test("numbers are readable") func numbers() {
    #expect(BenchmarkReport.time(0.001234) == "1.23 ms")
    #expect(BenchmarkReport.time(12.3e-6) == "12.3 us")
    #expect(BenchmarkReport.time(2) == "2.00 s")
    #expect(BenchmarkReport.number(9.999) == "10.0" && BenchmarkReport.number(182.4) == "182")
    #expect(BenchmarkReport.percent(0.543) == "54.3" && BenchmarkReport.percent(nil) == "-")
  }

  @Test("impossible configurations are refused") func nonsenseIsRefused() throws {
    let device = try CPUDevice(threads: 1)
    func expect(_ part: String, _ change: (inout BenchmarkConfiguration) -> Void) {
      var configuration = BenchmarkConfiguration()
      change(&configuration)
      let error = #expect(throws: UserError.self) {
        try DeviceBenchmark(configuration, device: device)
      }
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
    expect("there is no architecture resnet: choose from mnist, cifar10") {
      $0.architectures = ["resnet"]
    }
    expect("a population of 0") { $0.members = [1, 0] }
    expect("--batch") { $0.batch = 0 }
    expect("nothing to measure") { $0.parts = [] }
    expect("nan seconds") { $0.seconds = .nan }
  }
}
