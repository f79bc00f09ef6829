import COpenCL

extension OpenCLDiscovery {
  /// Divides a device into equal parts, which compute side by side: for drivers of processors, and
  /// some accelerators.
  /// - Throws: `DeviceError` when the device cannot be divided so.
  static func parts(
    _ found: Found, _ index: Int, _ parts: Int
  ) throws -> [(found: Found, information: DeviceInformation)] {
    let whole = information(found, index: index)
    let units = whole.computeUnits / parts
    var pieces = [cl_device_id?](repeating: nil, count: parts)
    // More than asked for where units are left over: those stay idle.
    var count: cl_uint = 0
    var properties = [cl_device_partition_property(CL_DEVICE_PARTITION_EQUALLY), units, 0]
    let status =
      units == 0
      ? CL_DEVICE_PARTITION_FAILED
      : clCreateSubDevices(found.device, &properties, 0, nil, &count)
    if status == CL_SUCCESS, count >= cl_uint(parts) {
      pieces = Array(repeating: nil, count: Int(count))
      try OpenCLStatus.check(
        clCreateSubDevices(found.device, &properties, count, &pieces, nil), "clCreateSubDevices")
    }
    let made = pieces.prefix(parts).compactMap { $0 }
    guard made.count == parts else {
      throw DeviceError(
        """
        opencl:\(index) (\(whole.name), \(whole.computeUnits) compute units) cannot be divided into \
        \(parts) parts (\(OpenCLStatus.name(status))); use it whole, as opencl:\(index)
        """)
    }
    return made.enumerated().map { number, device in
      var information = whole
      information.identifier = "opencl:\(index)/\(parts):\(number)"
      information.computeUnits = units
      // The parts share the memory.
      information.memory = whole.memory / parts
      information.maximumAllocation = min(whole.maximumAllocation, information.memory)
      return (Found(platform: found.platform, device: device), information)
    }
  }
}
