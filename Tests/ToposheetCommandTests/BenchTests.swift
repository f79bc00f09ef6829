import Foundation
import TestSupport
import Testing

/// `toposheet bench`: what it prints and writes, and what it refuses.
@Suite("bench", .serialized) struct BenchTests {
  private let small = [
    "bench", "--device", "cpu", "--architecture", "mnist", "--batch", "2", "--inference-batch", "2",
    "--seconds", "0.001",
  ]

  @Test("tables") func tables() throws {
    let result = try Command.run(
      small + ["--members", "1", "--only", "operations,training,profile", "--condition", "ws"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.isEmpty)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("cpu  "))
    #expect(lines.contains { $0.hasPrefix("peak: ") })
    #expect(lines.contains { $0.hasPrefix("network  operation") })
    #expect(lines.contains { $0.contains("3x3 s1 p1, 32 -> 64, 14 x 14, batch 2, 1 member") })
    #expect(lines.contains { $0.hasPrefix("mnist    training  ws ") })
    #expect(lines.contains { $0.hasPrefix("mnist, training 1 x ws, batch 2: ") })
    #expect(!result.output.contains("inference"))
  }

  @Test("JSON") func json() throws {
    let arguments =
      small + ["--members", "2", "--only", "training,inference", "--condition", "as", "--json"]
    let piped = try Command.run(arguments + ["-"])
    #expect(piped.status == 0, "\(piped.errors)")
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "bench.json")
    let written = try Command.run(arguments + [file.path])
    #expect(written.output.contains("images/s"))
    for data in [Data(piped.output.utf8), try Data(contentsOf: file)] {
      let object = try #require(
        try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(object["format"] as? Int == 1)
      let workloads = try #require(object["workloads"] as? [[String: Any]])
      #expect(workloads.map { $0["kind"] as? String } == ["training", "inference"])
      #expect(workloads.allSatisfy { $0["members"] as? Int == 2 })
      #expect(workloads[0]["condition"] as? String == "as" && workloads[1]["condition"] == nil)
    }
  }

  @Test("bad options are refused") func badOptions() throws {
    try expectRefused(
      ["bench", "--architecture", "resnet"], ["no architecture resnet: choose from mnist, cifar10"])
    try expectRefused(["bench", "--only", "peaks"], ["--only does not know \"peaks\""])
    try expectRefused(["bench", "--only", ""], ["--only does not know \"\""])
    try expectRefused(["bench", "--condition", "ws,es"], ["--condition does not know \"es\""])
    try expectRefused(["bench", "--members", "1,,8"], ["--members does not know \"\""])
    try expectRefused(["bench", "--members", "0"], ["a population of 0 is not possible"])
    try expectRefused(["bench", "--batch", "-1"], ["a batch has 1 to 65536 images"])
    try expectRefused(["bench", "--seconds", "-1"], ["-1.0 seconds make no sense"])
    try expectRefused(["bench", "--device", "opencl:99"], ["OpenCL"])
    try expectRefused(["bench", "--device", "cpu", "--threads", "0"], ["--threads"])
    try expectRefused(
      ["bench", "--json", "/no/where/bench.json"], ["/no/where/bench.json", "--json"])
    try expectRefused(["bench", "--json", ""], ["cannot be written"])
  }
}
