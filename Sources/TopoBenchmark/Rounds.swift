import TopoNetworks

/// Times of a step in several rounds with the same number of steps.
public struct Rounds: Sendable {
  /// Seconds of a step, by round.
  public let secondsPerStep: [Double]

  /// Times five rounds that together take about `seconds`. Steps before them warm up caches, clocks
  /// and the driver, and find the number of steps of a round.
  /// - Parameter body: runs a number of steps and waits for them.
  /// - Throws: what `body` throws.
  public init(seconds: Double, _ body: (_ steps: Int) throws -> Void) throws {
    let clock = ContinuousClock()
    func time(_ steps: Int) throws -> Double {
      try clock.measure { try body(steps) }.seconds
    }
    let rounds = 5
    try body(1)
    var (steps, taken) = (1, try time(1))
    while taken < seconds / Double(2 * rounds) && steps < 1 << 20 {
      steps *= 2
      taken = try time(steps)
    }
    steps = max(1, Int(seconds / Double(rounds) * Double(steps) / max(taken, 1e-9)))
    secondsPerStep = try (0..<rounds).map { _ in try time(steps) / Double(steps) }
  }

  /// Seconds of a step in the median round.
  public var median: Double { secondsPerStep.sorted()[secondsPerStep.count / 2] }
  /// Seconds of a step in the fastest round.
  public var fastest: Double { secondsPerStep.min() ?? .nan }
  /// Seconds of a step in the slowest round.
  public var slowest: Double { secondsPerStep.max() ?? .nan }
}

extension WorkloadTiming {
  /// The timing of a workload from its rounds.
  init(
    _ kind: Kind, _ network: Architecture, condition: String?, members: Int, batch: Int,
    _ rounds: Rounds
  ) {
    let perImage =
      switch kind {
      case .training: network.trainingMultiplyAccumulates
      case .inference, .noise: network.multiplyAccumulates
      // Every layer forward and backward to its input, including the images.
      case .attack: 2 * network.multiplyAccumulates
      // The layers before the sheet are computed before the rounds.
      case .weights: network.multiplyAccumulates(fromLayer: network.sheetIndex)
      }
    self.init(
      kind: kind, architecture: network.name, condition: condition, members: members,
      batch: batch, seconds: rounds.median, fastest: rounds.fastest, slowest: rounds.slowest,
      flops: 2 * perImage * members * batch,
      imagesPerSecond: Double(members * batch) / rounds.median)
  }
}
