import COpenCL

/// A buffer of an OpenCL device with room for a guard before and after its elements.
///
/// The guard lets a kernel load a whole vector at the edge of a tensor and mask the lanes beyond
/// the tensor.
final class OpenCLStorage: TensorStorage, @unchecked Sendable {
  /// Elements of four bytes in each guard.
  static let guardElements = 64
  private static let guardBytes = guardElements * 4

  /// The buffer.
  let buffer: OpenCLHandle
  /// Bytes, guards included.
  private let size: Int
  private let counter: MemoryCounter

  /// A buffer of `bytes` and its guards, zeroed.
  /// - Throws: `DeviceError` when the device has no room for it.
  init(bytes: Int, device: OpenCLDevice) throws {
    let size = (bytes + 3) & ~3 + 2 * OpenCLStorage.guardBytes
    self.size = size
    counter = device.memory
    if let placeholder = device.placeholder {
      buffer = placeholder
      counter.take(size)
      return
    }
    let information = device.information
    guard size <= information.maximumAllocation else {
      throw DeviceError(
        """
        A buffer of \(size >> 20) MiB exceeds what \(information.identifier) \
        (\(information.name)) allows in one piece, \(information.maximumAllocation >> 20) MiB: \
        use fewer members or a smaller batch
        """)
    }
    buffer = try OpenCLHandle.make(
      "clCreateBuffer of \(size) bytes", release: { _ = clReleaseMemObject($0) }
    ) {
      clCreateBuffer(
        device.context.context.pointer, cl_mem_flags(CL_MEM_READ_WRITE), size, nil, $0)
    }
    counter.take(size)
    try zero(device)
  }

  deinit { counter.giveBack(size) }

  private func zero(_ device: OpenCLDevice) throws {
    if device.context.quirks.writesByMapping {
      return try mapping(device) {
        $0.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      }
    }
    var zero: UInt32 = 0
    try OpenCLStatus.check(
      clEnqueueFillBuffer(
        device.queue.pointer, buffer.pointer, &zero, 4, 0, size, 0, nil, nil),
      "clEnqueueFillBuffer of \(size) bytes")
  }

  /// Copies `bytes` to `offset`; returns when they may be released.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ device: OpenCLDevice) throws {
    guard let source = bytes.baseAddress else { return }
    if device.context.quirks.writesByMapping {
      return try mapping(device) {
        ($0 + offset).copyMemory(from: source, byteCount: bytes.count)
      }
    }
    try OpenCLStatus.check(
      clEnqueueWriteBuffer(
        device.queue.pointer, buffer.pointer, cl_bool(CL_TRUE), offset, bytes.count, source, 0,
        nil, nil), "clEnqueueWriteBuffer of \(bytes.count) bytes")
  }

  /// Waits for everything enqueued, and copies from `offset` into `bytes`.
  func read(
    into bytes: UnsafeMutableRawBufferPointer, at offset: Int, _ device: OpenCLDevice
  ) throws {
    try OpenCLStatus.check(
      clEnqueueReadBuffer(
        device.queue.pointer, buffer.pointer, cl_bool(CL_TRUE), offset, bytes.count,
        bytes.baseAddress, 0, nil, nil), "clEnqueueReadBuffer of \(bytes.count) bytes")
  }

  /// Lets `body` write the whole buffer.
  private func mapping(
    _ device: OpenCLDevice, _ body: (UnsafeMutableRawPointer) -> Void
  ) throws {
    var status: cl_int = 0
    let mapped = clEnqueueMapBuffer(
      device.queue.pointer, buffer.pointer, cl_bool(CL_TRUE), cl_map_flags(CL_MAP_WRITE), 0, size,
      0, nil, nil, &status)
    try OpenCLStatus.check(status, "clEnqueueMapBuffer of \(size) bytes")
    if let mapped { body(mapped) }
    try OpenCLStatus.check(
      clEnqueueUnmapMemObject(device.queue.pointer, buffer.pointer, mapped, 0, nil, nil),
      "clEnqueueUnmapMemObject")
  }

  /// Elements of `type` before the first one of a tensor.
  static func leadingElements(of type: ElementType) -> Int { guardBytes / type.size }
}
