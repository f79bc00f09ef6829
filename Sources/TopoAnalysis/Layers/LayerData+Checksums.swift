import TopoFoundation

extension LayerData {
  /// CRC-32 of the values of each array that the layer has, by its name: `activations`, `labels`,
  /// `weights`, `input-magnitudes`, and `positions` of units that do not fill a grid. They
  /// distinguish arrays of one size, however their files are written.
  public var checksums: [String: UInt32] {
    var all = ["activations": Self.checksum(activations.values)]
    all["labels"] = labels.map { Self.checksum($0.values) }
    all["input-magnitudes"] = inputMagnitudes.map { Self.checksum($0) }
    all["weights"] = weights.map { Self.checksum($0.values) }
    if let layout, layout.sheet == nil {
      all["positions"] = Self.checksum(layout.positions.flatMap { $0 })
    }
    return all
  }

  private static func checksum(_ values: [some BitwiseCopyable]) -> UInt32 {
    var checksum = Checksum()
    values.withUnsafeBytes { checksum.add($0) }
    return checksum.value
  }
}
