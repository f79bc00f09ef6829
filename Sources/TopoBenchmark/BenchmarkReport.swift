import TopoCompute

/// What a benchmark found, as its JSON says it. Times are seconds.
public struct BenchmarkReport: Sendable, Codable {
  /// Version of the format: it grows when a reader of the old one would misread the new one.
  public static let format = 1

  /// Version of the format.
  public var format = BenchmarkReport.format
  /// Version of this software.
  public var version: String
  /// What was measured.
  public var device: DeviceInformation
  /// The highest peak seen: before, between and after the measurements. Nil where the device
  /// cannot measure it.
  public var peak: DevicePeak?
  /// Operations at the networks' sizes.
  public var operations: [OperationTiming] = []
  /// Whole training steps and inference.
  public var workloads: [WorkloadTiming] = []
  /// Corruptions of images; nil where they were not asked for.
  public var corruptions: [CorruptionTiming]?
  /// Where a training step's time goes.
  public var profiles: [StepProfile] = []

  /// A report without measurements.
  public init(version: String, device: DeviceInformation) {
    self.version = version
    self.device = device
  }
}

/// One operation at one size, run on its own.
public struct OperationTiming: Sendable, Codable {
  /// The network that has it.
  public var architecture: String
  /// The operation.
  public var operation: String
  /// Its shapes.
  public var name: String
  /// Number of members.
  public var members: Int
  /// Operation and algorithm as the device names them.
  public var algorithms: [String]
  /// The fastest run.
  public var seconds: Double
  /// Floating-point operations of a run, 0 where it moves memory rather than computes.
  public var flops: Int
  /// Bytes of a run if each were moved once.
  public var bytes: Int
  /// Share of the peak's floating-point operations; nil where either is not known.
  public var shareOfPeak: Double?
  /// Share of the peak's bytes per second; above 1 where caches serve.
  public var shareOfBandwidth: Double?

  /// Floating-point operations per second.
  public var flopsPerSecond: Double { Double(flops) / seconds }
  /// Bytes per second.
  public var bytesPerSecond: Double { Double(bytes) / seconds }
}

/// A whole training step, or inference, of a population.
public struct WorkloadTiming: Sendable, Codable {
  /// What was run.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Gathering a batch, forward, loss, backward, penalty, Adam.
    case training
    /// Normalising images, copying them, forward, reading sheet and logits.
    case inference
    /// Forward, loss, backward to the images, and a projected step.
    case attack
    /// Copying features and weights, forward from the sheet on, reading logits, and measuring.
    case weights
    /// Making noise, inference and measures of 13 networks under the paper's noises.
    case noise
  }

  /// What was run.
  public var kind: Kind
  /// The network.
  public var architecture: String
  /// `control`, `ws` or `as`; others than training do not depend on it, and have none.
  public var condition: String?
  /// Number of members.
  public var members: Int
  /// Images per member at a time.
  public var batch: Int
  /// A step: the median of several rounds, and the fastest and slowest.
  public var seconds: Double
  /// The fastest round's.
  public var fastest: Double
  /// The slowest round's.
  public var slowest: Double
  /// Floating-point operations of a step, all members together.
  public var flops: Int
  /// Images of all members per second: the median.
  public var imagesPerSecond: Double
  /// Share of the peak's floating-point operations.
  public var shareOfPeak: Double?

  /// Floating-point operations per second.
  public var flopsPerSecond: Double { Double(flops) / seconds }
}

/// Where the time of a training step goes.
public struct StepProfile: Sendable, Codable {
  /// One or several operations of the same name.
  public struct Entry: Sendable, Codable {
    /// Operation and algorithm as the device names them.
    public var name: String
    /// How often the step has it.
    public var count: Int
    /// Seconds of a step.
    public var seconds: Double
    /// Share of the step.
    public var share: Double
  }

  /// The network.
  public var architecture: String
  /// `control`, `ws` or `as`.
  public var condition: String
  /// Number of members.
  public var members: Int
  /// Images per member.
  public var batch: Int
  /// All operations together.
  public var seconds: Double
  /// By name, the longest first.
  public var entries: [Entry]
}
