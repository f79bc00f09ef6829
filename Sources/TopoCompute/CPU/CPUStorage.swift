import Glibc

/// Zeroed, aligned host memory.
final class CPUStorage: TensorStorage, @unchecked Sendable {
  /// Cache lines and vector registers are at most this long.
  static let alignment = 64

  let base: UnsafeMutableRawPointer
  let bytes: Int
  /// Copies of step memory, one for each member that may run at a time; 0 for memory that lasts.
  let slots: Int
  private let counter: MemoryCounter
  private let mapping: UnsafeMutableRawPointer?
  private let mapped: Int

  init(bytes: Int, slots: Int, device: CPUDevice) throws {
    let size = max(bytes, Self.alignment)
    counter = device.memory
    self.bytes = size
    self.slots = slots
    if device.isMeasuring {
      // An address that operations keep; it is never read or written.
      base = .allocate(byteCount: Self.alignment, alignment: Self.alignment)
      (mapping, mapped) = (nil, 0)
      counter.take(size)
      return
    }
    // Fresh zero pages from the kernel: memory that is never touched is never resident.
    // Addresses alone are reserved for a beginning at a huge page.
    let reserved = size >= HugePages.size ? size + HugePages.size : size
    let memory = mmap(nil, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw DeviceError(
        "not enough memory for \(bytes) bytes on the CPU: train fewer members at a time")
    }
    (mapping, mapped) = (memory, reserved)
    base = reserved > size ? memory.alignedUp(toMultipleOf: HugePages.size) : memory
    if reserved > size { HugePages.request(base, size) }
    counter.take(size)
  }

  deinit {
    counter.giveBack(bytes)
    if let mapping { munmap(mapping, mapped) } else { base.deallocate() }
  }
}

/// A tensor as an operation reads it: pointers by member.
struct CPUView<Element>: @unchecked Sendable {
  private let storage: CPUStorage
  private let base: UnsafeMutablePointer<Element>
  private let memberStride: Int
  private let slotted: Bool

  init(_ tensor: Tensor) {
    guard let storage = tensor.storage as? CPUStorage else {
      preconditionFailure("a tensor of another device was given to the CPU")
    }
    self.storage = storage
    base = storage.base.assumingMemoryBound(to: Element.self) + tensor.offset
    // A single member serves every member of the operation.
    memberStride = tensor.members == 1 && storage.slots == 0 ? 0 : tensor.memberStride
    slotted = storage.slots > 0
  }

  /// The first element of a member, in memory that lasts.
  subscript(member: Int) -> UnsafeMutablePointer<Element> { base + member * memberStride }

  /// The first element of a member for the team that works on it.
  subscript(member: Int, team: Team) -> UnsafeMutablePointer<Element> {
    base + (slotted ? team.slot : member) * memberStride
  }
}
