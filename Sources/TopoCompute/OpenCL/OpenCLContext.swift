import COpenCL
import Synchronization
import TopoKernels

/// A device with its context and the programs built for it.
///
/// There is one per device and process, kept for ever: a context over several GPUs makes some
/// drivers use only one of them at a time, and libraries that cache kernels by context (CLBlast)
/// must not meet a new context at the address of an old one.
final class OpenCLContext: @unchecked Sendable {
  let platform: OpaquePointer
  let device: OpaquePointer
  let information: DeviceInformation
  let quirks: OpenCLQuirks
  /// Whose choices are made.
  let profile: DeviceProfile
  /// Whether the choices are another device's than the one that computes.
  let isStandIn: Bool
  let limits: ConvolutionTiling.Limits
  let context: OpenCLHandle

  private let programs = Mutex<[String: OpenCLHandle]>([:])
  private static let contexts = Mutex<[Key: OpenCLContext]>([:])

  private struct Key: Hashable {
    var index: Int
    var profile: DeviceProfile?
  }

  /// The context of the device that discovery lists at `index`.
  /// - Parameter profile: of the device that it stands in for; nil for itself.
  /// - Throws: `DeviceError` when there is no such device or it cannot be used.
  static func shared(
    index: Int, standingInFor profile: DeviceProfile? = nil
  ) throws -> OpenCLContext {
    try contexts.withLock { contexts in
      let key = Key(index: index, profile: profile)
      if let known = contexts[key] { return known }
      let devices = try OpenCLDiscovery.devices()
      guard devices.indices.contains(index) else {
        throw DeviceError(
          """
          There is no OpenCL device opencl:\(index): the last one is \
          opencl:\(devices.count - 1); `toposheet devices` lists them
          """)
      }
      let made = try OpenCLContext(devices[index], index: index, standingInFor: profile)
      contexts[key] = made
      return made
    }
  }

  private init(
    _ found: OpenCLDiscovery.Found, index: Int, standingInFor other: DeviceProfile?
  ) throws {
    platform = found.platform
    device = found.device
    information = OpenCLDiscovery.information(found, index: index)
    profile = other ?? DeviceProfile(found.device)
    isStandIn = other != nil
    let maximumGroup = OpenCLQuery.number(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
    limits = ConvolutionTiling.Limits(
      workItems: max(maximumGroup, 1),
      localMemory: OpenCLQuery.number(device, CL_DEVICE_LOCAL_MEM_SIZE, as: cl_ulong.self))
    quirks = OpenCLQuirks(
      platform: OpenCLQuery.platformText(platform, CL_PLATFORM_NAME),
      profile: profile, maximumGroup: limits.workItems)
    var device: OpaquePointer? = device
    context = try OpenCLHandle.make("clCreateContext", release: { _ = clReleaseContext($0) }) {
      clCreateContext(nil, 1, &device, nil, nil, $0)
    }
  }

  /// The program of a kernel family with its constants, built at the first request.
  /// - Throws: `DeviceError` with the compiler's log when it does not build.
  func program(_ family: KernelFamily, _ constants: KernelConstants) throws -> OpenCLHandle {
    let options = options(constants)
    let key = "\(family.rawValue) \(options)"
    return try programs.withLock { programs in
      if let known = programs[key] { return known }
      let built = try build(family, options: options)
      programs[key] = built
      return built
    }
  }

  /// All options that a family is built with.
  func options(_ constants: KernelConstants) -> String {
    "\(quirks.buildOptions) -DGROUP=\(quirks.reductionGroup) \(constants.options)"
  }

  private func build(_ family: KernelFamily, options: String) throws -> OpenCLHandle {
    let program = try family.source.withCString { source in
      var source: UnsafePointer<CChar>? = source
      return try OpenCLHandle.make(
        "clCreateProgramWithSource", release: { _ = clReleaseProgram($0) }
      ) { clCreateProgramWithSource(context.pointer, 1, &source, nil, $0) }
    }
    var device: OpaquePointer? = device
    let status = clBuildProgram(program.pointer, 1, &device, options, nil, nil)
    guard status == CL_SUCCESS else {
      throw DeviceError(
        """
        The \(family.rawValue) kernels do not build on \(information.name) \
        (clBuildProgram: \(OpenCLStatus.name(status))); options: \(options); log:
        \(buildLog(of: program))
        """)
    }
    return program
  }

  private func buildLog(of program: OpenCLHandle) -> String {
    var size = 0
    let property = cl_program_build_info(CL_PROGRAM_BUILD_LOG)
    clGetProgramBuildInfo(program.pointer, device, property, 0, nil, &size)
    var bytes = [UInt8](repeating: 0, count: max(size, 1))
    clGetProgramBuildInfo(program.pointer, device, property, size, &bytes, nil)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
