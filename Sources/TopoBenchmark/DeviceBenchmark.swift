import TopoCompute
import TopoFoundation
import TopoNetworks
import TopoTraining

/// Measures a device: its peak, operations at the sizes of the networks of the paper, training
/// steps, inference and other workloads.
///
/// Machines throttle and are shared, so the peak is measured again after each workload. Shares
/// refer to the highest one: they may be too low, but not too high.
public struct DeviceBenchmark {
  /// What to measure.
  public let configuration: BenchmarkConfiguration
  let device: any Device
  let progress: (String) -> Void

  /// A benchmark of a device.
  /// - Parameter progress: called with the name of each measurement before it begins.
  /// - Throws: `UserError` if the configuration is not valid.
  public init(
    _ configuration: BenchmarkConfiguration, device: any Device,
    progress: @escaping (String) -> Void = { _ in }
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.device = device
    self.progress = progress
  }

  /// Runs all measurements of the configuration.
  /// - Parameter version: version of this software, for the report.
  /// - Throws: `DeviceError`; `UserError` if the device cannot profile.
  public func run(version: String) throws -> BenchmarkReport {
    var report = BenchmarkReport(version: version, device: device.information)
    try raisePeak(&report)
    for network in try configuration.networks() {
      try measureCorruptions(network, &report)
      try measureAnalyses(network, &report)
      for members in configuration.members {
        try measureOperations(network, members: members, &report)
        try measureTraining(network, members: members, &report)
        try measureInference(network, members: members, &report)
        try measureAttack(network, members: members, &report)
        try measureWeights(network, &report)
        try measureNoise(network, &report)
        try profile(network, members: members, &report)
      }
    }
    if let peak = report.peak { report.relate(to: peak) }
    return report
  }

  private func raisePeak(_ report: inout BenchmarkReport) throws {
    guard let device = device as? any PeakMeasuring else { return }
    progress("peak")
    let peak = try device.measurePeak()
    report.peak = report.peak?.raised(by: peak) ?? peak
  }

  private func measureOperations(
    _ network: Architecture, members: Int, _ report: inout BenchmarkReport
  ) throws {
    guard configuration.parts.contains(.operations) else { return }
    for operationCase in network.operationCases(batch: configuration.batch, members: members) {
      progress("\(network.name): \(operationCase)")
      let timing = try operationCase.timing(
        on: device, duration: configuration.seconds / 5)
      report.operations.append(
        OperationTiming(
          architecture: network.name, operation: operationCase.operation.rawValue,
          name: operationCase.name, members: members, algorithms: timing.algorithms,
          seconds: timing.seconds, flops: operationCase.flops, bytes: operationCase.bytes))
    }
    try raisePeak(&report)
  }

  private func measureTraining(
    _ network: Architecture, members: Int, _ report: inout BenchmarkReport
  ) throws {
    guard configuration.parts.contains(.training) else { return }
    for condition in configuration.conditions {
      progress("\(network.name): training \(members) x \(condition.name)")
      let step = try TrainingWorkload(
        network, condition: condition, members: members, batch: configuration.batch,
        device: device)
      let times = try Rounds(seconds: configuration.seconds) { try step.run($0) }
      report.workloads.append(
        WorkloadTiming(
          .training, network, condition: condition.name, members: members,
          batch: configuration.batch, times))
      try raisePeak(&report)
    }
  }

  private func measureInference(
    _ network: Architecture, members: Int, _ report: inout BenchmarkReport
  ) throws {
    guard configuration.parts.contains(.inference) else { return }
    progress("\(network.name): inference of \(members)")
    let workload = try InferenceWorkload(
      network, members: members, batch: configuration.inferenceBatch, device: device)
    let times = try Rounds(seconds: configuration.seconds) { try workload.run($0) }
    report.workloads.append(
      WorkloadTiming(
        .inference, network, condition: nil, members: members,
        batch: configuration.inferenceBatch, times))
    try raisePeak(&report)
  }

  private func measureAttack(
    _ network: Architecture, members: Int, _ report: inout BenchmarkReport
  ) throws {
    guard configuration.parts.contains(.attack) else { return }
    progress("\(network.name): attack on \(members)")
    let workload = try AttackWorkload(
      network, members: members, batch: configuration.batch, device: device)
    let times = try Rounds(seconds: configuration.seconds) { try workload.run($0) }
    report.workloads.append(
      WorkloadTiming(
        .attack, network, condition: nil, members: members, batch: configuration.batch, times))
    try raisePeak(&report)
  }

  private func measureWeights(
    _ network: Architecture, _ report: inout BenchmarkReport
  ) throws {
    // The number of copies does not depend on the number of members: measured once per network.
    guard configuration.parts.contains(.weights),
      !report.workloads.contains(where: { $0.kind == .weights && $0.architecture == network.name })
    else { return }
    progress("\(network.name): \(WeightWorkload.copies) perturbed copies")
    let workload = try WeightWorkload(network, device: device)
    let times = try Rounds(seconds: configuration.seconds) { try workload.run($0) }
    report.workloads.append(
      WorkloadTiming(
        .weights, network, condition: nil, members: WeightWorkload.copies,
        batch: WeightWorkload.images, times))
    try raisePeak(&report)
  }

  private func measureNoise(_ network: Architecture, _ report: inout BenchmarkReport) throws {
    guard configuration.parts.contains(.noise),
      !report.workloads.contains(where: { $0.kind == .noise && $0.architecture == network.name })
    else { return }
    progress("\(network.name): \(NoiseWorkload.members) networks under noise")
    let workload = try NoiseWorkload(network, device: device)
    let times = try Rounds(seconds: configuration.seconds) { try workload.run($0) }
    report.workloads.append(
      WorkloadTiming(
        .noise, network, condition: nil, members: NoiseWorkload.members,
        batch: NoiseWorkload.images, times))
    try raisePeak(&report)
  }

  private func profile(
    _ network: Architecture, members: Int, _ report: inout BenchmarkReport
  ) throws {
    guard configuration.parts.contains(.profile) else { return }
    guard let profiling = device as? any OperationProfiling else {
      throw UserError(
        "\(device.information.identifier) cannot time the operations of a step: leave out the "
          + "profile")
    }
    for condition in configuration.conditions {
      progress("\(network.name): profile of \(members) x \(condition.name)")
      let step = try TrainingWorkload(
        network, condition: condition, members: members, batch: configuration.batch,
        device: device)
      report.profiles.append(
        try StepProfile(
          step, condition: condition.name, seconds: configuration.seconds, on: profiling))
    }
  }
}

extension BenchmarkReport {
  /// Computes the shares of a peak.
  mutating func relate(to peak: DevicePeak) {
    for index in operations.indices {
      let operation = operations[index]
      operations[index].shareOfPeak =
        operation.flops > 0 ? operation.flopsPerSecond / peak.flopsPerSecond : nil
      operations[index].shareOfBandwidth = operation.bytesPerSecond / peak.bytesPerSecond
    }
    for index in workloads.indices {
      workloads[index].shareOfPeak = workloads[index].flopsPerSecond / peak.flopsPerSecond
    }
  }
}
