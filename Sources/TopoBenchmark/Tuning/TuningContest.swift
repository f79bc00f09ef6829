import Glibc
import TopoCompute
import TopoFoundation
import TopoVerification

/// A way to compute a kind of operations.
struct Contender {
  /// What a table calls it.
  let name: String
  /// Opens a device that computes this way.
  let open: () throws -> any Device
}

/// Times contenders beside a reference, on the sizes of one kind of operations.
struct TuningContest {
  /// What became of a contender.
  enum Outcome {
    /// It does not build, or does not apply.
    case refused(String)
    /// It computes wrongly.
    case wrong(String)
    /// Its times, size by size.
    case timed([Times])
  }

  /// Medians of the rounds for a size.
  struct Times {
    /// The contender's seconds over the reference's in the same round.
    var ratio: Double
    /// The contender's seconds.
    var seconds: Double
    /// The reference's seconds.
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
  /// Seconds of the reference for all sizes, at first sight.
  let referenceSeconds: Double

  /// A contest on `trials`, once each.
  /// - Parameters:
  ///   - seconds: how long a device takes for operations, so many times.
  ///   - roundSeconds: that the reference runs in a round.
  /// - Throws: `UserError` where the reference computes wrongly; what its device throws.
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
          "\(trial.operationCase) by \(reference.name), what ships, is wrong (\(failure)): this "
            + "device or its driver computes wrongly; see `toposheet verify`")
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

  /// Checks a contender on every size, then times it.
  /// - Parameter isLong: twice the rounds, for what is to be kept.
  func run(_ contender: Contender, isLong: Bool = false) -> Outcome {
    do {
      let other = try contender.open()
      let prepared = try entries.map { try $0.trial.prepare(on: other) }
      for (entry, own) in zip(entries, prepared) {
        if let failure = try entry.trial.failure(of: own, on: other) { return .wrong(failure) }
      }
      return .timed(
        try zip(entries, prepared).map { entry, own in
          try turns(entry, other, own, rounds: isLong ? 2 * rounds : rounds)
        })
    } catch {
      return .refused("\(error)")
    }
  }

  /// A contender and the reference in turns. Which is first changes, for clocks and other loads
  /// drift.
  private func turns(
    _ entry: Entry, _ other: any Device, _ own: CaseTrial.Prepared, rounds: Int
  ) throws -> Times {
    // Drivers finish their work on a kernel at its first launches.
    _ = try seconds(other, own.operations, 1)
    var all: [Times] = []
    for round in 0..<rounds {
      let before = try round % 2 == 0 ? referenceTime(entry) : nil
      let time = try seconds(other, own.operations, entry.runs) / Double(entry.runs)
      let reference = try before ?? referenceTime(entry)
      all.append(Times(ratio: time / max(reference, 1e-12), seconds: time, reference: reference))
      // What is far behind does not catch up.
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

  /// By the device's own clock, where it has one.
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
  /// The geometric mean of the ratios: every size counts alike.
  var ratio: Double { exp(reduce(0) { $0 + log($1.ratio) } / Double(Swift.max(count, 1))) }
}
