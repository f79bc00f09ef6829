import Foundation
import TopoFoundation

/// How far the study or the evaluation in a folder is. It is read from the folder's records without
/// a lock, so that another process may be at work there.
///
/// ```swift
/// let status = try StudyStatus(of: URL(filePath: "runs/study"))
/// print(status.state, status.networks?.trained ?? 0)
/// ```
public struct StudyStatus: Sendable, Hashable, Codable {
  /// What a folder holds.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// Networks in training or trained, which may be evaluated as well.
    case study
    /// An evaluation of networks of other folders.
    case evaluation
  }

  /// What happens in the folder.
  public enum State: String, Sendable, Hashable, Codable {
    /// Jobs of a cluster, or a shard, have not begun.
    case waiting
    /// A process trains networks.
    case training
    /// A process evaluates networks.
    case evaluating
    /// The work is not done, and no process is at it.
    case interrupted
    /// A lock file remains: the process was killed, or is at work on another machine.
    case unknown
    /// All networks are trained, and none is evaluated.
    case trained
    /// There are results.
    case finished
  }

  /// Numbers of networks.
  public struct Networks: Sendable, Hashable, Codable {
    /// All of the study.
    public var all: Int
    /// Those with a model.
    public var trained: Int
    /// Those with some epochs done, but not all.
    public var training: Int
    /// Those without a finished epoch.
    public var waiting: Int
    /// Those that stopped because their loss was not finite.
    public var stopped: Int
  }

  /// How much of some work is done.
  public struct Share: Sendable, Hashable, Codable {
    /// The finished part.
    public var done: Int
    /// Everything.
    public var all: Int
  }

  /// Whether a process is at work.
  public struct Process: Sendable, Hashable, Codable {
    /// nil if that cannot be known: a lock file remains, whose process was killed or is on another
    /// machine.
    public var isAtWork: Bool?
    /// Its number if this machine knows it.
    public var number: Int?
  }

  /// The evaluation in the folder.
  public struct Evaluation: Sendable, Hashable, Codable {
    /// Name of the suite.
    public var suite: String
    /// Its tasks.
    public var tasks: Share
  }

  /// The folder's path as it was given.
  public var folder: String
  /// What the folder holds.
  public var kind: Kind
  /// Name of the plan, or of the suite of an evaluation; nil if the plan's file is missing.
  public var name: String?
  /// What happens.
  public var state: State
  /// The process at work. With shards: of any of them.
  public var process: Process
  /// Networks of a study; nil for an evaluation.
  public var networks: Networks?
  /// Epochs of each network, summed over the networks; nil for an evaluation.
  public var epochs: Share?
  /// Conditions in the order of the study; empty for an evaluation.
  public var conditions: [ConditionStatus]
  /// The shards in the folder; empty for a study without, or once they are put together.
  public var shards: [ShardStatus]
  /// Paths of networks that stopped: `ws-euclidean-3/seed-2`.
  public var stopped: [String]
  /// The evaluation; nil if none was begun.
  public var evaluation: Evaluation?
  /// When a record in the folder last changed.
  public var lastChange: Date
  /// What to do next, as a sentence.
  public var next: String
  /// The words of the command to do it with; nil if there is nothing to do but wait, or the
  /// command is not known.
  public var command: [String]?

  /// The status as JSON with sorted keys. Times are in ISO 8601, UTC.
  /// - Throws: an error of the encoder.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return try encoder.encode(self)
  }
}
