/// Streams of random numbers of the analyses of organization and selectivity.
enum OrganizationStream {
  static let functionalDistance: UInt32 = 101
  static let coactivationDistance: UInt32 = 102
  static let smoothness: UInt32 = 103
  static let patches: UInt32 = 104
  static let dip: UInt32 = 105
  static let dPrimeSmoothness: UInt32 = 110
}
