import TopoCompute
import TopoFoundation
import TopoVerification

/// Finds the fastest algorithms and tilings for a device, at the sizes of the layers of networks.
///
/// A candidate is valid if its results agree with the double-precision reference within the
/// tolerances of `toposheet verify`. Its time is compared with that of the shipped choice in the
/// same rounds, by the clock of the device. The best candidate is kept if it is at least 3 % faster
/// in a second comparison of twice as many rounds.
///
/// ```swift
/// let tuner = try DeviceTuner(TuningConfiguration([architecture])) { source, algorithms in
///   try openDevice(source, algorithms)
/// }
/// let report = try tuner.run()
/// ```
public struct DeviceTuner {
  /// What to tune for.
  public let configuration: TuningConfiguration
  let open: (TuningSource, _ algorithms: [String: String]) throws -> OpenCLDevice
  private let progress: (Progress) -> Void
  /// Overrides the candidates for convolutions, for tests.
  var choices: ((TuningTable.Key, OpenCLDevice) -> [TuningTable.Choice])?

  /// The progress of tuning.
  public struct Progress: Sendable {
    /// The candidate that is timed next.
    public var what: String
    /// Number of candidates that are done, and of all.
    public var (done, count): (Int, Int)
    /// Estimated seconds left; nil if unknown.
    public var secondsLeft: Double?
  }

  /// The smallest speed-up of a candidate that is kept.
  static let least = 1.03

  /// A tuner.
  /// - Parameters:
  ///   - open: opens the device with a tuning and with forced algorithms, by operation.
  ///   - progress: called before each candidate.
  /// - Throws: `UserError` if the configuration is not valid.
  public init(
    _ configuration: TuningConfiguration,
    open: @escaping (TuningSource, _ algorithms: [String: String]) throws -> OpenCLDevice,
    progress: @escaping (Progress) -> Void = { _ in }
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.open = open
    self.progress = progress
  }

  /// Tunes the device and verifies the result.
  /// - Throws: `UserError` if the device computes wrong results; `DeviceError`.
  public func run() throws -> TuningReport {
    let device = try open(.shipped, [:])
    var report = TuningReport(device: device.information)
    let cases = configuration.convolutionCases
    let candidates = cases.map { key, _ in
      choices?(key, device)
        ?? TuningCandidates.choices(key, on: device, isQuick: configuration.isQuick)
    }
    // OpenCL compilers for CPUs take a minute for each of CLBlast's kernels, which are rarely used
    // there.
    let tunesCLBlast =
      configuration.tunesCLBlast && configuration.precision == .float32
      && !(configuration.isQuick && device.profile == .cpu)
    let clblast =
      tunesCLBlast ? TuningCandidates.clblast(on: device, isQuick: configuration.isQuick) : []
    var pace = Pace(
      count: candidates.reduce(clblast.count + (tunesCLBlast ? 1 : 0)) { $0 + $1.count + 1 },
      progress)
    for ((key, cases), candidates) in zip(cases, candidates) {
      try tune(key, cases, candidates, on: device, &report, &pace)
    }
    if tunesCLBlast { try tuneLinear(clblast, on: device, &report, &pace) }
    try verify(report.table)
    return report
  }

  private func tune(
    _ key: TuningTable.Key, _ cases: [OperationCase], _ candidates: [TuningTable.Choice],
    on device: OpenCLDevice, _ report: inout TuningReport, _ pace: inout Pace
  ) throws {
    guard let shipped = device.shippedTuning.choice(for: key) else { return }
    pace.show("\(key): \(shipped), the reference")
    let contest = try TuningContest(
      try cases.map { try CaseTrial($0) },
      reference: Contender(name: "\(shipped)") { try open(.shipped, [:]) },
      rounds: configuration.rounds, roundSeconds: configuration.secondsPerRound)
    var row = TuningReport.Row(
      kind: "\(key)", sizes: cases.map(\.name), shipped: "\(shipped)", best: "\(shipped)",
      flops: contest.flops, shippedSeconds: contest.referenceSeconds, gain: 1)
    var best = (choice: shipped, ratio: 1.0)
    func contender(_ choice: TuningTable.Choice) -> Contender {
      Contender(name: "\(choice)") { try open(.table(TuningTable([key: choice])), [:]) }
    }
    func enter(_ choices: [TuningTable.Choice]) {
      for choice in choices {
        pace.show("\(key): \(choice)")
        if let times = row.count(contest.run(contender(choice))), times.ratio < best.ratio {
          best = (choice, times.ratio)
        }
      }
    }
    enter(candidates)
    if !configuration.isQuick, choices == nil, device.profile != .cpu {
      let more = TuningCandidates.neighbors(of: best.choice, key, on: device)
        .filter { !candidates.contains($0) && $0 != shipped }
      pace.add(more.count)
      enter(more)
    }
    if best.choice != shipped,
      case .timed(let times) = contest.run(contender(best.choice), isLong: true),
      1 / times.ratio >= DeviceTuner.least
    {
      row.best = "\(best.choice)"
      row.gain = 1 / times.ratio
      row.shippedSeconds = times.reduce(0) { $0 + $1.reference }
      report.table[key] = best.choice
    }
    report.rows.append(row)
  }

