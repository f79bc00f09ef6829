/// A part of a suite, ready on a device: work in tasks.
///
/// The results of a task do not depend on which other tasks ran before it, or whether any did, so
/// that an evaluation that was interrupted can continue.
public protocol Evaluation {
  /// A piece of the work: a perturbation at a severity.
  associatedtype Task: EvaluationTask

  /// All tasks, in the order of results.
  var tasks: [Task] { get }

  /// The work in a task, in images that go through one network: what the time left is estimated by.
  func cost(of task: Task) -> Double

  /// Does some of the tasks.
  /// - Parameters:
  ///   - pending: indices of the tasks to do, ascending.
  ///   - progress: called with the share of the present task that is done, from 0 to 1.
  ///   - finished: called with the index and the result of each task, in order.
  /// - Throws: `DeviceError`, also if one network alone needs more memory than there is; what a
  ///   perturbation and `finished` throw.
  func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void,
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws
}

/// A piece of an evaluation.
public protocol EvaluationTask: Sendable {
  /// Its name for people: `corruption/fog 3.0`.
  var title: String { get }
}

/// What all networks gave in one task.
public struct TaskResult: Sendable, Hashable {
  /// Records, by network.
  public var records: [Record]
  /// Confusion matrices, by network.
  public var confusion: [ConfusionRecord]

  /// A result.
  public init(records: [Record], confusion: [ConfusionRecord]) {
    (self.records, self.confusion) = (records, confusion)
  }
}

extension Evaluation {
  /// The title and the cost of every task.
  var titles: [(title: String, cost: Double)] { tasks.map { ($0.title, cost(of: $0)) } }
}
