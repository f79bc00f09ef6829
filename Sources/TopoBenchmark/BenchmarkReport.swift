import TopoCompute

/// The results of a benchmark, as its JSON has them. Times are in seconds.
public struct BenchmarkReport: Sendable, Codable {
  /// Current version of the format. It increases when readers of the old format would misread the
  /// new one.
  public static let format = 1

  /// Version of the format.
  public var format = BenchmarkReport.format
  /// Version of this software.
  public var version: String
  /// The device that was measured.
  public var device: DeviceInformation
  /// The highest of the peaks measured before, between and after the workloads; nil if the device
  /// cannot measure it.
  public var peak: DevicePeak?
  /// Operations at the sizes of the networks.
  public var operations: [OperationTiming] = []
  /// Training steps, inference and other workloads.
  public var workloads: [WorkloadTiming] = []
  /// Corruptions of images; nil if they were not measured.
  public var corruptions: [CorruptionTiming]?
  /// Analyses of networks; nil if they were not measured.
  public var analyses: [AnalysisTiming]?
  /// The time of each operation in training steps.
  public var profiles: [StepProfile] = []

  /// A report without measurements.
  public init(version: String, device: DeviceInformation) {
    self.version = version
    self.device = device
  }
}

/// The time of one operation at one size, run alone.
public struct OperationTiming: Sendable, Codable {
  /// The network that has the operation.
  public var architecture: String
  /// The kind of operation.
  public var operation: String
  /// The shapes.
  public var name: String
  /// Number of members.
  public var members: Int
  /// Operation and algorithm as the device names them.
  public var algorithms: [String]
  /// Seconds of the fastest run.
  public var seconds: Double
  /// Floating-point operations of a run; 0 for an operation that only moves memory.
  public var flops: Int
  /// Bytes of a run, each counted once.
  public var bytes: Int
  /// Share of the peak rate of floating-point operations; nil if either is unknown.
  public var shareOfPeak: Double?
  /// Share of the peak rate of bytes; above 1 if data come from caches. Nil without a peak.
  public var shareOfBandwidth: Double?

  /// Floating-point operations per second.
  public var flopsPerSecond: Double { Double(flops) / seconds }
  /// Bytes per second.
  public var bytesPerSecond: Double { Double(bytes) / seconds }
}

/// The time of a step of a workload, such as a training step of a population.
public struct WorkloadTiming: Sendable, Codable {
  /// The kinds of workloads.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A training step: gathering a batch, forward pass, loss, backward pass, penalty, Adam.
    case training
    /// Inference: normalizing and copying images, forward pass, reading sheet and logits.
    case inference
    /// An attack step: forward pass, loss, backward pass to the images, projected step.
    case attack
    /// Evaluation of perturbed copies: copying features and weights, forward pass from the sheet
    /// on, reading logits, measures.
    case weights
    /// Evaluation of 13 networks under the noises of the paper: noise, inference, measures.
    case noise
  }

  /// The kind of workload.
  public var kind: Kind
  /// The network.
  public var architecture: String
  /// The name of the `TrainingCondition`; nil except for training, as other workloads do not depend
  /// on it.
  public var condition: String?
  /// Number of members.
  public var members: Int
  /// Images per member and step.
  public var batch: Int
  /// Seconds of a step, median of several rounds.
  public var seconds: Double
  /// Seconds of a step in the fastest round.
  public var fastest: Double
  /// Seconds of a step in the slowest round.
  public var slowest: Double
  /// Floating-point operations of a step, of all members.
  public var flops: Int
  /// Images of all members per second, in the median round.
  public var imagesPerSecond: Double
  /// Share of the peak rate of floating-point operations; nil without a peak.
  public var shareOfPeak: Double?

  /// Floating-point operations per second.
  public var flopsPerSecond: Double { Double(flops) / seconds }
}

/// The time of each operation in a training step.
public struct StepProfile: Sendable, Codable {
  /// All operations of a step that have the same name.
  public struct Entry: Sendable, Codable {
    /// Operation and algorithm as the device names them.
    public var name: String
    /// Number of such operations in a step.
    public var count: Int
    /// Seconds of these operations in a step.
    public var seconds: Double
    /// Share of the seconds of the step.
    public var share: Double
  }

  /// The network.
  public var architecture: String
  /// The name of the `TrainingCondition`.
  public var condition: String
  /// Number of members.
  public var members: Int
  /// Images per member.
  public var batch: Int
  /// Seconds of all operations.
  public var seconds: Double
  /// Operations by name, the longest time first.
  public var entries: [Entry]
}
