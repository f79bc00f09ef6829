import ArgumentParser
import Toposheet

/// Completions that a shell offers for the values of options.
enum Completions {
  /// Names of data sets, and folders.
  static var datasets: CompletionKind { words(Dataset.names, andFolders: true) }
  /// Names of architectures.
  static var architectures: CompletionKind { .list(Architecture.presets) }
  /// Names of devices; those of OpenCL may not exist on every machine.
  static var devices: CompletionKind { .list(["auto", "cpu", "opencl", "opencl:0", "opencl:1"]) }
  /// Kinds of penalty.
  static var penalties: CompletionKind { .list(Penalty.Kind.allCases.map(\.rawValue)) }
  /// Metrics of penalties.
  static var metrics: CompletionKind { .list(PenaltyMetric.allCases.map(\.rawValue)) }
  /// Noises.
  static var noises: CompletionKind { .list(Noise.Kind.allCases.map { Noise($0).label }) }
  /// Attacks.
  static var attacks: CompletionKind { .list(Attack.Kind.allCases.map(\.rawValue) + ["all"]) }
  /// Perturbations of weights.
  static var weights: CompletionKind {
    .list(WeightPerturbation.Kind.allCases.map(\.rawValue) + ["all"])
  }
  /// Perturbations of images, and families of them.
  static var perturbations: CompletionKind {
    let labels = PerturbationCatalog().perturbations.map(\.label)
    var families: [String] = []
    for family in labels.compactMap(PerturbationCatalog.family)
    where !families.contains(family) { families.append(family) }
    return .list(labels + families)
  }
  /// Names of analyses.
  static var analyses: CompletionKind {
    .list(AnalysisCatalog.kinds.map { $0.name } + NetworkAnalysis.allCases.map(\.name) + ["all"])
  }
  /// Names of measures of networks.
  static var measures: CompletionKind {
    .list(
      [MeasureName.accuracy, ComparedMeasure.accuracyChange, "all"]
        + AnalysisCatalog.kinds.flatMap { $0.measures }.filter { !$0.isPerUnit }.map(\.name))
  }
  /// Names of measures of units.
  static var unitMeasures: CompletionKind {
    .list(AnalysisCatalog.kinds.flatMap { $0.measures }.filter(\.isPerUnit).map(\.name))
  }
  /// Names of measures that can be recorded after epochs.
  static var epochMeasures: CompletionKind { .list(EpochMeasures.offered.map(\.name)) }
  /// Names of ready plans, and files.
  static var plans: CompletionKind {
    .shellCommand(
      "printf '%s\\n' \(ReadyPlan.all.map(\.name).joined(separator: " ")); "
        + "ls -- *.yaml *.yml 2>/dev/null")
  }
  /// Names of suites.
  static var suites: CompletionKind { .list(SuitePreset.allCases.map(\.rawValue)) }

  /// Words, and the subfolders of the current folder.
  private static func words(_ words: [String], andFolders: Bool) -> CompletionKind {
    .shellCommand("printf '%s\\n' \(words.joined(separator: " ")); ls -d -- */ 2>/dev/null")
  }
}
