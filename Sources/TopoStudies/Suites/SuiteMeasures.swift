import TopoEvaluation

/// Measures that follow from the records of a suite's units.
enum SuiteMeasures {
  /// Areas under accuracy of noises and attacks, what follows from perturbations of weights, then
  /// errors under corruptions relative to control.
  /// - Returns: records by measure, then by network.
  static func derived(_ records: [Record]) -> [Record] {
    DegradationCurve.areas(records) { name in
      name.hasPrefix("adversarial/") || !name.contains("/")
    }
      + WeightDegradation.records(from: records)
      + CorruptionError(
        SuitePreset.commonCorruptions.map { "corruption/\($0)" }, family: "corruption"
      ).records(records)
      + CorruptionError(
        SuitePreset.mnistCorruptions.map { "mnist-c/\($0.name)" }, family: "mnist-c"
      ).records(records)
  }
}
