import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TopoCompute

/// What `toposheet tune` leaves, and what a device makes of it.
@Suite("Tuning files") struct TuningFileTests {
  private let temporary: TemporaryFolder
  private let folder: TuningFolder
  private let device = DeviceInformation(
    kind: .opencl, identifier: "opencl:0", name: "NVIDIA H100 80GB", vendor: "NVIDIA",
    driver: "CUDA, driver 1.2", computeUnits: 1, memory: 1, maximumAllocation: 1)
  private let logged = Log()

  private final class Log: Sendable {
    let lines = Mutex<[String]>([])
  }

  init() throws {
    temporary = try TemporaryFolder()
    var folder = TuningFolder(temporary.url.appending(path: "tuning"))
    folder.log = { [logged] line in logged.lines.withLock { $0.append(line) } }
    self.folder = folder
  }

  private var table: TuningTable {
    get throws {
      let key = TuningTable.Key(.backwardData, ConvolutionClass(source: 64, target: 32))
      var table = TuningTable([
        key: .init("gather", .init(32, 16, 4, item: (4, 4), unroll: 1, buffers: 1))
      ])
      table.clblastThreshold = 1 << 20
      let parameters = try #require(
        CLBlastParameters(.direct, [2, 8, 8, 8, 8, 1, 1, 2, 2, 32]))
      table.clblastParameters[.direct] = parameters
      return table
    }
  }

  private func write(_ text: String) throws {
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    try text.write(to: folder.file(for: device), atomically: true, encoding: .utf8)
  }

  @Test("files are read back") func filesAreReadBack() throws {
    #expect(try folder.table(for: device) == nil)
    let file = TuningFile(device, try table)
    #expect(file.text.hasPrefix("toposheet-tuning 1\ndevice NVIDIA H100 80GB\ndriver CUDA, "))
    #expect(file.text.contains("\nlinear clblast-from 1048576\nclblast XgemmDirect KWID=2 "))
    try write(file.text)
    #expect(folder.file(for: device).lastPathComponent.hasPrefix("nvidia-h100-80gb-"))
    #expect(try folder.table(for: device) == (try table))
    #expect(logged.lines.withLock { $0 } == [])
    #expect(try table.identity.count == 12)
    #expect(try table.identity != TuningTable().identity)
    try FileManager.default.removeItem(at: folder.url)
  }

  @Test("other drivers and versions are not used") func otherDriversAndVersionsAreNotUsed() throws {
    try write(TuningFile(device, try table).text)
    var newer = device
    newer.driver = "CUDA, driver 1.3"
    #expect(try folder.table(for: newer) == nil)
    #expect(logged.lines.withLock { $0.count } == 1)
    #expect(logged.lines.withLock { $0.last }?.contains("is of another driver") == true)
    // The name of the file is no proof.
    try write(TuningFile(newer, try table).text)
    #expect(try folder.table(for: device) == nil)
    #expect(logged.lines.withLock { $0.last }?.contains("is of another device or driver") == true)
    try write("toposheet-tuning 2\nwhatever\n")
    #expect(try folder.table(for: device) == nil)
    #expect(logged.lines.withLock { $0.last }?.contains("is of another version") == true)
    try FileManager.default.removeItem(at: folder.url)
  }

  @Test(
    "malformed files are one sentence",
    arguments: [
      ("", "line 1: should be `toposheet-tuning 1`"),
      ("toposheet-tuning one\n", "line 1: should be `toposheet-tuning 1`"),
      ("toposheet-tuning 1\n", "line 2: should be `device` and its name"),
      ("toposheet-tuning 1\ndevice a\nconvolution\n", "line 3: should be `driver`"),
      ("toposheet-tuning 1\ndevice a\ndriver b\n\nrelu x y z\n", "line 5: there is no pass relu"),
      ("toposheet-tuning 1\ndevice a\ndriver b\nlinear direct\n", "line 4: should be `linear"),
      (
        "toposheet-tuning 1\ndevice a\ndriver b\nclblast XgemmDirect KWID=2\n",
        "line 4: should be `clblast`"
      ),
    ])
  func malformedFilesAreOneSentence(_ text: String, _ expected: String) throws {
    try write(text)
    let error = try #require(throws: DeviceError.self) { try folder.table(for: device) }
    let path = folder.file(for: device).path
    #expect(error.description.hasPrefix("\(path), \(expected)"), "\(error)")
    #expect(error.description.hasSuffix("or add --no-tuning"))
    #expect(!error.description.contains("\n"))
    try FileManager.default.removeItem(at: folder.url)
  }

  @Test("the environment names the folder") func theEnvironmentNamesTheFolder() {
    func path(_ environment: [String: String]) -> String? {
      TuningFolder(environment: environment)?.url.path
    }
    #expect(path(["HOME": "/home/a"]) == "/home/a/.cache/toposheet/tuning")
    #expect(path(["HOME": "/home/a", "XDG_CACHE_HOME": "/c"]) == "/c/toposheet/tuning")
    #expect(path(["HOME": "/h", "XDG_CACHE_HOME": "c"]) == "/h/.cache/toposheet/tuning")
    #expect(path(["HOME": "/h", "TOPOSHEET_TUNING": "/t"]) == "/t")
    #expect(path(["HOME": "/h", "TOPOSHEET_TUNING": "off"]) == nil)
    #expect(path([:]) == nil)
  }

  @Test("impossible constants of CLBlast are refused") func constantsMustDivide() throws {
    let good = [2, 8, 8, 8, 8, 1, 1, 2, 2, 32]
    let parameters = try #require(CLBlastParameters(.direct, good))
    #expect(CLBlastParameters("\(parameters)") == parameters)
    for (index, value) in [(0, 3), (1, 12), (2, 0), (7, 3), (7, 8), (9, 24), (5, 2)] {
      var values = good
      values[index] = value
      #expect(CLBlastParameters(.direct, values) == nil, "\(values)")
    }
    #expect(CLBlastParameters(.direct, good + [1]) == nil)
    #expect(CLBlastParameters("XgemmDirect KWID=2") == nil)
    #expect(CLBlastParameters("\(parameters)".replacing("PADA", with: "PADC")) == nil)
    let shipped = DeviceProfile.nvidiaHopper.tuning().clblastParameters
    #expect(Set(shipped.keys) == Set(CLBlastParameters.Kernel.allCases))
    #expect(DeviceProfile.nvidiaAmpere.tuning().clblastParameters.isEmpty)
  }

  @Test(
    "devices say which tuning they use",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func devicesSayWhichTuningTheyHave() throws {
    var own = try table
    own.clblastParameters = [:]
    let tuned = try OpenCLDevice(index: 0, tuning: .table(own))
    let shipped = try OpenCLDevice(index: 0, tuning: .shipped)
    #expect(shipped.information.tuning == nil)
    #expect(tuned.information.tuning == shipped.shippedTuning.merging(own).identity)
    #expect(
      tuned.information.driverAndChoices.hasSuffix(", tuning \(tuned.information.tuning ?? "")"))
    #expect(shipped.information.driverAndChoices == shipped.information.driver)
    #expect(tuned.clblastThreshold == 1 << 20)
    // A table that says what ships anyway changes no bits.
    let same = try OpenCLDevice(index: 0, tuning: .table(shipped.shippedTuning))
    #expect(same.information.tuning == nil)
    let measuring = try tuned.measuring()
    #expect(measuring.information.tuning == tuned.information.tuning)
  }
}
