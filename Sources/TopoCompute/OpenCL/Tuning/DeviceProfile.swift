import COpenCL

/// Devices that want the same choices.
public enum DeviceProfile: String, Sendable, Hashable, CaseIterable {
  case nvidiaAmpere = "nvidia-ampere"
  case nvidiaAda = "nvidia-ada"
  case nvidiaHopper = "nvidia-hopper"
  case amdRDNA = "amd-rdna"
  case amdCDNA = "amd-cdna"
  case intel
  /// A GPU or another accelerator that is not known.
  case other
  /// A CPU, through PoCL or another platform.
  case cpu

  /// The profile of a device.
  init(_ device: OpaquePointer) {
    let kind = OpenCLQuery.number(device, CL_DEVICE_TYPE, as: cl_ulong.self)
    self.init(
      isCPU: kind & Int(CL_DEVICE_TYPE_CPU) != 0,
      vendor: OpenCLQuery.text(device, CL_DEVICE_VENDOR),
      name: OpenCLQuery.text(device, CL_DEVICE_NAME), capability: Self.computeCapability(device))
  }

  /// NVIDIA's compute capability; 0 on other vendors' devices.
  static func computeCapability(_ device: OpaquePointer) -> (major: Int, minor: Int) {
    // CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV and _MINOR_NV of cl_nv_device_attribute_query.
    (
      OpenCLQuery.number(device, 0x4000, as: cl_uint.self),
      OpenCLQuery.number(device, 0x4001, as: cl_uint.self)
    )
  }

  /// The profile of a device by what its driver says.
  init(isCPU: Bool, vendor: String, name: String, capability: (major: Int, minor: Int)) {
    switch vendor {
    case _ where isCPU: self = .cpu
    case _ where vendor.contains("NVIDIA"):
      self =
        switch capability {
        case (9..., _): .nvidiaHopper
        case (8, 9...): .nvidiaAda
        default: .nvidiaAmpere
        }
    case _ where vendor.contains("Advanced Micro Devices") || vendor.contains("AMD"):
      // gfx9 and the older ones compute 64 work-items at once, gfx10 and the newer ones 32.
      self = name.contains("gfx1") || name.contains("navi") ? .amdRDNA : .amdCDNA
    case _ where vendor.contains("Intel"): self = .intel
    default: self = .other
    }
  }
}
