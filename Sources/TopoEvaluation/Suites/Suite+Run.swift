import TopoCompute
import TopoFoundation
import TopoNetworks

/// Stores the results of a suite's tasks. Tasks are numbered in the order of the evaluations.
public protocol TaskStore {
  /// Whether the results of a task are stored.
  func isDone(_ task: Int) -> Bool
  /// The networks of which results are stored although the task is not done.
  /// - Throws: `UserError` if they were changed since they were written.
  func networks(of task: Int) throws -> Set<NetworkIdentity>
  /// Stores the results of a task, which are of the networks that it lacks.
  /// - Throws: `UserError` if they cannot be stored.
  func write(_ task: Int, _ result: TaskResult) throws
  /// The records of a task that is done.
  /// - Throws: `UserError` if they were changed since they were written.
  func records(of task: Int) throws -> [Record]
}

extension TaskStore {
  public func networks(of task: Int) -> Set<NetworkIdentity> { [] }
}

extension Suite {
  /// The progress of a run.
  public struct Progress: Sendable, Hashable {
    /// The task that is running, or the last one if all are done: `corruption/fog 3.0`.
    public var task: String
    /// Number of tasks that are done.
    public var done: Int
    /// Number of all tasks.
    public var all: Int
    /// Estimated seconds left; nil if unknown.
    public var secondsLeft: Double?
  }

  /// Runs all tasks and keeps the results in memory only.
  /// - Returns: records by network: those of the tasks, in order, then derived ones.
  /// - Throws: `UserError`, `DeviceError`; what perturbations throw.
  public func records(
    in context: EvaluationContext, on device: any Device, report: (Progress) -> Void = { _ in }
  ) throws -> [Record] {
    try results(in: context, on: device, report: report).records
  }

  /// The same, with the findings of analyses beside the records.
  /// - Throws: `UserError`, `DeviceError`; what perturbations throw.
  public func results(
    in context: EvaluationContext, on device: any Device, report: (Progress) -> Void = { _ in }
  ) throws -> (records: [Record], findings: Findings) {
    let store = TaskMemory()
    let evaluations = try evaluations(in: context, on: device)
    try run(evaluations, in: context, keptIn: store, report: report)
    return (try conclude(evaluations, in: context, keptIn: store), store.findings)
  }

  /// Runs the tasks whose results a store does not have, with the networks that it lacks.
  /// - Throws: what the evaluations and the store throw. Results of finished tasks stay stored.
  public func run(
    _ evaluations: [any Evaluation], in context: EvaluationContext, keptIn store: some TaskStore,
    report: (Progress) -> Void = { _ in }
  ) throws {
    let tasks = evaluations.flatMap(\.titles)
    let waiting = Set(tasks.indices.filter { !store.isDone($0) })
    let missing = try Self.missing(waiting, of: context, in: store)
    let all = Double(max(context.models.count, 1))
    var pace = SuitePace(
      tasks.indices.map { tasks[$0].cost * Double(missing[$0]?.count ?? 0) / all },
      waiting: waiting)
    func reportProgress(_ task: Int, share: Double = 0) {
      report(
        Progress(
          task: tasks[task].title, done: pace.done, all: tasks.count,
          secondsLeft: pace.secondsLeft(share: share, of: task)))
    }
    var first = 0
    for evaluation in evaluations {
      let count = evaluation.titles.count
      defer { first += count }
      let pending = (0..<count).filter { waiting.contains(first + $0) }
      // The same networks at a time; all networks last, as they keep the most memory.
      let groups = Dictionary(grouping: pending) { missing[first + $0] ?? [] }
        .sorted { ($0.key.count, $0.value[0]) < ($1.key.count, $1.value[0]) }
      for (networks, tasks) in groups {
        var next = tasks[...]
        reportProgress(first + tasks[0])
        func finish(_ task: Int, _ result: TaskResult) throws {
          try store.write(first + task, result)
          next = next.dropFirst()
          pace.finish(first + task)
          reportProgress(first + (next.first ?? task))
        }
        guard !networks.isEmpty else {
          for task in tasks { try finish(task, TaskResult(records: [], confusion: [])) }
          continue
        }
        let isWhole = networks.count == context.models.count
        let part = isWhole ? evaluation : try evaluation.restricted(to: networks)
        try part.measure(tasks) { share in
          if let task = next.first { reportProgress(first + task, share: share) }
        } finished: {
          try finish($0, $1)
        }
      }
    }
  }

  /// Indices of the networks whose results a store does not have, by task.
  private static func missing(
    _ tasks: Set<Int>, of context: EvaluationContext, in store: some TaskStore
  ) throws -> [Int: [Int]] {
    var missing: [Int: [Int]] = [:]
    for task in tasks {
      let known = try store.networks(of: task)
      missing[task] = context.models.indices.filter {
        !known.contains(context.models[$0].identity)
      }
    }
    return missing
  }

  /// The records of all tasks and the records derived from them. All are read from the store, so
  /// that they do not depend on which process ran a task.
  /// - Returns: records by network: those of its tasks, in order, then derived ones.
  /// - Throws: what the store throws.
  public func conclude(
    _ evaluations: [any Evaluation], in context: EvaluationContext, keptIn store: some TaskStore
  ) throws -> [Record] {
    let models = context.models
    let indices = Dictionary(
      models.enumerated().map { ($0.element.identity, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    var byModel = [[Record]](repeating: [], count: models.count)
    for task in 0..<evaluations.reduce(0, { $0 + $1.titles.count }) {
      for record in try store.records(of: task) {
        if let index = indices[record.network] { byModel[index].append(record) }
      }
    }
    byModel = byModel.map(NetworkStates.marked)
    let all = byModel.flatMap { $0 }
    for record in Self.kinds.flatMap({ $0.derived(from: all) }) {
      if let index = indices[record.network] { byModel[index].append(record) }
    }
    return NetworkStates.marked(byModel.flatMap { $0 })
  }
}

/// Results that are kept as long as the process runs.
final class TaskMemory: TaskStore {
  private var results: [Int: [Record]] = [:]
  /// The findings of all tasks, in the order in which they were done.
  private(set) var findings = Findings()

  func isDone(_ task: Int) -> Bool { results[task] != nil }
  func write(_ task: Int, _ result: TaskResult) {
    results[task] = result.records
    findings.append(result.findings)
  }
  func records(of task: Int) -> [Record] { results[task] ?? [] }
}
