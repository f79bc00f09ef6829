import TestSupport
import Testing
import TopoCompute
import TopoVerification

/// A device that golden values are compared with.
struct GoldenDevice: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// The algorithm that it is made to use, as `<operation>/<algorithm>`.
  var forced: String?
  var make: @Sendable () throws -> any Device

  /// Every device of this machine as it is by default.
  static let defaults: [GoldenDevice] =
    [
      GoldenDevice(testDescription: "cpu, 1 thread") { try CPUDevice(threads: 1) },
      GoldenDevice(testDescription: "cpu, 3 threads") { try CPUDevice(threads: 3) },
    ]
    + TestDevices.openCL.map { index in
      GoldenDevice(testDescription: "opencl:\(index)") { try OpenCLDevice(index: index) }
    }

  /// The default devices and the double-precision reference: this way it is checked by something
  /// that it was not written beside.
  static let all: [GoldenDevice] =
    [GoldenDevice(testDescription: "reference") { ReferenceDevice() }] + defaults

  /// All devices, and OpenCL with each of its algorithms for `operation`.
  static func all(forcing operation: String) -> [GoldenDevice] {
    all
      + TestDevices.openCL.flatMap { index in
        (OpenCLDevice.algorithmNames[operation] ?? []).map { name in
          GoldenDevice(
            testDescription: "opencl:\(index), \(operation)/\(name)",
            forced: "\(operation)/\(name)"
          ) {
            try OpenCLDevice(index: index, algorithms: [operation: name])
          }
        }
      }
  }
}

/// Shows in the test log where OpenCL is missing.
@Test(
  "OpenCL is compared with golden values",
  .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
func openCLIsComparedWithGoldenValues() {
  #expect(GoldenDevice.defaults.count == 2 + TestDevices.openCL.count)
}
