import Foundation
import Toposheet

/// The status of a folder in words.
struct StatusReport {
  private let status: StudyStatus
  private let now: Date

  /// - Parameter now: the time from which ages are counted.
  init(_ status: StudyStatus, now: Date = Date()) { (self.status, self.now) = (status, now) }

  /// What is in the folder, and how far it is.
  var heading: String {
    let kind =
      status.kind == .study ? "Study \(status.name ?? "without a plan.yaml")" : "Evaluation"
    var lines = ["\(kind) in \(status.folder): \(state)"]
    if status.state == .unknown {
      lines.append("A lock file remains: its process was killed, or is on another machine.")
    }
    if let networks = status.networks, let epochs = status.epochs {
      var parts = ["\(networks.trained) of \(networks.all.counted("network")) trained"]
      if networks.training > 0 { parts.append("\(networks.training) in training") }
      if networks.waiting > 0 {
        // Records are written after each epoch.
        let word = status.state == .training ? "in or before the first epoch" : "waiting"
        parts.append("\(networks.waiting) \(word)")
      }
      if networks.stopped > 0 { parts.append("\(networks.stopped) stopped") }
      lines += Self.broken(
        "Training: \(parts.joined(separator: ", ")); \(Self.share(epochs)) epochs done")
    }
    if let shards { lines += Self.broken(shards) }
    if let evaluation = status.evaluation {
      let isTrained = status.networks.map { $0.trained + $0.stopped == $0.all } ?? true
      let isOfFewer = !isTrained && evaluation.tasks.done == evaluation.tasks.all
      lines.append(
        "Evaluation under \(evaluation.suite): "
          + (isOfFewer
            ? "done before the study grew"
            : "\(Self.share(evaluation.tasks)) tasks done"))
    } else if status.kind == .study {
      lines.append("Evaluation: not begun")
    }
    return lines.joined(separator: "\n")
  }

  /// How many shards there are, and which ones are in which state; nil without shards.
  private var shards: String? {
    guard let count = status.shards.first?.count else { return nil }
    let states: [(state: StudyStatus.State, word: String)] = [
      (.trained, "trained"), (.training, "training"), (.interrupted, "interrupted"),
      (.unknown, "with a lock file"), (.waiting, "not begun"),
    ]
    let parts = states.compactMap { state, word -> String? in
      let numbers = status.shards.filter { $0.state == state }.map(\.number)
      return numbers.isEmpty ? nil : "\(StudyStatus.ranges(numbers)) \(word)"
    }
    return "Shards: \(count) in all; \(parts.joined(separator: "; "))"
  }

  /// The figures of the conditions; nil for an evaluation.
  var table: TextTable? {
    guard !status.conditions.isEmpty else { return nil }
    // Narrow enough for a terminal of 80 columns.
    var table = TextTable(
      [.init("condition", .left)]
        + ["done", "epoch", "loss", "penalty", "train %", "valid. %", "Moran's I"]
        .map { .init($0, .right) })
    for condition in status.conditions {
      table.append([
        condition.condition, "\(condition.trained)/\(condition.networks)",
        condition.fewestEpochs == condition.mostEpochs
          ? "\(condition.mostEpochs)" : "\(condition.fewestEpochs)-\(condition.mostEpochs)",
        Self.number(condition.crossEntropy, 4), Self.number(condition.weightedPenalty, 4),
        Self.number(condition.trainingAccuracy.map { 100 * $0 }, 2),
        Self.number(condition.validationAccuracy.map { 100 * $0 }, 2),
        Self.number(condition.moransI, 3),
      ])
    }
    table.notes = [
      "Done: networks trained. Loss: cross-entropy. Penalty: times lambda.",
      "Means over networks after their last epoch.",
    ]
    return table
  }

  /// Networks that stopped, the last change, and what to do next.
  var ending: String {
    var lines =
      status.stopped.isEmpty
      ? [] : ["Stopped, as their loss was not finite: \(status.stopped.joined(separator: ", "))."]
    let dead = status.conditions.filter { $0.dead > 0 }
      .map { "\($0.dead) of \($0.condition)" }
    if !dead.isEmpty {
      lines.append(
        "Dead after their last epoch, by the validation images (tables go by the test images): "
          + "\(dead.joined(separator: ", ")).")
    }
    lines.append("Last change of a record: \(lastChange).")
    if let command = status.command {
      lines.append("Next: \(status.next.dropLast().lowercasedFirst), with")
      lines = lines.flatMap(Self.broken)
      lines.append("  " + command.map(Interruption.quoted).joined(separator: " "))
    } else {
      lines.append("Next: \(status.next.dropLast().lowercasedFirst).")
      lines = lines.flatMap(Self.broken)
    }
    return lines.joined(separator: "\n")
  }

  /// How long ago a record changed; its time if the clock was set back since, or another machine's
  /// is ahead.
  private var lastChange: String {
    let age = now.timeIntervalSince(status.lastChange)
    // File systems round times.
    guard age < -2 else { return Readable.duration(age) + " ago" }
    return status.lastChange.formatted(.iso8601) + ", ahead of this machine's clock"
  }

  private var state: String {
    switch status.state {
    case .training, .evaluating:
      // Shards have a process each.
      status.state.rawValue
        + (status.shards.isEmpty ? status.process.number.map { " (process \($0))" } ?? "" : "")
    case .waiting: "no job has begun"
    case .interrupted: "not done, and no process is at work"
    case .unknown: "not done, and perhaps at work"
    case .trained: "trained, not evaluated"
    case .finished: "finished"
    }
  }

  /// `12 of 40`
  private static func share(_ share: StudyStatus.Share) -> String {
    "\(share.done) of \(share.all)"
  }

  /// A line of text as lines that fit a terminal of 80 columns.
  private static func broken(_ line: String) -> [String] {
    wrapped(line, width: 79)
  }

  private static func number(_ value: Double?, _ digits: Int) -> String {
    value.map { Readable.fixed($0, digits) } ?? "-"
  }
}

extension StringProtocol {
  /// The text with its first letter in lower case.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
