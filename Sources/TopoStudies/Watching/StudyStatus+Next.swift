import Foundation
import TopoFoundation

extension StudyStatus {
  /// What to do next.
  /// - Parameters:
  ///   - plan: the file of the plan; nil if there is none.
  ///   - isTrainedOnly: whether the study is complete without an evaluation.
  ///   - folder: the study's.
  /// - Returns: a sentence, and the words of a command if one does it.
  func step(
    plan: URL?, isTrainedOnly: Bool, folder url: URL
  ) -> (sentence: String, command: [String]?) {
    let resuming = plan.map { ["toposheet", "run", $0.path, "--out", folder, "--resume"] }
    let again = "the command that began it, and --resume"
    func sentence(_ text: String) -> String { text + (resuming == nil ? " with \(again)." : ".") }
    switch state {
    case .training where !shards.isEmpty: return nextOfShards(plan: plan, folder: url)
    case .training, .evaluating: return ("Wait for the process at work.", nil)
    case .finished: return ("Look at the results.", ["toposheet", "show", folder])
    case .trained where isTrainedOnly:
      return (
        "Evaluate the networks.",
        ["toposheet", "evaluate", folder, "--out", "\(folder)-results"]
      )
    case .waiting, .trained, .interrupted, .unknown:
      if let jobs = nextJobs(url) { return jobs }
    }
    let hasShards = !shards.isEmpty && resuming != nil
    switch state {
    case .trained where hasShards:
      return ("Put the shards together and evaluate the networks.", resuming)
    case .interrupted where hasShards:
      return ("Continue each shard with --shard and --resume, or do the rest here.", resuming)
    case .trained: return (sentence("Evaluate the networks"), resuming)
    case .unknown: return (sentence("If it was killed, continue"), resuming)
    default: return (sentence("Continue"), resuming)
    }
  }

  /// What to do while some shards train.
  private func nextOfShards(
    plan: URL?, folder url: URL
  ) -> (sentence: String, command: [String]?) {
    let wait = "Wait for the processes at work"
    // Those with a lock file were killed, or are on another machine.
    let left = shards.filter { $0.state == .interrupted || $0.state == .unknown }
    let script = Shard.jobs(in: url).appending(path: "train.sh")
    let hasJobs = FileManager.default.fileExists(atPath: script.path)
    guard let first = left.first else {
      // Jobs of a cluster begin by themselves.
      guard !hasJobs, let new = shards.first(where: { $0.state == .waiting }) else {
        return ("\(wait).", nil)
      }
      return (
        "\(wait); shard \(new.number) has not begun, and can be begun.",
        plan.map {
          ["toposheet", "run", $0.path, "--out", folder, "--shard", "\(new.number)/\(new.count)"]
        }
      )
    }
    if hasJobs {
      let numbers = Self.ranges(left.map(\.number))
      return (
        "\(wait); if no job of shard \(numbers) is in the queue (squeue), continue it.",
        ["sbatch", "--array=\(numbers)", script.path]
      )
    }
    let shard = "\(first.number)/\(first.count)"
    return (
      "\(wait); if shard \(first.number) is not at work elsewhere, continue it.",
      plan.map { ["toposheet", "run", $0.path, "--out", folder, "--shard", shard, "--resume"] }
    )
  }

  /// The job of a cluster to submit next; nil if there are none, or nothing is left to do for them.
  private func nextJobs(_ url: URL) -> (sentence: String, command: [String]?)? {
    let jobs = Shard.jobs(in: url)
    let (training, evaluation) = (
      jobs.appending(path: "train.sh"), jobs.appending(path: "evaluate.sh")
    )
    guard FileManager.default.fileExists(atPath: training.path) else { return nil }
    let condition = "If no job is in the queue (squeue),"
    guard state != .waiting else {
      return ("\(condition) submit the first one.", ["sbatch", training.path])
    }
    guard !shards.isEmpty else { return nil }
    let left = shards.filter { $0.state != .trained }.map(\.number)
    guard !left.isEmpty else {
      return (
        "\(condition) put the shards together and evaluate the networks.",
        ["sbatch", evaluation.path]
      )
    }
    return (
      "\(condition) continue the shards that are not done.",
      ["sbatch", "--array=\(Self.ranges(left))", training.path]
    )
  }

  /// Ascending numbers as `1-3,7`.
  public static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
