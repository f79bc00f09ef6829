import Foundation
import TestSupport
import Testing

@testable import TopoCompute

/// Machines whose drivers OpenCL does not see.
@Suite("Entries of OpenCL drivers") struct OpenCLEntriesTests {
  private let root: TemporaryFolder

  init() throws { root = try TemporaryFolder() }

  private func write(_ path: String, _ text: String = "") throws {
    let url = root.url.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func advice(_ environment: [String: String] = [:]) -> [String] {
    OpenCLEntries(root: root.url.path, environment: environment).advice
  }

  private static let library = "/usr/lib/x86_64-linux-gnu/libnvidia-opencl.so.1"

  @Test("a library without an entry") func libraryWithoutEntry() throws {
    #expect(advice().isEmpty)
    try write(Self.library)
    let line =
      "NVIDIA's driver is here (\(Self.library)) without an entry for OpenCL; write it: "
      + "echo \(Self.library) > /etc/OpenCL/vendors/nvidia.icd"
    #expect(advice() == [line])
    try write("/etc/OpenCL/vendors/pocl.icd", "/usr/lib/x86_64-linux-gnu/libpocl.so.2\n")
    #expect(advice() == [line])
    // Entries name libraries with or without a path and a version.
    for name in ["libnvidia-opencl.so.1", Self.library, "libnvidia-opencl.so"] {
      try write("/etc/OpenCL/vendors/nvidia.icd", "\(name)\n")
      #expect(advice().isEmpty, "\(name)")
    }
  }

  @Test("a library beside LD_LIBRARY_PATH") func libraryPath() throws {
    try write("/host/lib/libamdocl64.so")
    #expect(advice().isEmpty)
    #expect(
      advice(["LD_LIBRARY_PATH": "/none:/host/lib"]) == [
        "AMD's driver is here (/host/lib/libamdocl64.so) without an entry for OpenCL; write it: echo "
          + "/host/lib/libamdocl64.so > /etc/OpenCL/vendors/amdocl64.icd"
      ])
  }

  @Test("a GPU without a library") func deviceWithoutLibrary() throws {
    try write("/dev/nvidiactl")
    #expect(
      advice() == [
        "a GPU of NVIDIA is here (/dev/nvidiactl), but not its library libnvidia-opencl.so.1 for "
          + "OpenCL; in a container, set NVIDIA_DRIVER_CAPABILITIES=compute,utility when it is started"
      ])
  }

  @Test("a folder of entries of conda", arguments: ["OCL_ICD_VENDORS", "OPENCL_VENDOR_PATH"])
  func otherFolder(variable: String) throws {
    try write("/etc/OpenCL/vendors/nvidia.icd", "libnvidia-opencl.so.1")
    try write(Self.library)
    try write("/conda/etc/OpenCL/vendors/pocl.icd", "libpocl.so.2")
    let folder = "/conda/etc/OpenCL/vendors"
    for given in [folder, folder + "/"] {
      #expect(
        advice([variable: given]) == [
          "\(variable) is set, so OpenCL looks in \(folder) and does not see NVIDIA's driver, whose "
            + "entry is /etc/OpenCL/vendors/nvidia.icd; unset \(variable), or copy the entry to "
            + "\(folder) (in conda, install ocl-icd-system)"
        ])
    }
    try write("\(folder)/nvidia.icd", "libnvidia-opencl.so.1")
    #expect(advice([variable: folder]).isEmpty)
    // One entry in place of a folder.
    #expect(advice([variable: "\(folder)/nvidia.icd"]).isEmpty)
    #expect(advice([variable: ""]).isEmpty)
  }
}
