import Foundation
import Testing
import TopoCompute

/// What tests run on.
enum TestDevices {
  /// A machine without OpenCL skips its tests, visibly.
  static let hasOpenCL = ((try? OpenCLDevice.available().isEmpty) ?? true) == false
  static let noOpenCL: Comment = "there is no OpenCL device on this machine"

  /// The CPU, and OpenCL where there is any.
  static let all = hasOpenCL ? ["cpu", "opencl"] : ["cpu"]

  static func open(_ name: String) throws -> any Device {
    name == "cpu" ? try CPUDevice(threads: 2) : try OpenCLDevice()
  }
}

/// A folder that lasts as long as this object.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "toposheet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// What an error says.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
