import Foundation
import TestSupport
import Testing
import TopoCompute

/// The file of `toposheet tune`, as commands meet it.
@Suite(
  "tune", .serialized,
  .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
struct TuneCommandTests {
  private let folder: TemporaryFolder
  private let verify = ["verify", "--small", "--device", "opencl:0", "--only", "linear"]

  init() throws { folder = try TemporaryFolder() }

  private var environment: [String: String] { ["TOPOSHEET_TUNING": folder.url.path] }

  private func write(_ text: String) throws -> URL {
    let place = TuningFolder(folder.url).file(for: try OpenCLDevice.available()[0])
    try text.write(to: place, atomically: true, encoding: .utf8)
    return place
  }

  @Test("a malformed file is refused unless it is not read")
  func aMalformedFileIsRefusedUnlessItIsNotRead() throws {
    let place = try write("toposheet-tuning 1\ndevice\n")
    try expectRefused(
      verify, ["\(place.path), line 2: should be `device`", "add --no-tuning"],
      environment: environment)
    #expect(try Command.run(verify + ["--no-tuning"], environment: environment).status == 0)
    #expect(try Command.run(verify, environment: ["TOPOSHEET_TUNING": "off"]).status == 0)
  }

  @Test("a stale file is noted once") func whatIsStaleIsToldOnce() throws {
    let place = try write("toposheet-tuning 7\n")
    let result = try Command.run(verify, environment: environment)
    #expect(result.status == 0)
    #expect(
      result.errors
        == "tuning: \(place.path) is of another version and not used; run `toposheet tune` again\n")
  }

  @Test("without a folder nothing is tuned") func withoutAPlaceNothingIsTuned() throws {
    try expectRefused(
      ["tune", "--device", "opencl:0"], ["TOPOSHEET_TUNING is off", "add --out"],
      environment: ["TOPOSHEET_TUNING": "off"])
    try expectRefused(
      ["tune", "--device", "opencl:0", "--out", folder.url.path], ["choose another file"])
    try expectRefused(["tune", "--members", "0", "--device", "opencl:0"], ["1 to 4096 members"])
  }
}
