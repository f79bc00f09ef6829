import TopoCompute

/// Checks of a device: every operation, at awkward shapes, against the double-precision reference.
public enum Verification {
  /// What is checked besides the results.
  public struct Checks: OptionSet, Sendable {
    /// One bit per check.
    public let rawValue: Int

    /// The checks whose bits are set.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Running the same prepared operations again gives the same bits.
    public static let repetition = Checks(rawValue: 1)
    /// A member's bits do not depend on the other members, nor on the address of its memory.
    public static let populations = Checks(rawValue: 2)

    /// All of them.
    public static let all: Checks = [.repetition, .populations]
  }

  /// The case table, by operation.
  /// - Parameters:
  ///   - size: `.small` for the small cases only, for slow interpreters; `.full` for all.
  ///   - precision: of the device. In another one than float32 there are convolutions of small
  ///     integers, too, whose results are exact.
  public static func cases(
    size: OperationCase.Size = .full, precision: Precision = .float32
  ) -> [OperationCase] {
    let cases =
      memoryCases() + gatherCases() + convolutionCases() + poolingCases()
      + batchNormalizationCases() + linearCases() + pointwiseCases() + lossCases()
      + attackCases() + penaltyCases() + optimizerCases() + sequenceCases()
      + (precision == .float32 ? [] : integerConvolutionCases())
    let byOperation = Dictionary(grouping: cases, by: \.operation)
    return OperationFamily.allCases.flatMap { byOperation[$0] ?? [] }
      .filter { size == .full || $0.size == .small }
  }

  /// Runs cases on a device. A case that a device cannot run fails; the others still run.
  /// - Parameters:
  ///   - checks: what to check beside the results, the sentinels, and unchanged
  ///     inputs, which are always checked.
  ///   - progress: called with each result as it comes.
  public static func run(
    device: any Device, cases: [OperationCase] = cases(), checks: Checks = .all,
    progress: (CaseResult) -> Void = { _ in }
  ) -> [CaseResult] {
    cases.map { operationCase in
      let clock = ContinuousClock()
      let start = clock.now
      var result = CaseResult(
        operation: operationCase.operation, name: operationCase.name,
        tolerance: operationCase.tolerance)
      do {
        try CaseRun(operationCase, device: device, checks: checks).check(&result)
      } catch let failure as CaseFailure {
        result.failure = failure.description
      } catch {
        result.isRefused = true
        result.failure = "the device refused: \(error)"
      }
      result.seconds = (clock.now - start) / .seconds(1)
      progress(result)
      return result
    }
  }
}
