import Foundation
import Testing

/// `toposheet compare`.
@Suite("compare", .serialized) struct CompareTests {
  /// A folder with the results of networks of three conditions and two seeds.
  private func results(_ place: Workplace, _ name: String) throws -> String {
    let trained = try Command.run([
      "train", "--data", place.data, "--architecture", "mnist", "--penalty", "control,ws",
      "--lambda", "0.5,1,2", "--seeds", "0-1", "--epochs", "1", "--device", "cpu", "--out",
      place.path("trained"),
    ])
    try #require(trained.status == 0, "\(trained.errors)")
    let evaluated = try Command.run([
      "evaluate", place.path("trained"), "--data", place.data, "--noise", "white", "--levels",
      "0.1,0.2", "--draws", "2",
      "--device", "cpu", "--out", place.path(name),
    ])
    try #require(evaluated.status == 0, "\(evaluated.errors)")
    return place.path(name)
  }

  @Test("conditions are compared with control, and the numbers are written") func against() throws {
    let place = try Workplace()
    let folder = try results(place, "evaluated")
    let result = try Command.run([
      "compare", folder, "--include-dead", "--measures", "morans-i,accuracy,accuracy-change",
      "--out", place.path("all.csv"),
    ])
    try #require(result.status == 0, "\(result.errors)")
    for part in [
      "ws-euclidean-0.5", "accuracy under white %", "less control", "With 2 seeds", "trend",
    ] {
      #expect(result.output.contains(part), "\(result.output)")
    }
    let first = try #require(result.output.range(of: "morans-i"))
    let second = try #require(result.output.range(of: "accuracy %"))
    #expect(first.lowerBound < second.lowerBound)
    let rows = try String(contentsOf: place.url("all.csv"), encoding: .utf8)
      .split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    // Three conditions in Moran's I and accuracy, clean and under noise, and in the change.
    #expect(rows.count == 1 + 3 * 5 && rows.allSatisfy { $0.count == rows[0].count })
    #expect(rows.dropFirst().allSatisfy { $0[8] == "2" && $0[7] == "control" })
  }

  @Test("a run compared with itself has no differences") func runs() throws {
    let place = try Workplace()
    let folder = try results(place, "evaluated")
    let result = try Command.run(["compare", folder, folder, "--include-dead"])
    #expect(result.status == 0 && result.output.contains("0 to 0"), "\(result.output)")
    let lambdas = try Command.run([
      "compare", folder, "--by", "lambda", "--include-dead", "--measures", "accuracy",
    ])
    #expect(lambdas.output.contains("ws-euclidean-2"), "\(lambdas.output)\(lambdas.errors)")
    #expect(lambdas.output.contains("trend"), "\(lambdas.output)")
    #expect(!lambdas.output.contains("less control"), "\(lambdas.output)")

    let fewer = try Command.run([
      "evaluate", place.path("trained"), "--data", place.data, "--subset", "8", "--device", "cpu",
      "--out", place.path("fewer"),
    ])
    try #require(fewer.status == 0, "\(fewer.errors)")
    let other = try Command.run([
      "compare", folder, place.path("fewer"), "--include-dead", "--measures", "accuracy",
    ])
    #expect(other.output.contains("The runs differ in images, too"), "\(other.output)")

    for (arguments, parts) in [
      ([place.path("none")], ["none", "does not exist", "--out"]),
      ([place.path("data")], ["data", "holds no metrics.csv", "--out"]),
      ([folder, "--against", "ws-cosine-1"], ["ws-cosine-1", "--against from control"]),
      ([folder, "--by", "layout"], ["layout", "--against"]),
      ([folder, "--by", "shape"], ["shape", "metric"]),
      ([folder, "--measures", "acuracy"], ["do you mean accuracy"]),
      ([folder, "--measures", "acc"], ["do you mean accuracy, accuracy-change"]),
      ([folder, "--measures", ","], ["names nothing"]),
      ([folder, folder, "--by", "lambda"], ["leave out --against and --by"]),
      ([folder, folder, folder], ["one folder of results, or two"]),
      ([folder, "--out", place.path("no/such.csv")], ["such.csv", "does not exist"]),
    ] { try expectRefused(["compare"] + arguments, parts) }
  }
}
