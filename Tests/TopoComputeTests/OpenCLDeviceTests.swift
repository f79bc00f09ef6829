import COpenCL
import TestSupport
import Testing
import TopoKernels

@testable import TopoCompute

/// What the case table does not see: discovery, choice of algorithms, programs and errors.
@Suite("OpenCL device", .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
struct OpenCLDeviceTests {
  @Test("every kernel family builds with the defaults of its constants") func defaults() throws {
    let context = try OpenCLContext.shared(index: 0)
    for family in KernelFamily.allCases {
      #expect(throws: Never.self, "\(family)") { try context.program(family, [:]) }
    }
  }

  @Test("a program is built once per source and constants") func programCache() throws {
    let context = try OpenCLContext.shared(index: 0)
    let first = try context.program(.pointwise, ["COUNT": 7])
    #expect(try context.program(.pointwise, ["COUNT": 7]) === first)
    #expect(try context.program(.pointwise, ["COUNT": 8]) !== first)
  }

  @Test("a kernel that does not build says so with the compiler's log") func buildFailure() throws {
    let context = try OpenCLContext.shared(index: 0)
    let error = try #require(throws: DeviceError.self) {
      try context.program(.linear, ["TILE": .integer(-1)])
    }
    #expect(error.description.contains("linear"))
    #expect(error.description.contains("CL_BUILD_PROGRAM_FAILURE"))
    #expect(error.description.contains("negative"))
  }

  @Test("devices are listed by the names that open them") func discovery() throws {
    let devices = try OpenCLDevice.available()
    for (index, information) in devices.enumerated() {
      #expect(information.identifier == "opencl:\(index)")
      #expect(information.kind == .opencl)
      #expect(information.memory > 0 && information.maximumAllocation > 0)
      #expect(try OpenCLDevice(index: index).information == information)
    }
    let error = try #require(throws: DeviceError.self) { try OpenCLDevice(index: devices.count) }
    #expect(error.description.contains("opencl:\(devices.count - 1)"))
  }

  @Test("unknown algorithms are refused by name") func unknownAlgorithms() throws {
    let operation = try #require(throws: DeviceError.self) {
      try OpenCLDevice(index: 0, algorithms: ["relu": "direct"])
    }
    #expect(operation.description.contains("relu"))
    let name = try #require(throws: DeviceError.self) {
      try OpenCLDevice(index: 0, algorithms: ["linear": "magic"])
    }
    #expect(name.description.contains("magic") && name.description.contains("clblast"))
  }

  @Test("a forced algorithm is the one that runs", arguments: ["direct", "clblast"])
  func forcedLinear(_ algorithm: String) throws {
    let device = try OpenCLDevice(index: 0, algorithms: ["linear": algorithm])
    let input = try device.makeTensor(members: 1, shape: [1, 2], values: [1, 2] as [Float])
    let weight = try device.makeTensor(members: 1, shape: [1, 2], values: [3, 4] as [Float])
    let bias = try device.makeTensor(members: 1, shape: [1], values: [5] as [Float])
    let output = try device.makeTensor(members: 1, shape: [1, 1])
    let operation = try device.linear(input: input, weight: weight, bias: bias, output: output)
    #expect(operation.name == "linear/\(algorithm)")
    try device.run([operation])
    #expect(try device.read(output, as: Float.self) == [16])
  }

  @Test("an algorithm that does not apply says where it does") func inapplicable() throws {
    let device = try OpenCLDevice(
      index: 0, algorithms: ["convolution-backward-data": "rotated"])
    let input = try device.makeTensor(members: 1, shape: [1, 1, 5, 5])
    let weight = try device.makeTensor(members: 1, shape: [1, 1, 3, 3])
    let output = try device.makeTensor(members: 1, shape: [1, 1, 2, 2])
    let error = try #require(throws: DeviceError.self) {
      try device.convolutionBackwardData(
        Window(3, stride: 2), outputGradient: output, weight: weight, inputGradient: input)
    }
    #expect(error.description.contains("stride 1"))
  }

  @Test("memory that the device does not allow is refused before it is asked for")
  func tooLarge() throws {
    let device = try OpenCLDevice(index: 0)
    let members = device.information.maximumAllocation / (4 << 20) + 1
    let error = try #require(throws: DeviceError.self) {
      try device.makeTensor(members: members, shape: [1 << 20])
    }
    #expect(error.description.contains("fewer members"))
  }

  @Test("views are written and read in place") func views() throws {
    let device = try OpenCLDevice(index: 0)
    let whole = try device.makeTensor(members: 2, shape: [5], values: (0..<10).map(Float.init))
    let view = whole.view(at: 1, shape: [3])
    #expect(try device.read(view, as: Float.self) == [1, 2, 3, 6, 7, 8])
    try device.write([-1, -2, -3, -6, -7, -8] as [Float], to: view)
    #expect(
      try device.read(whole, as: Float.self) == [0, -1, -2, -3, 4, 5, -6, -7, -8, 9])
  }
}

@Suite("Continuous integration") struct ContinuousIntegrationTests {
  /// Otherwise every test of OpenCL would be skipped there, and the run would pass.
  @Test("there is an OpenCL device") func openCL() {
    #expect(
      TestDevices.hasOpenCL || !TestDevices.isContinuousIntegration, TestDevices.noOpenCL)
  }
}

@Suite("OpenCL constants and statuses") struct OpenCLTextTests {
  @Test("constants become options that keep every bit") func constants() {
    let constants: KernelConstants = [
      "B": .float(-0.1), "A": 3, "C": .floats([1, 2.5]), "D": .float(-.infinity), "E": true,
      "F": .integer(-2), "G": .float(1e-5),
    ]
    #expect(
      constants.options
        == "-DA=3 -DB=(-0.1f) -DC=1.0f,2.5f -DD=(-INFINITY) -DE=1 -DF=(-2) -DG=1e-05f")
  }

  @Test("errors name the call and the status") func statuses() throws {
    let error = try #require(throws: DeviceError.self) {
      try OpenCLStatus.check(-54, "clEnqueueNDRangeKernel(relu)")
    }
    #expect(
      error.description == "clEnqueueNDRangeKernel(relu) failed with CL_INVALID_WORK_GROUP_SIZE")
    #expect(OpenCLStatus.error(-4, "clCreateBuffer").description.contains("fewer members"))
    #expect(OpenCLStatus.noPlatformFound.description.contains("pocl-opencl-icd"))
    #expect(OpenCLStatus.name(-9999) == "OpenCL status -9999")
  }
}
