import TopoCompute
import TopoVerification

/// The linear layers: constants of CLBlast's kernels, and from which size on it computes at all.
///
/// Its constants hold in the whole process, so what ships and a candidate cannot take turns; both
/// take turns with our own kernel instead.
extension DeviceTuner {
  /// Seconds of our own kernel and of CLBlast for a size.
  private struct Times {
    var own: Double
    var library: Double
  }

  func tuneLinear(
    _ candidates: [CLBlastParameters], on device: OpenCLDevice, _ report: inout TuningReport,
    _ pace: inout Pace
  ) throws {
    let cases = configuration.linearCases
    pace.show("linear: the reference")
    let contest = try TuningContest(
      try cases.map { try CaseTrial($0) },
      reference: Contender(name: "direct") { try open(.shipped, ["linear": "direct"]) },
      rounds: configuration.rounds, roundSeconds: configuration.secondsPerRound)
    let sizes = cases.map { $0.flops / 2 / $0.members }
    let shippedName = "clblast from \(device.clblastThreshold)"
    var row = TuningReport.Row(
      kind: "linear", sizes: cases.filter { $0.operation == .linear }.map(\.name),
      shipped: shippedName, best: shippedName, flops: contest.flops,
      shippedSeconds: 0, gain: 1)
    func run(_ parameters: CLBlastParameters?, isLong: Bool = false) -> TuningContest.Outcome {
      contest.run(
        Contender(name: "\(parameters.map { "\($0)" } ?? "clblast")") {
          var table = TuningTable()
          if let parameters { table.clblastParameters[parameters.kernel] = parameters }
          return try open(.table(table), ["linear": "clblast"])
        }, isLong: isLong)
    }
    // Before any candidate: nothing brings back the constants of CLBlast's database.
    guard case .timed(let shipped) = run(nil, isLong: true) else {
      row.refused += 1
      report.rows.append(row)
      return
    }
    // The same seconds of our own kernel for everybody: only ratios are of the same moment.
    func times(_ other: [TuningContest.Times]) -> [Times] {
      zip(shipped, other).map { Times(own: $0.reference, library: $0.reference * $1.ratio) }
    }
    func total(_ times: [Times], from threshold: Int) -> Double {
      zip(times, sizes).reduce(0) { $0 + ($1.1 >= threshold ? $1.0.library : $1.0.own) }
    }
    let before = total(times(shipped), from: device.clblastThreshold)
    row.shippedSeconds = before
    var best: (parameters: CLBlastParameters?, threshold: Int, seconds: Double) = (
      nil, device.clblastThreshold, before
    )
    func consider(_ parameters: CLBlastParameters?, _ outcome: [TuningContest.Times]) {
      for threshold in thresholds(sizes, shipped: device.clblastThreshold) {
        let seconds = total(times(outcome), from: threshold)
        if seconds < best.seconds { best = (parameters, threshold, seconds) }
      }
    }
    consider(nil, shipped)
    for parameters in candidates {
      pace.show("linear: \(parameters)")
      if let times = row.count(run(parameters)) { consider(parameters, times) }
    }
    if let parameters = best.parameters {
      // The winner of many was lucky as well: it must win again.
      best = (nil, device.clblastThreshold, before)
      consider(nil, shipped)
      if case .timed(let times) = run(parameters, isLong: true) { consider(parameters, times) }
    }
    if before / best.seconds >= DeviceTuner.least {
      row.gain = before / best.seconds
      row.best =
        "clblast from \(best.threshold)" + (best.parameters.map { ", \($0)" } ?? "")
      if let parameters = best.parameters {
        report.table.clblastParameters[parameters.kernel] = parameters
      }
      if best.threshold != device.clblastThreshold {
        report.table.clblastThreshold = best.threshold
      }
    }
    report.rows.append(row)
  }

  /// What ships; each size; and none of them, which says little about larger ones.
  private func thresholds(_ sizes: [Int], shipped: Int) -> [Int] {
    let largest = sizes.max() ?? 1
    return Array(Set([shipped, 2 * largest] + sizes)).sorted()
  }
}
