import TopoCompute
import TopoFoundation
import TopoVerification

/// Finds the fastest algorithms and tilings for a device, at the sizes of networks' layers.
///
/// What ships is the reference. A candidate counts where its results agree with the
/// double-precision reference, within the tolerance that `toposheet verify` allows; its time is
/// compared with that of what ships in the same rounds, by the device's clock. The best is kept
/// where it is more than 3 % faster in a second comparison of twice as many rounds.
public struct DeviceTuner {
  /// What to tune for.
  public let configuration: TuningConfiguration
  let open: (TuningSource, _ algorithms: [String: String]) throws -> OpenCLDevice
  private let progress: (Progress) -> Void
  /// Overrides the candidates of convolutions, for tests.
  var choices: ((TuningTable.Key, OpenCLDevice) -> [TuningTable.Choice])?

  /// How far it is.
  public struct Progress: Sendable {
    /// What is tried.
    public var what: String
    /// Candidates tried, and in all.
    public var (done, count): (Int, Int)
    /// Seconds left, about; nil while nobody knows.
    public var secondsLeft: Double?
  }

  /// What a candidate must gain to be kept.
  static let least = 1.03

  /// A tuner.
  /// - Parameters:
  ///   - open: opens the device with choices, and with algorithms forced.
  ///   - progress: called before each candidate.
  /// - Throws: `UserError` when the configuration makes no sense.
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

  /// Tunes, and verifies what was found.
  /// - Throws: `UserError` where the device computes wrongly; `DeviceError`.
  public func run() throws -> TuningReport {
    let device = try open(.shipped, [:])
    var report = TuningReport(device: device.information)
    let cases = configuration.convolutionCases
    let candidates = cases.map { key, _ in
      choices?(key, device)
        ?? TuningCandidates.choices(key, on: device, isQuick: configuration.isQuick)
    }
    // Processors' compilers take a minute for each of its kernels, which are rarely used there.
    let tunesLibrary =
      configuration.tunesLibrary && !(configuration.isQuick && device.profile == .cpu)
    let library =
      tunesLibrary ? TuningCandidates.library(on: device, isQuick: configuration.isQuick) : []
    var pace = Pace(
      count: candidates.reduce(library.count + (tunesLibrary ? 1 : 0)) { $0 + $1.count + 1 },
      progress)
    for ((key, cases), candidates) in zip(cases, candidates) {
      try tune(key, cases, candidates, on: device, &report, &pace)
    }
    if tunesLibrary { try tuneLinear(library, on: device, &report, &pace) }
    try verify(report.table)
    return report
  }

  private func tune(
    _ key: TuningTable.Key, _ cases: [OperationCase], _ candidates: [TuningTable.Choice],
    on device: OpenCLDevice, _ report: inout TuningReport, _ pace: inout Pace
  ) throws {
    guard let shipped = device.shippedTuning[key] else { return }
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
      let more = TuningCandidates.neighbours(of: best.choice, key, on: device)
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

  /// What was found passes the checks of `toposheet verify`, guards around the memory included.
  private func verify(_ table: TuningTable) throws {
    if table == TuningTable() { return }
    let families: Set<OperationFamily> = [
      .convolution, .convolutionBackwardData, .convolutionBackwardWeight, .linear,
      .linearBackwardData, .linearBackwardWeight,
    ]
    let cases = Verification.cases(size: configuration.isQuick ? .small : .full)
      .filter { families.contains($0.operation) }
    progress(Progress(what: "verifying what was found", done: 0, count: cases.count))
    let results = Verification.run(device: try open(.table(table), [:]), cases: cases)
    if let wrong = results.first(where: { !$0.passed }) {
      throw UserError(
        "what was found does not pass the checks and is not kept: \(wrong.operation.rawValue) "
          + "\(wrong.name): \(wrong.failure ?? "")")
    }
  }

  /// Counts candidates, and says how long the rest takes.
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
  /// Counts what became of a candidate; its times, where it has some.
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
  /// The networks' convolutions by what is chosen for, each size once, in a fixed order.
  var convolutionCases: [(key: TuningTable.Key, cases: [OperationCase])] {
    var found: [TuningTable.Key: [OperationCase]] = [:]
    for architecture in architectures {
      for (index, layer) in architecture.layers.enumerated() {
        guard case .convolution(_, let outputs, let window) = layer else { continue }
        let shape = architecture.inputShape(ofLayer: index)
        let all = OperationCase.convolution(
          window, input: [batch] + shape, outputs: outputs, members: members)
        for (pass, operationCase) in zip(ConvolutionPass.allCases, all) {
          // Nobody asks how the images should change.
          if pass == .backwardData && index == 0 { continue }
          let (source, target) = pass == .backwardData ? (outputs, shape[0]) : (shape[0], outputs)
          let key = TuningTable.Key(pass, ConvolutionClass(source: source, target: target))
          let isKnown = found[key]?.contains { $0.name == operationCase.name } ?? false
          if !isKnown { found[key, default: []].append(operationCase) }
        }
      }
    }
    return ConvolutionPass.allCases.flatMap { pass in
      ConvolutionClass.all.compactMap { shape in
        let key = TuningTable.Key(pass, shape)
        return found[key].map { (key, $0) }
      }
    }
  }

  /// The networks' linear layers, each size once, with their multiply-accumulates of a member.
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
