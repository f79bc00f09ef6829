/// Streams of random numbers of analyses. The values are part of what makes results reproducible:
/// never renumber them.
enum AnalysisStream {
  /// Signs of Moran spectral randomization.
  static let moranRandomization: UInt32 = 301
  /// Seeds of the nulls of pairs of networks.
  static let populationMaps: UInt32 = 302
  /// Groups of networks that form ensembles.
  static let ensembles: UInt32 = 303
}
