import Testing

@testable import TopoCompute

/// Large memory of the CPU device.
@Suite("Huge pages") struct HugePageTests {
  @Test(
    "large memory begins at a huge page, is zero, and can be written to its ends",
    arguments: [
      64, HugePages.size - 64, HugePages.size, 5 << 20,
    ])
  func storage(bytes: Int) throws {
    let device = try CPUDevice(threads: 1)
    // Some at a time: one alone may lie at a multiple by chance.
    let pieces = try (0..<8).map { _ in try CPUStorage(bytes: bytes, slots: 0, device: device) }
    for piece in pieces {
      let alignment = bytes >= HugePages.size ? HugePages.size : CPUStorage.alignment
      #expect(Int(bitPattern: piece.base) % alignment == 0)
      let memory = piece.base.assumingMemoryBound(to: UInt8.self)
      #expect(memory[0] == 0 && memory[bytes - 1] == 0)
      (memory[0], memory[bytes - 1]) = (1, 2)
    }
    withExtendedLifetime(pieces) { #expect(device.memoryUse.bytes == 8 * bytes) }
  }
}
