import COpenCL

/// Finds the OpenCL devices of all platforms.
enum OpenCLDiscovery {
  /// A device and the platform it belongs to.
  struct Found {
    var platform: OpaquePointer
    var device: OpaquePointer
  }

  /// All devices, platform by platform.
  /// - Throws: `DeviceError` that says what to install when there is no platform.
  static func devices() throws -> [Found] {
    var count: cl_uint = 0
    let status = clGetPlatformIDs(0, nil, &count)
    if status == OpenCLStatus.noPlatform || (status == CL_SUCCESS && count == 0) {
      throw OpenCLStatus.noPlatformFound
    }
    try OpenCLStatus.check(status, "clGetPlatformIDs")
    var platforms = [cl_platform_id?](repeating: nil, count: Int(count))
    try OpenCLStatus.check(clGetPlatformIDs(count, &platforms, nil), "clGetPlatformIDs")
    var found: [Found] = []
    var trouble: (any Error)?
    // If one vendor's driver is broken, the others' devices are still listed.
    for platform in platforms.compactMap({ $0 }) {
      do { found += try devices(of: platform) } catch { trouble = error }
    }
    if found.isEmpty {
      let hasPoCL = platforms.contains { platform in
        platform.map {
          PoCLCache.belongs(to: OpenCLQuery.platformText($0, CL_PLATFORM_NAME))
        } ?? false
      }
      if hasPoCL, let problem = PoCLCache.problem() { throw problem }
      if let trouble { throw trouble }
      throw DeviceError(
        """
        The OpenCL platforms here have no device: check the GPU vendor's driver (and that this \
        user may open its device files), or install pocl-opencl-icd (Debian, Ubuntu) to run on \
        the CPU
        """)
    }
    return found
  }

  private static func devices(of platform: OpaquePointer) throws -> [Found] {
    let all = cl_device_type(0xFFFF_FFFF)
    var count: cl_uint = 0
    let status = clGetDeviceIDs(platform, all, 0, nil, &count)
    if status == CL_DEVICE_NOT_FOUND || count == 0 { return [] }
    try OpenCLStatus.check(status, "clGetDeviceIDs")
    var devices = [cl_device_id?](repeating: nil, count: Int(count))
    try OpenCLStatus.check(clGetDeviceIDs(platform, all, count, &devices, nil), "clGetDeviceIDs")
    return devices.compactMap { device in
      device.map { Found(platform: platform, device: $0) }
    }
  }

  /// The facts of a device.
  static func information(_ found: Found, index: Int) -> DeviceInformation {
    let device = found.device
    let localMemory = OpenCLQuery.number(device, CL_DEVICE_LOCAL_MEM_SIZE, as: cl_ulong.self)
    let width = OpenCLQuery.number(
      device, CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT, as: cl_uint.self)
    let clock = OpenCLQuery.number(device, CL_DEVICE_MAX_CLOCK_FREQUENCY, as: cl_uint.self)
    let group = OpenCLQuery.number(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
    let available = OpenCLQuery.text(device, CL_DEVICE_EXTENSIONS).split(separator: " ")
    let noted = available.filter { name in extensionsOfNote.contains { name.hasPrefix($0) } }
    return DeviceInformation(
      kind: .opencl, identifier: "opencl:\(index)",
      name: trimmed(OpenCLQuery.text(device, CL_DEVICE_NAME)),
      vendor: trimmed(OpenCLQuery.text(device, CL_DEVICE_VENDOR)),
      driver: """
        \(trimmed(OpenCLQuery.platformText(found.platform, CL_PLATFORM_NAME))), \
        \(trimmed(OpenCLQuery.platformText(found.platform, CL_PLATFORM_VERSION))), \
        driver \(trimmed(OpenCLQuery.text(device, CL_DRIVER_VERSION)))
        """,
      computeUnits: OpenCLQuery.number(device, CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self),
      memory: OpenCLQuery.number(device, CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self),
      maximumAllocation: OpenCLQuery.number(
        device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self),
      isAccelerator: OpenCLQuery.number(device, CL_DEVICE_TYPE, as: cl_ulong.self)
        & (Int(CL_DEVICE_TYPE_GPU) | Int(CL_DEVICE_TYPE_ACCELERATOR)) != 0,
      limits: [
        .init("OpenCL C", trimmed(OpenCLQuery.text(device, CL_DEVICE_OPENCL_C_VERSION))),
        .init("work-group", "\(group) work-items at most"),
        .init("local memory", "\(localMemory / 1024) KiB"),
        .init("preferred vector width", "\(width) floats"),
        .init("clock", "\(clock) MHz"),
        .init("extensions of note", noted.isEmpty ? "none" : noted.joined(separator: " ")),
      ])
  }

  /// Extensions that matter for speed: small floats, subgroups and vendors' extensions.
  private static let extensionsOfNote = [
    "cl_khr_fp16", "cl_khr_fp64", "cl_khr_subgroup", "cl_khr_integer_dot_product",
    "cl_intel_subgroup", "cl_nv_", "cl_amd_", "cl_arm_",
  ]

  private static func trimmed(_ text: String) -> String {
    text.split(separator: " ").joined(separator: " ")
  }
}
