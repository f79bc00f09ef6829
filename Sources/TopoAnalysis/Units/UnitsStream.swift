/// Streams of random numbers of the measures of units.
enum UnitsStream {
  static let groupClustering: UInt32 = 201
  static let symmetryPatterns: UInt32 = 202
  static let symmetryPartners: UInt32 = 203
  static let positionNoise: UInt32 = 204
  static let orientationSmoothness: UInt32 = 210
}
