/// How fast a suite runs, and how long the rest will take.
struct SuitePace {
  private let costs: [Double]
  private let whole: Double
  private var finished = 0.0
  private let began = ContinuousClock.now
  /// Number of tasks that are done.
  private(set) var done: Int

  /// A run that has the tasks `waiting` to do.
  init(_ costs: [Double], waiting: Set<Int>) {
    self.costs = costs
    done = costs.count - waiting.count
    whole = waiting.sorted().reduce(0) { $0 + costs[$1] }
  }

  /// A task is done.
  mutating func finish(_ task: Int) {
    done += 1
    finished += costs[task]
  }

  /// Seconds left, with a share of a task done; nil before anything is.
  func secondsLeft(share: Double, of task: Int) -> Double? {
    let soFar = finished + share * costs[task]
    let seconds = (ContinuousClock.now - began).seconds
    return soFar > 0 ? seconds * (whole - soFar) / soFar : nil
  }
}
