import COpenCL

extension OpenCLDiscovery {
  /// Divides a device into equal parts, which compute side by side; drivers of CPUs and of some
  /// accelerators can.
  /// - Throws: `DeviceError` when the device cannot be divided so.
  static func parts(
    _ found: Found, _ index: Int, _ parts: Int
  ) throws -> [(found: Found, information: DeviceInformation)] {
    let whole = information(found, index: index)
    let units = whole.computeUnits / parts
    var count: cl_uint = 0
    var properties = [cl_device_partition_property(CL_DEVICE_PARTITION_EQUALLY), units, 0]
    let status =
      units == 0
      ? CL_DEVICE_PARTITION_FAILED
      : clCreateSubDevices(found.device, &properties, 0, nil, &count)
    guard status == CL_SUCCESS, count > 0 else {
      throw indivisible(whole, index, parts, OpenCLStatus.name(status))
    }
    var pieces = [cl_device_id?](repeating: nil, count: Int(count))
    try OpenCLStatus.check(
      clCreateSubDevices(found.device, &properties, count, &pieces, nil), "clCreateSubDevices")
    let (made, surplus) = split(pieces.compactMap { $0 }, parts)
    for device in surplus { clReleaseDevice(device) }
    guard made.count == parts else {
      throw indivisible(
        whole, index, parts, "its driver makes \(pieces.count) of \(units) compute units each")
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

  /// The parts to keep and those to release: all if there are too few, otherwise those beyond the
  /// number asked for; compute units that are left over stay idle.
  static func split<Piece>(_ pieces: [Piece], _ parts: Int) -> (kept: [Piece], surplus: [Piece]) {
    pieces.count < parts
      ? ([], pieces) : (Array(pieces.prefix(parts)), Array(pieces.dropFirst(parts)))
  }

  static func indivisible(
    _ whole: DeviceInformation, _ index: Int, _ parts: Int, _ reason: String
  ) -> DeviceError {
    DeviceError(
      """
      opencl:\(index) (\(whole.name), \(whole.computeUnits) compute units) cannot be divided into \
      \(parts) parts (\(reason)); use it whole, as opencl:\(index)
      """)
  }
}
