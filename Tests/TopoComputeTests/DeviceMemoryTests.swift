import TestSupport
import Testing

@testable import TopoCompute

/// Counting memory, and step memory that several preparations share.
@Suite("Memory of devices") struct DeviceMemoryTests {
  static func step(_ count: Int, _ device: any Device) throws -> Tensor {
    try device.makeTensor(members: 2, shape: [count], elementType: .float32, lifetime: .step)
  }

  @Test("memory is released with its tensors", arguments: TestDevices.all)
  func whatIsTakenIsGivenBack(_ name: String) throws {
    let device = try TestDevices.open(name)
    let before = device.memoryUse.bytes
    var tensors: [Tensor] = []
    for count in [16, 1600] { tensors.append(try device.makeTensor(members: 3, shape: [count])) }
    let taken = device.memoryUse.bytes - before
    // Guards and alignment, but not more.
    #expect((3 * 1616 * 4...3 * 1616 * 4 + 2048).contains(taken))
    tensors.removeAll()
    #expect(device.memoryUse.bytes == before)
  }

  @Test("a measuring device takes no memory", arguments: TestDevices.all)
  func aMeasuringDeviceTakesNothing(_ name: String) throws {
    let device = try TestDevices.open(name)
    let measuring = try device.measuring()
    let before = device.memoryUse
    // More than any device has.
    let tensor = try measuring.makeTensor(members: 1 << 12, shape: [1 << 30])
    #expect(measuring.memoryUse.bytes >= 1 << 44 && measuring.memoryUse.largestPiece >= 1 << 44)
    #expect(device.memoryUse == before)
    withExtendedLifetime(tensor) {}
  }

  /// Building takes long, and this kernel cannot be made.
  @Test(
    "a measuring device builds no program",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func aMeasuringDeviceBuildsNothing() throws {
    let device = try OpenCLDevice()
    let measuring = try #require(try device.measuring() as? OpenCLDevice)
    func launch(_ device: OpenCLDevice) throws -> OpenCLStep {
      try device.pointwise(
        "no_such_kernel", of: .linear, [:],
        [.tensor(try device.makeTensor(members: 1, shape: [1 << 20]))], count: 1, members: 1)
    }
    #expect(throws: DeviceError.self) { try launch(device) }
    let before = measuring.memoryUse.bytes
    let step = try launch(measuring)
    // It holds its arguments as a launch does.
    #expect(measuring.memoryUse.bytes >= before + 4 << 20)
    #expect(device.kernelsInUse.contains { $0.name == "no_such_kernel" })
    withExtendedLifetime(step) {}
  }

  @Test("steps share memory", arguments: TestDevices.all) func stepsShareMemory(_ name: String)
    throws
  {
    let device = try TestDevices.open(name)
    let first = try device.sharingStepMemory {
      [try Self.step(1000, device), try Self.step(200, device)]
    }
    let one = device.memoryUse.bytes
    let second = try device.sharingStepMemory {
      try device.sharingStepMemory {
        [try Self.step(150, device), try Self.step(900, device)]
      }
    }
    #expect(device.memoryUse.bytes == one)
    #expect(second[0].storage === first[1].storage && second[1].storage === first[0].storage)
    // Within a group nothing is shared, and the third piece is new.
    let third = try device.sharingStepMemory { try (0..<3).map { _ in try Self.step(64, device) } }
    #expect(Set(third.map { ObjectIdentifier($0.storage) }).count == 3)
    #expect(device.memoryUse.bytes > one)
    // Outside of groups nothing is shared either.
    let alone = try Self.step(64, device)
    #expect(!(first + third).contains { $0.storage === alone.storage })
  }

  @Test("shared memory is forgotten with its tensors", arguments: TestDevices.all)
  func sharedMemoryIsForgottenWithItsTensors(_ name: String) throws {
    let device = try TestDevices.open(name)
    let before = device.memoryUse.bytes
    for _ in 0..<2 {
      _ = try device.sharingStepMemory { try Self.step(1000, device) }
      #expect(device.memoryUse.bytes == before)
    }
  }
}
