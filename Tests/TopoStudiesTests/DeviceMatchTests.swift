import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation

@testable import TopoStudies

/// Which devices a study may be continued on.
@Suite("Resuming on another device") struct DeviceMatchTests {
  let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private var out: URL { temporary.url.appending(path: "study") }

  private static func device(
    _ kind: DeviceInformation.Kind = .cpu, name: String = "a model", driver: String,
    units: Int = 2
  ) -> DeviceInformation {
    DeviceInformation(
      kind: kind, identifier: kind == .cpu ? "cpu" : "opencl:0", name: name, vendor: "a vendor",
      driver: driver, computeUnits: units, memory: units << 30, maximumAllocation: units << 30,
      limits: [.init("threads", "\(units)")])
  }

  private func open(
    _ device: DeviceInformation, resume: Bool = true, anyDevice: Bool = false
  ) -> String {
    message {
      _ = try StudyFolder(
        out, identity: try SmallStudy.training().identity, device: device, resume: resume,
        anyDevice: anyDevice)
    }
  }

  private static let platform = "Some OpenCL, OpenCL 3.0 One 1.2, LLVM, driver 1.2"

  @Test(
    "other bits are refused",
    arguments: [
      (
        device(driver: "oneDNN 2.6.3, AVX2"), device(driver: "oneDNN 2.6.3, SSE4.1"), "AVX2",
        "SSE4.1", "continue with TOPOSHEET_CPU=avx2 on a CPU that has AVX2"
      ),
      (
        device(driver: "oneDNN 2.6.3, AVX-512"), device(driver: "oneDNN 2.6.3, AVX2"), "AVX-512",
        "AVX2", "continue with TOPOSHEET_CPU=avx512 on a CPU that has AVX-512"
      ),
      (
        device(driver: "oneDNN 2.6.3, AVX2"), device(driver: "oneDNN 3.1.0, AVX2"), "oneDNN 2.6.3",
        "oneDNN 3.1.0", "continue with oneDNN 2.6.3"
      ),
      (
        device(driver: "oneDNN 2.6.3, AVX"),
        device(driver: "oneDNN 2.6.3, AVX, library kernels only"),
        "this program's kernels", "library kernels only", "continue with this program's kernels"
      ),
      (
        device(.opencl, driver: platform),
        device(.opencl, driver: "Some OpenCL, OpenCL 3.0 One 1.2, LLVM, driver 1.3"), "driver 1.2",
        "driver 1.3", "continue with driver 1.2"
      ),
      (
        device(.opencl, driver: platform),
        device(.opencl, driver: "Some OpenCL, OpenCL 3.0 One 1.3, LLVM, driver 1.2"),
        "OpenCL 3.0 One 1.2", "OpenCL 3.0 One 1.3", "continue with OpenCL 3.0 One 1.2"
      ),
    ])
  func otherBitsAreRefused(
    _ first: DeviceInformation, _ second: DeviceInformation, _ begun: String, _ here: String,
    _ remedy: String
  ) throws {
    #expect(open(first, resume: false) == "no error")
    let before = try SmallStudy.files(out)
    #expect(
      open(second)
        == "\(out.path): the study was begun with \(begun), and its bits would differ with \(here); "
        + "\(remedy), or continue all the same with --resume=anyway, which is recorded")
    #expect(try SmallStudy.files(out) == before)
    #expect(open(first) == "no error")
  }

  @Test("another precision is refused, whatever else differs") func precision() throws {
    let float32 = Self.device(.opencl, driver: Self.platform)
    var tf32 = float32
    tf32.precision = .tf32
    (tf32.tuning, tf32.driver) = ("0123456789ab", Self.platform + ", emulated tensor cores")
    #expect(open(tf32, resume: false) == "no error")
    #expect(open(tf32) == "no error")
    #expect(
      open(float32)
        == "\(out.path): the study was begun in tf32, and its bits would differ in float32; continue "
        + "with --precision tf32, or continue all the same with --resume=anyway, which is recorded")
    #expect(open(float32, anyDevice: true) == "no error")
    #expect(
      open(tf32)
        == "\(out.path): the study was last continued in float32, and its bits would differ in tf32; "
        + "continue with --precision float32, or continue all the same with --resume=anyway, which "
        + "is recorded")
    let json = try String(contentsOf: out.appending(path: "study.json"), encoding: .utf8)
    #expect(json.contains("\"precision\" : \"tf32\"") && json.contains("\"float32\""))
  }

  /// Threads, memory and the processor's model do not matter.
  @Test("devices with the same bits are accepted") func theSameBitsAreNot() throws {
    let driver = "oneDNN 2.6.3, AVX2"
    #expect(open(Self.device(driver: driver), resume: false) == "no error")
    #expect(open(Self.device(name: "another model", driver: driver, units: 64)) == "no error")
    let json = try String(contentsOf: out.appending(path: "study.json"), encoding: .utf8)
    #expect(!json.contains("resumedOn"))
  }

  /// The first, the second and the first again; what each of them did is in the record.
  @Test("another device is recorded") func anotherDeviceIsRecorded() throws {
    let (first, second) = (
      Self.device(driver: "oneDNN 2.6.3, AVX2"), Self.device(driver: "oneDNN 2.6.3, SSE4.1")
    )
    #expect(open(first, resume: false) == "no error")
    #expect(open(first, anyDevice: true) == "no error")
    func folder(_ device: DeviceInformation, anyDevice: Bool = false) throws -> StudyFolder {
      try StudyFolder(
        out, identity: try SmallStudy.training().identity, device: device, resume: true,
        anyDevice: anyDevice)
    }
    #expect(try folder(first, anyDevice: true).mixedDevices == nil)
    #expect(
      try folder(second, anyDevice: true).mixedDevices
        == "a model, oneDNN 2.6.3, AVX2; a model, oneDNN 2.6.3, SSE4.1")
    // The last one counts.
    #expect(open(second) == "no error")
    let again = open(first)
    #expect(again.contains("last continued with SSE4.1, and its bits would differ with AVX2"))
    #expect(try folder(first, anyDevice: true).mixedDevices?.split(separator: ";").count == 3)
    // What makes it another study is refused all the same.
    let said = message {
      _ = try StudyFolder(
        out,
        identity: try SmallStudy.training { $0.replacingOccurrences(of: ": 16", with: ": 8") }
          .identity, device: second, resume: true, anyDevice: true)
    }
    #expect(said.contains("already holds another study"), "\(said)")
  }

  /// Makes the folder one that another version began.
  private func begin(with version: String) throws {
    let marker = out.appending(path: "study.json")
    var description = try StudyJSON.read(
      StudyFolder.Description.self, from: marker, remedy: "none")
    description.version = version
    try StudyJSON.encodeSealed(description).write(to: marker)
  }

  @Test("another version is refused or recorded") func anotherVersionIsRefusedOrRecorded() throws {
    let device = Self.device(driver: "oneDNN 2.6.3, AVX2")
    #expect(open(device, resume: false) == "no error")
    #expect(open(device) == "no error")
    try begin(with: "0.0.9")
    let before = try SmallStudy.files(out)
    #expect(
      open(device)
        == "\(out.path): the study was begun with version 0.0.9, and its bits may differ with version "
        + "\(toposheetVersion); continue with version 0.0.9, or continue all the same with "
        + "--resume=anyway, which is recorded")
    #expect(try SmallStudy.files(out) == before)
    func mixed() throws -> String? {
      try StudyFolder(
        out, identity: try SmallStudy.training().identity, device: device, resume: true,
        anyDevice: true
      ).mixedDevices
    }
    let names = "a model, oneDNN 2.6.3, AVX2, toposheet"
    for _ in 0..<2 {
      #expect(try mixed() == "\(names) 0.0.9; \(names) \(toposheetVersion)")
      // The last one counts.
      #expect(open(device) == "no error")
    }
    let other = Self.device(driver: "oneDNN 2.6.3, SSE4.1")
    let said = open(other)
    #expect(said.contains("last continued with AVX2, and its bits would differ with SSE4.1"))
  }

  /// Version 0.1.0 kept the devices that a study was continued with, and no versions.
  @Test("records of the first version are read") func recordsOfTheFirstVersionAreUnderstood() throws
  {
    let device = Self.device(driver: "oneDNN 2.6.3, AVX2")
    #expect(open(device, resume: false) == "no error")
    let marker = out.appending(path: "study.json")
    #expect(open(Self.device(driver: "oneDNN 2.6.3, SSE4.1"), anyDevice: true) == "no error")
    var description = try StudyJSON.read(
      StudyFolder.Description.self, from: marker, remedy: "none")
    #expect(description.resumedOn?.map(\.version) == [toposheetVersion])
    description.version = "0.1.0"
    description.resumedOn?[0].version = nil
    let json = try StudyJSON.encodeSealed(description)
    #expect(String(decoding: json, as: UTF8.self).components(separatedBy: "version\"").count == 2)
    try json.write(to: marker)
    #expect(
      open(device).contains(
        "was last continued with version 0.1.0, and its bits may differ with version "
          + toposheetVersion))
  }
}