  /// Checks that the result passes the cases of `toposheet verify`, including its memory guards.
  private func verify(_ table: TuningTable) throws {
    if table == TuningTable() { return }
    let families: Set<OperationFamily> = [
      .convolution, .convolutionBackwardData, .convolutionBackwardWeight, .linear,
      .linearBackwardData, .linearBackwardWeight,
    ]
    let cases = Verification.cases(
      size: configuration.isQuick ? .small : .full, precision: configuration.precision
    )
    .filter { families.contains($0.operation) }
    progress(Progress(what: "verifying the result", done: 0, count: cases.count))
    let results = Verification.run(device: try open(.table(table), [:]), cases: cases)
    if let wrong = results.first(where: { !$0.passed }) {
      throw UserError(
        "the tuned choices give wrong results and are not kept: \(wrong.operation.rawValue) "
          + "\(wrong.name): \(wrong.failure ?? "")")
    }
  }

  /// Counts candidates and estimates the time left.
  struct Pace {
    private var (done, count): (Int, Int)
    private let start = ContinuousClock.now
    private let progress: (Progress) -> Void

    init(count: Int, _ progress: @escaping (Progress) -> Void) {
      (done, self.count, self.progress) = (0, count, progress)
    }

    mutating func add(_ more: Int) { count += more }

    mutating func show(_ what: String) {
      let taken = (ContinuousClock.now - start).seconds
      progress(
        Progress(
          what: what, done: done, count: count,
          secondsLeft: done > 2 ? taken / Double(done) * Double(count - done) : nil))
      done += 1
    }
  }
}

extension TuningReport.Row {
  /// Counts the outcome of a candidate.
  /// - Returns: its times; nil if it was not timed.
  mutating func count(_ outcome: TuningContest.Outcome) -> [TuningContest.Times]? {
    tried += 1
    switch outcome {
    case .refused: refused += 1
    case .wrong: wrong += 1
    case .timed(let times): return times
    }
    return nil
  }
}

extension TuningConfiguration {
  /// The convolutions of the networks by pass and class of shapes, for which one choice is made;
  /// each size once, in a fixed order.
  var convolutionCases: [(key: TuningTable.Key, cases: [OperationCase])] {
    var found: [TuningTable.Key: [OperationCase]] = [:]
    for architecture in architectures {
      for (index, layer) in architecture.layers.enumerated() {
        guard case .convolution(_, let outputs, let window) = layer else { continue }
        let shape = architecture.inputShape(ofLayer: index)
        let all = OperationCase.convolution(
          window, input: [batch] + shape, outputs: outputs, members: members)
        for (pass, operationCase) in zip(ConvolutionPass.allCases, all) {
          // Training does not compute the gradient of the images.
          if pass == .backwardData && index == 0 { continue }
          let (source, target) = pass == .backwardData ? (outputs, shape[0]) : (shape[0], outputs)
          let key = TuningTable.Key(
            pass, ConvolutionClass(source: source, target: target), precision)
          let isKnown = found[key]?.contains { $0.name == operationCase.name } ?? false
          if !isKnown { found[key, default: []].append(operationCase) }
        }
      }
    }
    return ConvolutionPass.allCases.flatMap { pass in
      ConvolutionClass.all.compactMap { shape in
        let key = TuningTable.Key(pass, shape, precision)
        return found[key].map { (key, $0) }
      }
    }
  }

  /// The linear layers of the networks, each size once.
  var linearCases: [OperationCase] {
    var found: [OperationCase] = []
    for architecture in architectures {
      for operationCase in architecture.operationCases(batch: batch, members: members)
      where operationCase.operation.algorithmKey == "linear"
        && !found.contains(where: { $0.description == operationCase.description })
      { found.append(operationCase) }
    }
    return found
  }
}
