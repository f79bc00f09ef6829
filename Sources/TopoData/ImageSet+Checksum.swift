import TopoFoundation

extension ImageSet {
  /// CRC-32 of the images and their labels: distinguishes data sets of one size.
  public var checksum: UInt32 {
    var checksum = Checksum()
    images.withUnsafeBytes { checksum.add($0) }
    labels.withUnsafeBytes { checksum.add($0) }
    return checksum.value
  }
}
