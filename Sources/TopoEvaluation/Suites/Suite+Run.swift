import TopoCompute
import TopoFoundation

/// Where the results of a suite's tasks are kept.
public protocol TaskStore {
  /// Whether the results of a task are there.
  func isDone(_ task: Int) -> Bool
  /// Keeps the results of a task.
  /// - Throws: if they cannot be kept.
  func keep(_ task: Int, _ result: TaskResult) throws
  /// The records of a task that is done.
  /// - Throws: `UserError` if they are not as they were written.
  func records(of task: Int) throws -> [Record]
}

extension Suite {
  /// How far a run is.
  public struct Progress: Sendable, Hashable {
    /// The task at work, or just done: `corruption/fog 3.0`.
    public var task: String
    /// Number of tasks that are done.
    public var done: Int
    /// Number of all tasks.
    public var all: Int
    /// Seconds left, if they are known.
    public var secondsLeft: Double?
  }

  /// Runs all tasks, without a folder.
  /// - Returns: records by network: those of the tasks, in order, then what follows from them.
  /// - Throws: `UserError`, `DeviceError`; what a perturbation throws.
  public func records(
    in context: EvaluationContext, on device: any Device, report: (Progress) -> Void = { _ in }
  ) throws -> [Record] {
    let store = TaskMemory()
    let evaluations = try evaluations(in: context, on: device)
    try run(evaluations, in: context, keptIn: store, report: report)
    return try conclude(evaluations, in: context, keptIn: store)
  }

  /// Runs the tasks that a store does not have.
  /// - Throws: what the evaluations and the store throw. Finished tasks are kept.
  public func run(
    _ evaluations: [any Evaluation], in context: EvaluationContext, keptIn store: some TaskStore,
    report: (Progress) -> Void = { _ in }
  ) throws {
    let tasks = evaluations.flatMap(\.titles)
    let waiting = Set(tasks.indices.filter { !store.isDone($0) })
    var pace = SuitePace(tasks.map(\.cost), waiting: waiting)
    func tell(_ task: Int, share: Double = 0) {
      report(
        Progress(
          task: tasks[task].title, done: pace.done, all: tasks.count,
          secondsLeft: pace.secondsLeft(share: share, of: task)))
    }
    var first = 0
    for evaluation in evaluations {
      let count = evaluation.titles.count
      let pending = (0..<count).filter { waiting.contains(first + $0) }
      defer { first += count }
      guard !pending.isEmpty else { continue }
      var next = pending[...]
      tell(first + pending[0])
      try evaluation.measure(pending) { share in
        if let task = next.first { tell(first + task, share: share) }
      } finished: { task, result in
        try store.keep(first + task, result)
        next = next.dropFirst()
        pace.finish(first + task)
        tell(first + (next.first ?? task))
      }
    }
  }

  /// The records of all tasks and what follows from them. They are read from the store, so that they
  /// do not depend on which process ran a task.
  /// - Returns: by network: those of its tasks, in order, then what follows.
  /// - Throws: `UserError` if the store does not have the records of every network.
  public func conclude(
    _ evaluations: [any Evaluation], in context: EvaluationContext, keptIn store: some TaskStore
  ) throws -> [Record] {
    let models = context.models
    let places = Dictionary(
      uniqueKeysWithValues: models.enumerated().map { ($0.element.identity, $0.offset) })
    var byModel = [[Record]](repeating: [], count: models.count)
    for task in 0..<evaluations.reduce(0, { $0 + $1.titles.count }) {
      for record in try store.records(of: task) {
        if let place = places[record.network] { byModel[place].append(record) }
      }
    }
    byModel = byModel.map(NetworkStates.marked)
    let all = byModel.flatMap { $0 }
    for record in Self.kinds.flatMap({ $0.derived(from: all) }) {
      if let place = places[record.network] { byModel[place].append(record) }
    }
    return NetworkStates.marked(byModel.flatMap { $0 })
  }
}

/// Results that are kept as long as the process runs.
final class TaskMemory: TaskStore {
  private var results: [Int: [Record]] = [:]

  func isDone(_ task: Int) -> Bool { results[task] != nil }
  func keep(_ task: Int, _ result: TaskResult) { results[task] = result.records }
  func records(of task: Int) -> [Record] { results[task] ?? [] }
}
