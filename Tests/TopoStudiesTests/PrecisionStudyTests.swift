import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoTraining

@testable import TopoStudies

/// Studies in tf32, on emulated tensor cores.
@Suite(
  "Studies in tf32", .serialized,
  .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
struct PrecisionStudyTests {
  private let temporary: TemporaryFolder
  private let device: OpenCLDevice

  init() throws {
    temporary = try TemporaryFolder()
    device = try OpenCLDevice(index: 0, precision: .tf32, emulatesTensorCores: true)
  }

  private func folder(_ name: String) -> URL { temporary.url.appending(path: name) }

  private func study(_ change: (String) -> String = { $0 }) throws -> StudyRun {
    let text = change(SmallStudy.yaml.replacing("epochs: 3", with: "epochs: 2"))
    return try StudyRun(
      plan: try Plan(yaml: text + "\nprecision: tf32", file: "plan.yaml"),
      dataset: SmallStudy.dataset)
  }

  /// The models of the members of one seed.
  private func models(_ folder: URL) throws -> [String: Data] {
    try SmallStudy.files(folder).filter {
      $0.key.hasSuffix("seed-4/model.safetensors")
    }
  }

  @Test("alone and in company, stopped and resumed: the same bits") func bits() throws {
    let (whole, stopped, alone) = (folder("whole"), folder("stopped"), folder("alone"))
    let wanted = try study().run(in: whole, device: device, resume: false)
    var rounds = 0
    // Room for another number of members each time.
    while true {
      var run = try study().training
      run.memoryLimit = try PackTests.training(roomFor: 1 + rounds % 3, on: device).memoryLimit
      let request = CountedRequest(after: 5)
      run.isInterrupted = { request.isMade }
      do {
        try run.run(in: stopped, device: device, resume: true)
        break
      } catch is StudyInterruption {
        rounds += 1
        try #require(rounds < 30)
      }
    }
    #expect(rounds > 1)
    let outcome = try study().run(in: stopped, device: device, resume: true)
    #expect(outcome.records.map(\.value) == wanted.records.map(\.value))
    let files = try SmallStudy.files(whole)
    for (name, data) in try SmallStudy.files(stopped) { #expect(files[name] == data, "\(name)") }
    _ = try study { $0.replacing("seeds: 0,4", with: "seeds: 4") }
      .run(in: alone, device: device, resume: false)
    #expect(try models(alone).count == 2)
    #expect(try models(alone) == models(whole))
    // Tensor cores took part: in float32 the bits are others.
    let float32 = folder("float32")
    try SmallStudy.training { $0.replacing("epochs: 3", with: "epochs: 2") }
      .run(in: float32, device: try OpenCLDevice(index: 0), resume: false)
    for (name, data) in try models(float32) { #expect(files[name] != data, "\(name)") }
    // What was computed with is on record.
    let json = String(decoding: try #require(files["study.json"]), as: UTF8.self)
    #expect(json.contains("\"precision\" : \"tf32\""))
    let metrics = String(decoding: try #require(files["metrics.json"]), as: UTF8.self)
    #expect(metrics.contains("emulated tensor cores, precision tf32\""))
    #expect(Provenance(of: whole).processes.map(\.precision) == ["tf32"])
    let plan = String(decoding: try #require(files["plan.yaml"]), as: UTF8.self)
    #expect(plan.contains("\nprecision: tf32\n"))
  }

  @Test("a device of another precision than the plan's is refused") func otherPrecision() throws {
    let folder = folder("refused")
    for devices in [[try OpenCLDevice(index: 0)], [device, try OpenCLDevice(index: 0)]] {
      let said = message { _ = try study().run(in: folder, devices: devices, resume: false) }
      #expect(
        said
          == "the plan computes in tf32, but opencl:0 was opened in float32; open it with precision: "
          + "plan.precision", "\(said)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
