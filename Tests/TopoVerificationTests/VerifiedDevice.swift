import TestSupport
import Testing
import TopoCompute

/// A device that the cases are run on.
struct VerifiedDevice: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var device: any Device

  /// Every device of this machine: the CPU with a thread for each member, with threads to share, with
  /// each of its instruction sets and without kernels of our own, and each OpenCL device.
  static func all() throws -> [VerifiedDevice] {
    let cpus = try [1, 2].map { (threads: Int) in
      VerifiedDevice(
        testDescription: "cpu, \(threads) threads", device: try CPUDevice(threads: threads))
    }
    let others = try CPUInstructions.available.map { instructions in
      VerifiedDevice(
        testDescription: "cpu, \(instructions)",
        device: try CPUDevice(threads: 2, instructions: instructions))
    }
    let oneDNN = VerifiedDevice(
      testDescription: "cpu, oneDNN's convolutions",
      device: try CPUDevice(threads: 2, vectorConvolutions: false))
    let openCL = try TestDevices.openCL.map {
      VerifiedDevice(testDescription: "opencl:\($0)", device: try OpenCLDevice(index: $0))
    }
    return cpus + others + [oneDNN] + openCL
  }
}

/// An algorithm that can be forced on a device.
struct ForcedAlgorithm: Sendable, CustomTestStringConvertible {
  var device: Int
  var operation: String
  var name: String

  var testDescription: String { "\(operation)/\(name) on opencl:\(device)" }

  /// The device that is made to use it; tensor cores are emulated.
  func open() throws -> OpenCLDevice {
    try OpenCLDevice(
      index: device, algorithms: [operation: name], precision: name == "tensor" ? .tf32 : .float32,
      emulatesTensorCores: true)
  }

  /// Each algorithm on each device that has a choice.
  static let all: [ForcedAlgorithm] = TestDevices.openCL.flatMap { device in
    OpenCLDevice.algorithmNames.sorted { $0.key < $1.key }.flatMap { operation, names in
      (names + (operation == "linear" ? [] : ConvolutionPass.tensor)).map {
        ForcedAlgorithm(device: device, operation: operation, name: $0)
      }
    }
  }
}
