import Foundation
import TopoFoundation
import TopoSheets
import TopoTraining

/// One of several equal parts of a study's networks, which a process trains in a folder of its own.
/// Shards share nothing but the file system.
///
/// ```swift
/// let shard = try Shard("2/3")
/// var run = try plan.trainingRun(dataset)
/// run.members = shard.share(of: run.members)
/// ```
public struct Shard: Sendable, Hashable {
  /// Its number, from 1.
  public let number: Int
  /// Number of shards.
  public let count: Int

  /// The largest number of shards.
  static let most = 100_000

  /// A shard.
  /// - Throws: `UserError` if `number` is not one from 1 to `count`.
  public init(_ number: Int, of count: Int) throws {
    guard (1...Self.most).contains(count), (1...count).contains(number) else {
      throw UserError(
        "there is no shard \(number) of \(count); shards are numbered from 1 to their number, "
          + "which is at most \(Self.most)")
    }
    (self.number, self.count) = (number, count)
  }

  /// The shard that a text such as `2/3` names.
  /// - Throws: `UserError`.
  public init(_ text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = DecimalText.integer(String(parts[0])),
      let count = DecimalText.integer(String(parts[1]))
    else { throw UserError("\(text) is not a shard; write its number and their number: 2/3") }
    try self.init(number, of: count)
  }

  /// The shard of a task of an array job, by the variables that Slurm, Grid Engine or LSF set.
  /// - Throws: `UserError` if none of them is set, or they make no sense.
  public init(arrayTaskOf environment: [String: String]) throws {
    /// The number of a task among those from `first` on; the last one is `last`.
    func shard(_ id: String, first: String, last: String, step: String) throws -> Shard? {
      guard let text = environment[id], let task = Int(text), task > 0 || id.hasPrefix("SLURM")
      else { return nil }
      let from = environment[first].flatMap { Int($0) } ?? 1
      let step = max(environment[step].flatMap { Int($0) } ?? 1, 1)
      guard let to = environment[last].flatMap({ Int($0) }), task >= from, to >= task else {
        throw UserError(
          "\(id) is \(text), but \(last) is \(environment[last] ?? "not set"); name the shard: "
            + "--shard 2/3")
      }
      return try Shard((task - from) / step + 1, of: (to - from) / step + 1)
    }
    let found =
      try shard(
        "SLURM_ARRAY_TASK_ID", first: "SLURM_ARRAY_TASK_MIN", last: "SLURM_ARRAY_TASK_MAX",
        step: "SLURM_ARRAY_TASK_STEP")
      ?? shard(
        "SGE_TASK_ID", first: "SGE_TASK_FIRST", last: "SGE_TASK_LAST", step: "SGE_TASK_STEPSIZE")
      ?? shard("LSB_JOBINDEX", first: "", last: "LSB_JOBINDEX_END", step: "LSB_JOBINDEX_STEP")
    guard let found else {
      throw UserError(
        "this is no task of an array job of Slurm, Grid Engine or LSF (SLURM_ARRAY_TASK_ID, "
          + "SGE_TASK_ID and LSB_JOBINDEX are not set); name the shard: --shard 2/3")
    }
    if let text = environment["SLURM_ARRAY_TASK_COUNT"], text != "\(found.count)" {
      throw UserError(
        "the array job has \(text) tasks, whose numbers are not consecutive; name the shard: "
          + "--shard 2/3")
    }
    self = found
  }

  /// The folder below a study's in which the scripts of a cluster's jobs lie, with the plan that they
  /// run.
  public static func jobs(in url: URL) -> URL { url.appending(path: "slurm") }

  /// The networks that shards in a folder train: those of a plan, without those of a study that the
  /// folder holds already.
  /// - Parameter members: the networks of the plan.
  /// - Throws: `UserError` if it holds all of them, or shards of another number.
  public static func members(
    _ members: [Member], forShardsOf count: Int, in url: URL
  ) throws -> [Member] {
    try ShardFolders.requireRoom(forShardsOf: count, in: url)
    guard let found = try RunFolder<StudyFolder.Description>.read(url) else { return members }
    let known = Set(found.identity.members)
    let added = members.filter { !known.contains($0) }
    guard added.isEmpty else { return added }
    throw UserError(
      "\(url.path): the folder holds all networks of the plan already, so there are none for shards; "
        + "continue without --shard and with --resume, or choose another with --out")
  }

  /// Its networks, in the order of `members`. Networks of equal cost are dealt like cards, the most
  /// expensive ones first, so that all shards take about the same time.
  public func share(of members: [Member]) -> [Member] {
    let costs = members.map(Self.cost)
    let dealt = members.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }
    let own = dealt.enumerated().filter { $0.offset % count == number - 1 }.map(\.element)
    return own.sorted().map { members[$0] }
  }

  /// What a network's training costs: the same for equal texts, less for later ones.
  private static func cost(_ member: Member) -> String {
    let condition = member.condition
    guard condition.kind != .control, condition.lambda > 0 else { return "c" }
    let kind = condition.kind == .activationSimilarity ? "a" : "b"
    return [
      kind, condition.metric.rawValue, condition.view.rawValue, condition.layout.rawValue,
      condition.neighborhood.shape.rawValue,
    ].joined(separator: " ")
  }
}
