import Foundation
import Testing

@testable import ToposheetCommand

/// The order of models that a folder holds.
@Suite("Order of models") struct ModelOrderTests {
  private func order(_ names: [String], in root: String) -> [String] {
    ModelOrder.sorted(names.map { URL(filePath: "\(root)/\($0)") })
      .map { String($0.path.dropFirst(root.count + 1)) }
  }

  /// Control, WS, AS; then by metric; then by lambda, as a number; then seeds as numbers.
  @Test("models without a study") func withoutAStudy() {
    let sorted = [
      "control", "ws-euclidean-0.25", "ws-euclidean-0.5", "ws-euclidean-10", "ws-cosine-0.1",
      "as-euclidean-1", "as-correlation-0.3",
    ].flatMap { condition in [2, 10].map { "\(condition)/seed-\($0)/model.safetensors" } }
    #expect(order(sorted.sorted(), in: "/nowhere") == sorted)
    #expect(order(sorted.reversed(), in: "/nowhere") == sorted)
    let other = [
      "control_seed0.safetensors", "control_seed1.safetensors", "ws-0.5_seed0.safetensors",
    ]
    #expect(
      order(["z.safetensors"] + other.reversed(), in: "/nowhere") == other + ["z.safetensors"])
  }

  /// A study's own order, of conditions and of seeds.
  @Test("models of a study") func ofAStudy() throws {
    let place = try Workplace()
    let plan = """
      name: order
      data: \(place.data)
      architecture: mnist
      conditions:
        - penalty: ws
          lambda: [1, 0.5]
        - penalty: control
      seeds: 3,1
      epochs: 1
      """
    try Data(plan.utf8).write(to: place.url("plan.yaml"))
    let result = try Command.run([
      "run", place.path("plan.yaml"), "--device", "cpu", "--out", place.path("study"),
    ])
    try #require(result.status == 0, "\(result.errors)")
    func conditions(_ text: String) -> [String] {
      text.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        .filter { $0 == "control" || $0.hasPrefix("ws-") }
    }
    let wanted = ["ws-euclidean-1", "ws-euclidean-0.5", "control"]
    #expect(Array(conditions(result.output).prefix(3)) == wanted)
    let evaluated = try Command.run([
      "evaluate", place.path("study"), "--data", place.data, "--device", "cpu", "--out",
      place.path("metrics"),
    ])
    #expect(conditions(evaluated.output) == wanted, "\(evaluated.output)\(evaluated.errors)")
    let csv = try String(contentsOf: place.url("metrics/metrics.csv"), encoding: .utf8)
    let rows = csv.components(separatedBy: "\r\n").map { $0.components(separatedBy: ",") }
    let seed = rows[0].firstIndex(of: "seed") ?? 0
    #expect(rows[1].contains("ws-euclidean-1") && rows[1][seed] == "3", "\(rows[1])")
    // One condition of one seed each gives no spread; two seeds do.
    #expect(evaluated.output.contains("±"))
    // Printed, kept, and printed again: the same.
    for folder in ["study", "metrics"] {
      let shown = try Command.run(["show", place.path(folder)])
      #expect(shown.status == 0, "\(shown.errors)")
      let kept = try String(contentsOf: place.url("\(folder)/tables.txt"), encoding: .utf8)
      #expect(shown.output == kept)
      #expect((folder == "study" ? result : evaluated).output.hasPrefix(kept))
    }
  }
}
