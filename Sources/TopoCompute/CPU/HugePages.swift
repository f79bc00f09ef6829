import Glibc

/// Pages of two mebibytes. Channels of an activation lie far apart, and with pages of four
/// kibibytes the CPU would look up thousands of addresses in the page table.
enum HugePages {
  static let size = 2 << 20

  /// `bytes` in whole pages, if they are worth it.
  static func rounded(_ bytes: Int) -> Int {
    isWorthwhile(bytes) ? (bytes + size - 1) / size * size : bytes
  }

  /// What an address of so many bytes should be a multiple of.
  static func alignment(_ bytes: Int) -> Int { isWorthwhile(bytes) ? size : CPUStorage.alignment }

  /// Asks for such pages. The system may refuse: results do not depend on it.
  static func request(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    if isWorthwhile(bytes) { madvise(memory, bytes, MADV_HUGEPAGE) }
  }

  private static func isWorthwhile(_ bytes: Int) -> Bool { bytes >= size / 8 }
}
