/// Parts of a suite that are ready to be evaluated on a device, divided into tasks.
///
/// The result of a task does not depend on the tasks that ran before it, so that an interrupted
/// evaluation can continue.
public protocol Evaluation {
  /// A piece of the evaluation, such as a perturbation at a severity.
  associatedtype Task: EvaluationTask

  /// All tasks, in the order of results.
  var tasks: [Task] { get }

  /// The cost of a task, in images that go through one network. Estimates of the time left use it.
  func cost(of task: Task) -> Double

  /// Checks that the device has enough memory for one network, before any results are written.
  /// - Throws: `DeviceError` otherwise.
  func checkMemory() throws

  /// The same tasks with some of the networks only. Their results are the same as with all networks,
  /// except of tasks that compare networks with each other (`TaskKey.comparesNetworks`).
  /// - Parameter networks: indices in the context, ascending; at least one.
  /// - Throws: what making the evaluation threw: `UserError`, `DeviceError`.
  func restricted(to networks: [Int]) throws -> Self

  /// Runs some of the tasks.
  /// - Parameters:
  ///   - pending: indices of the tasks to run, ascending.
  ///   - progress: called with the share of the current task that is done, from 0 to 1.
  ///   - finished: called with the index and the result of each task, in order.
  /// - Throws: `DeviceError`, for example if the device has too little memory for one network; what
  ///   perturbations and `finished` throw.
  func measure(
    _ pending: [Int], progress: (_ share: Double) -> Void,
    finished: (_ task: Int, TaskResult) throws -> Void
  ) throws
}

/// A piece of an evaluation that is computed and written as a whole.
public protocol EvaluationTask: Sendable {
  /// The perturbation's name in records.
  var label: String { get }
  /// How much of it; 0 for clean images or networks.
  var severity: Double { get }
  /// Number of the draw; 0 if the task has all draws.
  var draw: Int { get }
  /// Its name for people: `corruption/fog 3.0`.
  var title: String { get }
}

extension EvaluationTask {
  public var draw: Int { 0 }

  /// What distinguishes it from other tasks of a suite, the same however severities are written.
  var key: String { TaskKey(label: label, severity: severity, draw: draw).text }
}

/// The results of all networks in one task.
public struct TaskResult: Sendable, Hashable {
  /// Records, by network.
  public var records: [Record]
  /// Confusion matrices, by network.
  public var confusion: [ConfusionRecord]
  /// Findings about units, and about pairs of networks.
  public var findings: Findings

  /// A result.
  public init(
    records: [Record], confusion: [ConfusionRecord], findings: Findings = Findings()
  ) {
    (self.records, self.confusion, self.findings) = (records, confusion, findings)
  }
}

extension Evaluation {
  /// The title and the cost of every task.
  var titles: [(title: String, cost: Double)] { tasks.map { ($0.title, cost(of: $0)) } }

  /// What distinguishes the tasks of a suite.
  package var taskKeys: [String] { tasks.map(\.key) }
}
