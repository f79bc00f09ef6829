import TopoCompute
import TopoVerification

/// Tuning of linear layers: the constants of CLBlast's kernels, and the size from which CLBlast is
/// used instead of the direct kernel.
///
/// The constants of CLBlast apply to the whole process. The shipped ones and a candidate can thus
/// not run in alternation; both are compared with the direct kernel instead.
extension DeviceTuner {
  /// Seconds of the direct kernel and of CLBlast for a size.
  private struct Times {
    var direct: Double
    var clblast: Double
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
    // Before any candidate, because the constants of CLBlast's database cannot be restored.
    guard case .timed(let shipped) = run(nil, isLong: true) else {
      row.refused += 1
      report.rows.append(row)
      return
    }
    // All candidates get the same seconds of the direct kernel, because only the ratios were
    // measured at the same time.
    func times(_ other: [TuningContest.Times]) -> [Times] {
      zip(shipped, other).map { Times(direct: $0.reference, clblast: $0.reference * $1.ratio) }
    }
    func total(_ times: [Times], from threshold: Int) -> Double {
      zip(times, sizes).reduce(0) { $0 + ($1.1 >= threshold ? $1.0.clblast : $1.0.direct) }
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
      // The fastest of many candidates is partly luck, so it is timed again.
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

  /// Candidates for the size from which CLBlast is used: the shipped one, each timed size, and a
  /// larger one, with which CLBlast is used for none of the sizes.
  private func thresholds(_ sizes: [Int], shipped: Int) -> [Int] {
    let largest = sizes.max() ?? 1
    return Array(Set([shipped, 2 * largest] + sizes)).sorted()
  }
}
