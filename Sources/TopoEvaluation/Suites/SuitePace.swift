/// Estimates the time left of a suite from the costs of its tasks.
struct SuitePace {
  private let costs: [Double]
  private let whole: Double
  private var finished = 0.0
  private let began = ContinuousClock.now
  /// Number of tasks that are done.
  private(set) var done: Int

  /// The pace of a run in which the tasks `waiting` are still to run.
  /// - Parameter costs: costs of all tasks.
  init(_ costs: [Double], waiting: Set<Int>) {
    self.costs = costs
    done = costs.count - waiting.count
    whole = waiting.sorted().reduce(0) { $0 + costs[$1] }
  }

  /// Counts a task as done.
  mutating func finish(_ task: Int) {
    done += 1
    finished += costs[task]
  }

  /// Estimated seconds left when a share of a task is done; nil before any work is done.
  func secondsLeft(share: Double, of task: Int) -> Double? {
    let soFar = finished + share * costs[task]
    let seconds = (ContinuousClock.now - began).seconds
    return soFar > 0 ? seconds * (whole - soFar) / soFar : nil
  }
}
