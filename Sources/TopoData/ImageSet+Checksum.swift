import CZlib

extension ImageSet {
  /// CRC-32 of the images and their labels: tells data sets of one size apart.
  public var checksum: UInt32 {
    let start = crc32(0, nil, 0)
    let ofImages = images.withUnsafeBufferPointer { crc32_z(start, $0.baseAddress, $0.count) }
    let both = labels.withUnsafeBytes {
      crc32_z(ofImages, $0.bindMemory(to: UInt8.self).baseAddress, $0.count)
    }
    return UInt32(truncatingIfNeeded: both)
  }
}
