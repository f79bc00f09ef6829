import COpenCL

/// Typed answers to OpenCL's questions about devices and platforms.
enum OpenCLQuery {
  /// A text property of a device; empty when it is not known.
  static func text(_ device: OpaquePointer, _ property: Int32) -> String {
    text { clGetDeviceInfo(device, cl_device_info(property), $0, $1, $2) }
  }

  /// A text property of a platform; empty when it is not known.
  static func platformText(_ platform: OpaquePointer, _ property: Int32) -> String {
    text { clGetPlatformInfo(platform, cl_platform_info(property), $0, $1, $2) }
  }

  /// A number of a device, of type `Value`; zero when it is not known.
  static func number<Value: FixedWidthInteger>(
    _ device: OpaquePointer, _ property: Int32, as type: Value.Type
  ) -> Int {
    var value: Value = 0
    let status = clGetDeviceInfo(
      device, cl_device_info(property), MemoryLayout<Value>.size, &value, nil)
    return status == CL_SUCCESS ? Int(clamping: value) : 0
  }

  private static func text(
    _ query: (Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> cl_int
  ) -> String {
    var size = 0
    guard query(0, nil, &size) == CL_SUCCESS, size > 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: size)
    guard query(size, &bytes, nil) == CL_SUCCESS else { return "" }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
