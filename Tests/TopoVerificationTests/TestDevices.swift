import Testing
import TopoCompute

/// A device of this machine under the name that tests show.
struct TestDevice: Sendable, CustomTestStringConvertible {
  var name: String
  var device: any Device

  var testDescription: String { name }
}

/// Every device of this machine: the CPU with a thread for each member, with threads to share and
/// without kernels of our own, and each OpenCL device.
func testDevices() throws -> [TestDevice] {
  let cpus = try [1, 2].map { (threads: Int) in
    TestDevice(name: "cpu, \(threads) threads", device: try CPUDevice(threads: threads))
  }
  let library = TestDevice(
    name: "cpu, oneDNN's convolutions", device: try CPUDevice(threads: 2, vectorConvolutions: false)
  )
  return try cpus + [library]
    + openCLDevices().map {
      TestDevice(name: "opencl:\($0)", device: try OpenCLDevice(index: $0))
    }
}

/// An algorithm that can be forced on a device.
struct ForcedAlgorithm: Sendable, CustomTestStringConvertible {
  var device: Int
  var operation: String
  var name: String

  var testDescription: String { "\(operation)/\(name) on opencl:\(device)" }
}

/// Each algorithm on each device that has a choice.
func forcedAlgorithms() -> [ForcedAlgorithm] {
  openCLDevices().flatMap { device in
    OpenCLDevice.algorithmNames.sorted { $0.key < $1.key }.flatMap { operation, names in
      names.map { ForcedAlgorithm(device: device, operation: operation, name: $0) }
    }
  }
}

/// Whether there is an OpenCL device to test; `make setup` installs PoCL, so that there is one.
let hasOpenCL = !openCLDevices().isEmpty

/// A machine without any OpenCL platform still tests its CPU.
private func openCLDevices() -> Range<Int> {
  0..<((try? OpenCLDevice.available().count) ?? 0)
}
