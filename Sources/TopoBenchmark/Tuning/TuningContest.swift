import Glibc
import TopoCompute
import TopoFoundation
import TopoVerification

/// A choice that takes part in a contest.
struct Contender {
  /// The name of the choice.
  let name: String
  /// Opens a device with the choice.
  let open: () throws -> any Device
}

/// Compares the times of contenders with that of a reference, on the sizes of one kind of
/// operation.
struct TuningContest {
  /// The outcome of a contender.
  enum Outcome {
    /// It does not build or does not apply, with the reason.
    case refused(String)
    /// Its results are wrong, with the failure.
    case wrong(String)
    /// The times for each size.
    case timed([Times])
  }

  /// Medians over the rounds for a size.
  struct Times {
    /// Seconds of the contender over those of the reference in the same round.
    var ratio: Double
    /// Seconds of the contender.
    var seconds: Double
    /// Seconds of the reference.
    var reference: Double
  }

  private struct Entry {
    let trial: CaseTrial
    let reference: CaseTrial.Prepared
    let runs: Int
  }

  private let entries: [Entry]
  private let device: any Device
  private let seconds: @Sendable (any Device, [any Operation], Int) throws -> Double
  private let rounds: Int
  /// Floating-point operations of all sizes.
  let flops: Int
  /// Seconds of the reference for all sizes, each timed once.
  let referenceSeconds: Double

  /// A contest on some sizes.
  /// - Parameters:
  ///   - trials: the operations, one for each size.
  ///   - reference: the choice that contenders are compared with.
  ///   - rounds: number of rounds.
  ///   - roundSeconds: approximate seconds of the reference in a round, for all sizes.
  ///   - seconds: the seconds that a device takes for a number of repetitions of operations.
  /// - Throws: `UserError` if the results of the reference are wrong; what its device throws.
  init(
    _ trials: [CaseTrial], reference: Contender, rounds: Int, roundSeconds: Double,
    seconds: @escaping @Sendable (any Device, [any Operation], Int) throws -> Double = TuningContest
      .seconds
  ) throws {
    let device = try reference.open()
    var total = 0.0
    entries = try trials.map { trial in
      let prepared = try trial.prepare(on: device)
      if let failure = try trial.failure(of: prepared, on: device) {
        throw UserError(
          "the shipped choice \(reference.name) gives wrong results for \(trial.operationCase) "
            + "(\(failure)): the device or its driver is faulty; see `toposheet verify`")
      }
      let once = try seconds(device, prepared.operations, 1)
      total += once
      let runs = max(1, min(1000, Int(roundSeconds / max(once, 1e-7) / Double(trials.count))))
      return Entry(trial: trial, reference: prepared, runs: runs)
    }
    (self.device, self.seconds, self.rounds) = (device, seconds, rounds)
    referenceSeconds = total
    flops = trials.reduce(0) { $0 + $1.operationCase.flops }
  }

  /// Checks the results of a contender for every size, then times it.
  /// - Parameter isLong: whether it is timed in twice as many rounds, to confirm a choice.
  func run(_ contender: Contender, isLong: Bool = false) -> Outcome {
    do {
      let other = try contender.open()
      let prepared = try entries.map { try $0.trial.prepare(on: other) }
      for (entry, prepared) in zip(entries, prepared) {
        if let failure = try entry.trial.failure(of: prepared, on: other) { return .wrong(failure) }
      }
      return .timed(
        try zip(entries, prepared).map { entry, prepared in
          try times(of: prepared, on: other, entry, rounds: isLong ? 2 * rounds : rounds)
        })
    } catch {
      return .refused("\(error)")
    }
  }

  /// Times a contender and the reference for one size. They alternate in being first, because clock
  /// rates and other loads drift.
  private func times(
    of prepared: CaseTrial.Prepared, on other: any Device, _ entry: Entry, rounds: Int
  ) throws -> Times {
    // Drivers may still compile a kernel at its first launch.
    _ = try seconds(other, prepared.operations, 1)
    var all: [Times] = []
    for round in 0..<rounds {
      let before = try round % 2 == 0 ? referenceTime(entry) : nil
      let time = try seconds(other, prepared.operations, entry.runs) / Double(entry.runs)
      let reference = try before ?? referenceTime(entry)
      all.append(Times(ratio: time / max(reference, 1e-12), seconds: time, reference: reference))
      // A contender that is far slower needs no further rounds.
      if round == 0 && all[0].ratio > 2 { break }
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    return Times(
      ratio: median(all.map(\.ratio)), seconds: median(all.map(\.seconds)),
      reference: median(all.map(\.reference)))
  }

  private func referenceTime(_ entry: Entry) throws -> Double {
    try seconds(device, entry.reference.operations, entry.runs) / Double(entry.runs)
  }

  /// Seconds of repeated operations by the clock of the device, or of the CPU if it has none.
  static func seconds(
    _ device: any Device, _ operations: [any Operation], _ runs: Int
  ) throws -> Double {
    let all = Array(repeating: operations, count: runs).flatMap { $0 }
    guard let profiling = device as? any OperationProfiling else {
      return try ContinuousClock().measure {
        try device.run(all)
        try device.finish()
      }.seconds
    }
    return try profiling.profile(all).reduce(0, +)
  }
}

extension [TuningContest.Times] {
  /// The geometric mean of the ratios, so that all sizes have the same weight.
  var ratio: Double { exp(reduce(0) { $0 + log($1.ratio) } / Double(Swift.max(count, 1))) }
}
