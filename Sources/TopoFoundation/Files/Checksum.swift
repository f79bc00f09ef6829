import CZlib

/// CRC-32: notices contents that were changed or mixed up.
package struct Checksum: Sendable {
  /// The checksum of everything that was added.
  package private(set) var value: UInt32

  /// The checksum of no bytes.
  package init() { value = UInt32(truncatingIfNeeded: crc32(0, nil, 0)) }

  /// Adds the bytes of values.
  package mutating func add(_ values: UnsafeRawBufferPointer) {
    let sum = crc32_z(
      uLong(value), values.bindMemory(to: UInt8.self).baseAddress, values.count)
    value = UInt32(truncatingIfNeeded: sum)
  }
}
