import CCLBlast
import COpenCL
import Foundation
import Synchronization

/// CLBlast's constants. CLBlast keeps them by device, but keeps compiled kernels by the device's
/// name: devices of one name, parts of a device included, must have the same constants.
extension OpenCLContext {
  private typealias Parameters = [CLBlastParameters.Kernel: CLBlastParameters]

  /// Constants in force, and the devices that have them.
  private struct InForce {
    var parameters: Parameters = [:]
    /// By their addresses.
    var devices: Set<UInt> = []
  }

  /// By platform and device name.
  private static let inForce = Mutex<[String: InForce]>([:])

  /// Gives CLBlast constants for all devices of this one's name, from now on and in the whole
  /// process. A kernel that is not among them keeps what it has.
  /// - Throws: `DeviceError` when CLBlast does not take them.
  func use(_ parameters: [CLBlastParameters.Kernel: CLBlastParameters]) throws {
    // The device that stands in may also be in use as itself in this process.
    if isStandIn { return }
    let alike = OpenCLContext.known.filter { $0.clblastName == clblastName } + [self]
    try OpenCLContext.inForce.withLock { all in
      var inForce = all[clblastName] ?? InForce()
      let wanted = inForce.parameters.merging(parameters) { $1 }
      let isNew = wanted != inForce.parameters
      if isNew { inForce = InForce(parameters: wanted) }
      for context in alike where inForce.devices.insert(context.address).inserted {
        for own in wanted.values { try context.override(own) }
      }
      all[clblastName] = inForce
      guard isNew else { return }
      // CLBlast does not notice that what it compiled has other constants.
      let status = CLBlastClearCache()
      guard status == CLBlastSuccess else {
        throw CLBlastStatus.error(status.rawValue, "CLBlastClearCache")
      }
    }
  }

  private var clblastName: String {
    OpenCLQuery.platformText(platform, CL_PLATFORM_NAME) + "\n"
      + OpenCLQuery.text(device, CL_DEVICE_NAME)
  }

  private var address: UInt { UInt(bitPattern: device) }

  private func override(_ parameters: CLBlastParameters) throws {
    let names = parameters.kernel.names.map { strdup($0) }
    defer { for name in names { free(name) } }
    var pointers = names.map { UnsafePointer($0) }
    let status = CLBlastOverrideParameters(
      device, parameters.kernel.rawValue, CLBlastPrecisionSingle, pointers.count, &pointers,
      parameters.values)
    guard status == CLBlastSuccess else {
      throw CLBlastStatus.error(
        status.rawValue, "CLBlastOverrideParameters(\(parameters.kernel.rawValue))")
    }
  }
}
