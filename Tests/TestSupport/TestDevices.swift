import Foundation
import Testing
import TopoCompute

/// The devices that tests run on.
package enum TestDevices {
  /// Indices of the OpenCL devices; none if there is no platform.
  package static let openCL = 0..<((try? OpenCLDevice.available().count) ?? 0)

  /// Tests of OpenCL are skipped visibly on a machine without it. In continuous integration one
  /// test of TopoComputeTests fails there.
  package static let hasOpenCL = !openCL.isEmpty
  package static let noOpenCL: Comment = "there is no OpenCL device; `make setup` installs PoCL"

  /// Whether continuous integration runs the tests: `CI` is set, and neither empty nor false.
  package static let isContinuousIntegration: Bool = {
    let value = ProcessInfo.processInfo.environment["CI"] ?? ""
    return !["", "0", "false"].contains(value)
  }()

  /// The CPU, and OpenCL if there is any.
  package static let all = hasOpenCL ? ["cpu", "opencl"] : ["cpu"]

  /// Opens a device of `all`.
  package static func open(_ name: String) throws -> any Device {
    name == "cpu" ? try CPUDevice(threads: 2) : try OpenCLDevice()
  }
}
