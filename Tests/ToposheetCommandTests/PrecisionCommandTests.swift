import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoStudies

@testable import ToposheetCommand

/// `--precision`, and the plan's key of that name.
@Suite("--precision", .serialized) struct PrecisionCommandTests {
  private let place: Workplace
  private let emulated = ["TOPOSHEET_TENSOR_CORES": "emulated"]

  init() throws {
    place = try Workplace()
    let plan = """
      name: small study
      data: \(place.data)
      architecture: mnist
      conditions:
        - penalty: control
      seeds: 0-1
      epochs: 1
      subset: 60
      evaluation: {subset: 20}
      """
    try Data(plan.utf8).write(to: place.url("plan.yaml"))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: place.url(name), encoding: .utf8)
  }

  private func run(_ out: String, _ more: String...) -> [String] {
    ["run", place.path("plan.yaml"), "--out", place.path(out)] + more
  }

  @Test("a device without tensor cores is refused by every command") func refused() throws {
    let empty = place.url("nothing")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    // Without OpenCL no device has them.
    let environment = ["OCL_ICD_VENDORS": empty.path, "OPENCL_VENDOR_PATH": empty.path]
    let model = try place.model().path
    let plan = place.path("plan.yaml")
    for arguments in [
      place.train("out"), run("out"), run("out", "--shard", "1/2"), ["plan", "check", plan],
      ["evaluate", model, "--data", place.data, "--out", place.path("out")],
      ["atlas", model, "--data", place.data, "--out", place.path("out.html")],
      ["map", model, "--data", place.data, "--out", place.path("out.png")],
      ["bench", "--quick"], ["verify", "--small"],
    ] {
      try expectRefused(
        arguments + ["--precision", "tf32"],
        [
          "cpu (",
          ") cannot compute in tf32: it has no tensor cores; none of the devices here can, "
            + "so compute in float32",
        ], environment: environment)
      #expect(!place.exists("out") && !place.exists("out.html") && !place.exists("out.png"))
    }
    // A setting is the same.
    try expectRefused(
      run("out", "--set", "precision=tf32"), ["cannot compute in tf32"], environment: environment)
    try expectRefused(
      run("out", "--set", "precision=tf32", "--precision", "float32"),
      ["--set precision=...: is given twice; keep one"])
  }

  @Test("the option replaces the plan's key") func replaced() throws {
    try Data((text("plan.yaml") + "\nprecision: tf32\n").utf8).write(to: place.url("plan.yaml"))
    try expectRefused(run("out", "--device", "cpu"), ["cannot compute in tf32"])
    let result = try Command.run(run("out", "--device", "cpu", "--precision", "float32"))
    #expect(result.status == 0, "\(result.errors)")
    let kept = try text("out/plan.yaml")
    #expect(kept.contains("plan.yaml with\n# --set precision=float32\n"), "\(kept)")
    #expect(kept.contains("\nprecision: float32\n"))
  }

  @Test("jobs of a cluster have the precision of their plan") func slurm() throws {
    let result = try Command.run([
      "slurm", place.path("plan.yaml"), "--out", place.path("jobs"), "--shards", "2", "--precision",
      "tf32",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Plan(contentsOf: place.url("jobs/slurm/plan.yaml")).precision == .tf32)
    #expect(try !text("jobs/slurm/train.sh").contains("precision"))
  }

  @Test("devices say which precisions they have") func devices() throws {
    #expect(
      DevicesCommand.rows(nil).isEmpty && DevicesCommand.rows(.cpu) == [["precision", "float32"]])
    let lines = try Command.run(["devices"]).output.split(separator: "\n")
    #expect(lines.contains { $0.split(separator: " ") == ["precision", "float32"] })
    guard TestDevices.hasOpenCL else { return }
    let output = try Command.run(["devices"], environment: emulated).output
    #expect(output.contains("  float32, tf32 (emulated)\n"), "\(output)")
  }

  @Test("a failed trial is a line of its own") func failedTrial() {
    var support = DevicesCommand.rows(.cpu)
    support.append(["", "no tf32: a trial failed"])
    var failed = PrecisionSupport.cpu
    failed.failure = "a trial failed"
    #expect(DevicesCommand.rows(failed) == support)
  }

  @Test(
    "training in tf32 is recorded, resumed and refused in float32",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func training() throws {
    let device = ["--device", "opencl:0"]
    let arguments = place.train("out").filter { $0 != "cpu" && $0 != "--device" } + device
    let tf32 = ["--precision", "tf32"]
    // The cpu device cannot, and another one can.
    try expectRefused(
      place.train("out", tf32), ["cpu (", "; opencl:0 (", ") can: name it with --device"],
      environment: emulated)
    let result = try Command.run(arguments + tf32, environment: emulated)
    #expect(result.status == 0 && result.errors.contains(" (opencl:0) in tf32"), "\(result.errors)")
    #expect(try Plan(contentsOf: place.url("out/plan.yaml")).precision == .tf32)
    #expect(try text("out/study.json").contains("\"precision\" : \"tf32\""))
    #expect(try text("out/provenance.json").contains("\"precision\" : \"tf32\""))
    let before = try place.files("out")
    try expectRefused(
      arguments + ["--resume"],
      ["was begun in tf32, and its bits would differ in float32; continue with --precision tf32"],
      environment: emulated)
    #expect(try place.files("out") == before)
    let again = try Command.run(arguments + tf32 + ["--resume"], environment: emulated)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try place.files("out") == before)
  }

  @Test(
    "verify checks tf32 on emulated tensor cores",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func verify() throws {
    let arguments = [
      "verify", "--small", "--device", "opencl:0", "--only", "convolution, backward weight",
    ]
    let result = try Command.run(
      arguments + ["--precision", "tf32", "--all-algorithms"], environment: emulated)
    #expect(result.status == 0, "\(result.output)")
    for line in [
      ", emulated tensor cores, in tf32\n", "\nconvolution-backward-weight=tensor\n",
      "\nconvolution-backward-weight=tensor-split\n",
    ] { #expect(result.output.contains(line), "\(result.output)") }
    #expect(!result.output.contains("FAILED"))
    let plain = try Command.run(arguments, environment: emulated)
    #expect(plain.status == 0 && !plain.output.contains("tf32"), "\(plain.output)")
    try expectRefused(
      arguments + ["--algorithm", "convolution=tensor"], ["add --precision tf32"],
      environment: emulated)
  }

  @Test(
    "kernels lists those of real tensor cores",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func kernels() throws {
    func list(_ more: String...) throws -> [Substring] {
      let result = try Command.run(
        ["kernels", "--profile", "nvidia-hopper", "--out", place.path("kernels")] + more)
      #expect(result.status == 0, "\(result.errors)")
      return result.output.split(separator: "\n")
    }
    let tensor = try list("--precision", "tf32").filter { $0.contains("-DTENSOR_PRODUCTS=1") }
    #expect(tensor.count > 12 && tensor.allSatisfy { $0.contains("-DEMULATED=0") })
    #expect(try text("kernels/implicit_gemm.cl").contains("mma.sync"))
    #expect(try !list().contains { $0.contains("TENSOR_PRODUCTS") })
  }
}
