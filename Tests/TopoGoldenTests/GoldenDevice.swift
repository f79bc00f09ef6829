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
    + openCL.indices.map { index in
      GoldenDevice(testDescription: "opencl:\(index)") { try OpenCLDevice(index: index) }
    }

  /// The default devices and the double-precision reference: this way it is checked by something
  /// that it was not written beside.
  static let all: [GoldenDevice] =
    [GoldenDevice(testDescription: "reference") { ReferenceDevice() }] + defaults

  /// All devices, and OpenCL with each of its algorithms for `operation`.
  static func all(forcing operation: String) -> [GoldenDevice] {
    all
      + openCL.indices.flatMap { index in
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

  /// OpenCL devices; none where there is no platform.
  static let openCL: [DeviceInformation] = (try? OpenCLDevice.available()) ?? []
}

/// Shows in the test log where OpenCL is missing.
@Test(
  "OpenCL is compared with golden values",
  .enabled(if: !GoldenDevice.openCL.isEmpty, "no OpenCL device: install pocl-opencl-icd"))
func openCLIsComparedWithGoldenValues() {
  #expect(GoldenDevice.defaults.count == 2 + GoldenDevice.openCL.count)
}
