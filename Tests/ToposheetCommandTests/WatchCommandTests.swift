import Foundation
import TestSupport
import Testing

/// Event files for TensorBoard, by option and by the plan.
@Suite("watching") struct WatchCommandTests {
  private static let file = "tensorboard/control/seed-0/events.out.tfevents.1.toposheet"

  private func plan(_ place: Workplace) throws {
    let text = """
      name: watched
      data: \(place.data)
      architecture: mnist
      conditions: [{penalty: control}]
      seeds: 0
      epochs: 1
      batch: 16
      tensorboard: true
      """
    try Data(text.utf8).write(to: place.url("plan.yaml"))
  }

  private func run(_ place: Workplace, _ out: String, _ more: [String]) throws {
    let result = try Command.run(
      ["run", place.path("plan.yaml"), "--out", place.path(out), "--device", "cpu"] + more)
    try #require(result.status == 0, "\(result.errors)")
  }

  @Test("a plan with tensorboard: true writes event files") func byPlan() throws {
    let place = try Workplace()
    try plan(place)
    try run(place, "planned", [])
    #expect(place.exists("planned/\(Self.file)"))
    let kept = try String(contentsOf: place.url("planned/plan.yaml"), encoding: .utf8)
    #expect(kept.contains("\ntensorboard: true\n"), "\(kept)")
    try run(place, "without", ["--set", "tensorboard=false"])
    #expect(!place.exists("without/tensorboard"))
    try run(place, "by-option", ["--set", "tensorboard=false", "--tensorboard"])
    #expect(place.exists("by-option/\(Self.file)"))
    // In the folder of a shard, and then in that of the study.
    try run(place, "parts", ["--shard", "1/1"])
    #expect(place.exists("parts/shards/1-of-1/\(Self.file)"))
    try run(place, "parts", ["--resume"])
    #expect(place.exists("parts/\(Self.file)"))
  }
}
