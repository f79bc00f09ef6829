import COpenCL

/// An OpenCL object that is released with its owner. OpenCL's calls are thread-safe, except
/// that which sets a kernel's arguments; that happens once, before the kernel is shared.
final class OpenCLHandle: @unchecked Sendable {
  /// The object.
  let pointer: OpaquePointer
  private let release: @Sendable (OpaquePointer) -> Void

  /// Owns `pointer` from now on.
  init(_ pointer: OpaquePointer, release: @escaping @Sendable (OpaquePointer) -> Void) {
    self.pointer = pointer
    self.release = release
  }

  deinit { release(pointer) }

  /// Owns what an OpenCL function made, or throws its status.
  static func make(
    _ call: String, release: @escaping @Sendable (OpaquePointer) -> Void,
    _ body: (UnsafeMutablePointer<cl_int>) -> OpaquePointer?
  ) throws -> OpenCLHandle {
    var status: cl_int = 0
    let made = body(&status)
    try OpenCLStatus.check(status, call)
    guard let made else { throw DeviceError("\(call) returned no object") }
    return OpenCLHandle(made, release: release)
  }
}
