extension PerturbationCatalog {
  /// Labels of the 15 corruptions of the mean corruption error, in the paper's order:
  /// `corruption/fog`.
  public static let commonCorruptions = Corruption.Kind.main.map { "corruption/\($0.rawValue)" }

  /// Labels of MNIST-C's 15 published corruptions, in its authors' order, with their severities:
  /// `mnist-c/fog`. The clean images that are published with them are not among these.
  public static let mnistCorruptions = CorruptionFolder.publishedMNIST
    .filter { $0.name != "identity" }
    .map { (label: "mnist-c/\($0.name)", severity: $0.severity) }
}
