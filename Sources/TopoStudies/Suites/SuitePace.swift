import Foundation

/// How fast a suite goes, and how long the rest will take.
struct SuitePace {
  private let all: Int
  private let whole: Double
  private var done: Int
  private var finished = 0.0
  private let began = ContinuousClock.now

  /// A run that has `waiting` units to do.
  init(_ units: [SuiteUnit], waiting: Set<Int>) {
    all = units.count
    done = units.count - waiting.count
    whole = waiting.sorted().reduce(0) { $0 + units[$1].cost }
  }

  /// A unit is done.
  mutating func finish(_ unit: SuiteUnit) {
    done += 1
    finished += unit.cost
  }

  /// How far the run is, with a share of a unit done.
  func progress(_ unit: SuiteUnit, share: Double = 0) -> SuiteRun.Progress {
    let soFar = finished + share * unit.cost
    let seconds = (ContinuousClock.now - began).seconds
    return SuiteRun.Progress(
      unit: unit.title, done: done, all: all,
      secondsLeft: soFar > 0 ? seconds * (whole - soFar) / soFar : nil)
  }
}
