import COpenCL
import Synchronization
import TopoKernels

/// A device with its context and the programs built for it.
///
/// There is one per device and process, kept until the process ends: a context over several GPUs
/// makes some drivers use only one of them at a time, and libraries that cache kernels by context
/// (CLBlast) must not meet a new context at the address of an old one.
final class OpenCLContext: @unchecked Sendable {
  let platform: OpaquePointer
  let device: OpaquePointer
  let information: DeviceInformation
  let quirks: OpenCLQuirks
  /// The kind of device whose algorithms and tilings are chosen.
  let profile: DeviceProfile
  /// Whether that is another kind than the device that computes.
  let isStandIn: Bool
  let limits: ConvolutionTiling.Limits
  let context: OpenCLHandle

  /// Programs that outlast the process.
  private let cache: ProgramCache?
  private let programs = Mutex<[String: OpenCLHandle]>([:])
  private static let contexts = Mutex<[Place: OpenCLContext]>([:])

  /// All that this process has made.
  static var known: [OpenCLContext] { contexts.withLock { Array($0.values) } }

  /// A device, or one of its parts, or one that stands in for another.
  private struct Place: Hashable {
    var index: Int
    var part = 0
    var parts = 1
    var profile: DeviceProfile?
  }

  /// The context of the device that discovery lists at `index`, or of one of its equal parts.
  /// - Parameter profile: of the device that it stands in for; nil for itself.
  /// - Throws: `DeviceError` when there is no such device, or it cannot be used or divided.
  static func shared(
    index: Int, part: Int = 0, of parts: Int = 1, standingInFor profile: DeviceProfile? = nil
  ) throws -> OpenCLContext {
    try contexts.withLock { contexts in
      let place = Place(index: index, part: part, parts: parts, profile: profile)
      if let known = contexts[place] { return known }
      let devices = try OpenCLDiscovery.devices()
      guard devices.indices.contains(index) else {
        throw DeviceError(
          """
          There is no OpenCL device opencl:\(index): the last one is \
          opencl:\(devices.count - 1); `toposheet devices` lists them
          """)
      }
      guard parts > 1 else {
        let made = try OpenCLContext(
          devices[index], information: OpenCLDiscovery.information(devices[index], index: index),
          standingInFor: profile)
        contexts[place] = made
        return made
      }
      // All parts at once: they must come from one division.
      var wanted: OpenCLContext?
      for (number, piece) in try OpenCLDiscovery.parts(devices[index], index, parts).enumerated() {
        let made = try OpenCLContext(
          piece.found, information: piece.information, standingInFor: profile)
        contexts[Place(index: index, part: number, parts: parts, profile: profile)] = made
        if number == part { wanted = made }
      }
      guard let wanted else { throw DeviceError("opencl:\(index)/\(parts) has no part \(part)") }
      return wanted
    }
  }

  private init(
    _ found: OpenCLDiscovery.Found, information: DeviceInformation,
    standingInFor other: DeviceProfile?
  ) throws {
    platform = found.platform
    device = found.device
    self.information = information
    cache = ProgramCache.chosen(
      platform: OpenCLQuery.platformText(platform, CL_PLATFORM_NAME))
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

  /// NVIDIA's compute capability; 0 on other vendors' devices.
  var computeCapability: (major: Int, minor: Int) { DeviceProfile.computeCapability(device) }

  /// The program of a kernel family with its constants, built at the first request.
  /// - Throws: `DeviceError` with the compiler's log when it does not build.
  func program(_ family: KernelFamily, _ constants: KernelConstants) throws -> OpenCLHandle {
    let options = options(constants)
    let key = "\(family.rawValue) \(options)"
    return try programs.withLock { programs in
      if let known = programs[key] { return known }
      let built = try build(family, options: options, cache: cache)
      programs[key] = built
      return built
    }
  }

  /// All options that a family is built with.
  func options(_ constants: KernelConstants) -> String {
    "\(quirks.buildOptions) -DGROUP=\(quirks.reductionGroup) \(constants.options)"
  }
}
