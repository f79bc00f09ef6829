extension ImageSet {
  /// The value in [0, 1] of each byte: `byte / 255`.
  public static let unitValues: [Float] = (0..<256).map { Float($0) / 255 }

  /// The same in Float64.
  package static let doubleUnitValues: [Double] = (0..<256).map { Double($0) / 255 }
}
