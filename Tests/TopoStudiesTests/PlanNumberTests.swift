import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoEvaluation
import TopoSheets

@testable import TopoStudies

/// Numbers of plans and suites: decimal or refused, wherever one stands.
@Suite("Numbers in plans") struct PlanNumberTests {
  /// A plan with a number in every place that takes one; `at` replaces what stands in one of them.
  private func plan(_ place: String = "", _ value: String = "") throws -> Plan {
    func at(_ name: String, _ usual: String) -> String { name == place ? value : usual }
    return try PlanTests.plan(
      """
      name: numbers
      data: somewhere
      subset: \(at("subset", "100"))
      architecture: mnist
      sheet: [\(at("rows", "11")), \(at("columns", "11"))]
      conditions:
        - penalty: ws
          lambda: \(at("lambda", "1"))
        - penalty: as
          lambda: [2, \(at("lambdas", "3"))]
      seeds: \(at("seeds", "0"))
      epochs: \(at("epochs", "5"))
      batch: \(at("batch", "64"))
      learning-rate: \(at("learning-rate", "1e-3"))
      optimizer: sgd
      momentum: \(at("momentum", "0.9"))
      evaluation:
        subset: \(at("test", "50"))
        noise: white
        levels: [0.5, \(at("levels", "0.25"))]
        draws: \(at("draws", "2"))
        noise-seed: \(at("noise-seed", "1"))
      """)
  }

  private static let whole = [
    "subset", "rows", "columns", "seeds", "epochs", "batch", "test", "draws", "noise-seed",
  ]
  private static let places = whole + ["lambda", "lambdas", "learning-rate", "momentum", "levels"]

  private func value(_ place: String, of plan: Plan) throws -> Double {
    switch place {
    case "subset": Double(plan.subset ?? 0)
    case "rows": Double(plan.sheet.rows)
    case "columns": Double(plan.sheet.columns)
    case "lambda": plan.conditions[0].lambda
    case "lambdas": plan.conditions[2].lambda
    case "seeds": Double(plan.seeds.seeds[0])
    case "epochs": Double(plan.epochs)
    case "batch": Double(plan.batch)
    case "learning-rate": Double(plan.learningRate)
    case "test": Double(plan.evaluation.subset ?? 0)
    case "draws": Double(try plan.sweeps()[0].draws)
    case "noise-seed": Double(try plan.sweeps()[0].seed)
    default: .nan
    }
  }

  @Test("leading zeros are decimal", arguments: places)
  func leadingZerosAreDecimal(place: String) throws {
    switch place {
    case "momentum": #expect(try plan(place, "00.5").rule == .sgd(momentum: 0.5))
    case "levels": #expect(try plan(place, "00.75").sweeps()[0].severities == [0.5, 0.75])
    default:
      for (text, number) in [("012", 12.0), ("0010", 10), ("09", 9), ("007", 7)] {
        #expect(try value(place, of: plan(place, text)) == number, "\(text)")
      }
    }
  }

  @Test("other notations are refused", arguments: places)
  func otherNotationsAreRefused(place: String) throws {
    for text in [
      "0o10", "0x10", "0b11", "1_0", "1:30", "0:30", "190:20:30.15", "1 2", "ten", "!!int 0x1",
    ] {
      let said = message { _ = try plan(place, text) }
      #expect(said.hasPrefix("plan.yaml, line "), "\(text): \(said)")
      let isNamed =
        place == "seeds"
        ? said.contains("is not a seed")
        : said.contains("in decimal digits") && (said.contains(place.prefix(5)) || place == "test")
      #expect(isNamed || ["rows", "columns", "lambdas"].contains(place), "\(text): \(said)")
    }
  }

  @Test("whole numbers must be whole", arguments: whole)
  func wholeNumbersAreWhole(place: String) throws {
    for text in ["1.5", "1e1", "1.", ".inf", "[1]", "{a: 1}", "-1", "18446744073709551616"] {
      // A list of one is a value of its own where lists may stand.
      if place == "seeds", text == "[1]" { continue }
      let said = message { _ = try plan(place, text) }
      #expect(said.hasPrefix("plan.yaml, line "), "\(text): \(said)")
      #expect(!said.contains("\n"), "\(text): \(said)")
    }
  }

  @Test("seeds have 64 bits") func seedsGoAsFarAsSeedsDo() throws {
    let most = "18446744073709551615"
    #expect(try plan("noise-seed", most).sweeps()[0].seed == .max)
    #expect(try plan("seeds", most).seeds.seeds == [.max])
    #expect(
      message { _ = try plan("noise-seed", "-1") }.contains(
        "noise-seed is -1, but must be a whole number from 0 to \(most)"))
  }

  @Test(
    "numbers out of range are refused",
    arguments: [
      ("lambda", ".inf"), ("lambdas", ".nan"), ("learning-rate", "1e-60"),
      ("learning-rate", "1e60"), ("learning-rate", ".inf"), ("momentum", ".nan"),
      ("levels", "-.inf"), ("levels", "1e400"),
    ])
  func numbersThatCannotBeUsed(place: String, text: String) throws {
    let said = message { _ = try plan(place, text) }
    #expect(said.hasPrefix("plan.yaml, line "), "\(said)")
  }

  @Test("quoted numbers are numbers") func quotedNumbersAreNumbers() throws {
    #expect(try plan("epochs", "\"010\"").epochs == 10)
    #expect(try plan("lambda", "'0.5'").conditions[0].lambda == 0.5)
  }

  @Test("a byte order mark is ignored") func aByteOrderMarkIsPassedOver() throws {
    let text = "\u{FEFF}" + PlanTests.small
    #expect(try PlanTests.plan(text).name == "small")
    // With carriage returns, as Windows' editors write them; and from a file.
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "plan.yaml")
    try Data([0xEF, 0xBB, 0xBF] + PlanTests.small.replacing("\n", with: "\r\n").utf8).write(
      to: file)
    #expect(try Plan(contentsOf: file).epochs == 2)
    #expect(message { _ = try PlanTests.plan("\u{FEFF}") }.hasPrefix("plan.yaml: is empty"))
  }

  @Test("large numbers are decimal too") func largeNumbersAreDecimalAllTheSame() {
    let said = message { _ = try plan("batch", "99999999999999999999") }
    #expect(said.hasSuffix("but must be a whole number from 1 to 65536"), "\(said)")
  }

  @Test(
    "lists and mappings as a seed are refused",
    arguments: [("{a: 1}", "keys with values"), ("[0, [1, 2]]", "a list")])
  func seedsThatAreNoTexts(seeds: String, what: String) {
    let said = message { _ = try plan("seeds", seeds) }
    #expect(
      said
        == "plan.yaml, line 11: seeds has \(what) for a seed; write them as 0-2,7 or [0, 1, 2, 7]")
  }

  // MARK: Caps

  @Test(
    "seeds are capped however they are written",
    arguments: [
      "0-100000", "0-99999,100000", "0-49999,100000-150000", "[0-99999, 200000]",
      "[0-60000, 70000-130000]",
    ])
  func seedsAreCappedHoweverTheyAreWritten(seeds: String) throws {
    let said = message { _ = try plan("seeds", seeds) }
    #expect(said.contains("are more than 100000; ask for fewer"), "\(said)")
    #expect(said.hasPrefix("plan.yaml, line 11"), "\(said)")
  }

  @Test("a long list is capped too") func aLongListIsCappedToo() throws {
    let all = (0...100_000).map(String.init)
    for text in [all.joined(separator: ","), "[" + all.joined(separator: ", ") + "]"] {
      let said = message { _ = try plan("seeds", text) }
      #expect(said.contains("are more than 100000") && said.count < 200, "\(said.prefix(300))")
    }
  }

  @Test("networks are capped") func networksAreCapped() throws {
    // Three conditions.
    #expect(try plan("seeds", "0-33332").members.count == 99_999)
    let said = message { _ = try plan("seeds", "0-33333") }
    #expect(
      said.hasSuffix("3 conditions of 33334 seeds are more than 100000 networks; ask for fewer"))
  }

  /// A plan with lists of metrics and lambdas.
  private func plan(metrics: Int, lambdas: Int, seeds: String) throws -> Plan {
    let metrics = [String](repeating: "cosine", count: metrics).joined(separator: ", ")
    let lambdas = (1...lambdas).map { "\($0)" }.joined(separator: ", ")
    return try PlanTests.plan(
      """
      name: many
      data: somewhere
      architecture: mnist
      conditions: [{penalty: ws, metric: [\(metrics)], lambda: [\(lambdas)]}]
      seeds: \(seeds)
      epochs: 1
      """)
  }

  @Test("networks are counted before any is made") func networksAreCountedBeforeAnyIsMade() {
    for (metrics, lambdas, seeds, count) in [
      (1, 30_000, "0-3", 30_000), (2, 50_001, "0", 100_002), (3_000, 3_000, "7", 9_000_000),
    ] {
      let said = message {
        _ = try plan(metrics: metrics, lambdas: lambdas, seeds: seeds)
      }
      #expect(
        said.hasPrefix("plan.yaml, line 5: \(count) conditions of ")
          && said.hasSuffix("are more than 100000 networks; ask for fewer"), "\(said)")
    }
  }

  /// Eight times as many conditions take about eight times as long, not 64 times. Time is that of
  /// this thread, so that other work on the machine does not count.
  @Test("many conditions are read in linear time") func manyConditionsAreReadInNoTime() throws {
    func seconds(lambdas: Int) throws -> Double {
      func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
      }
      return try (0..<3).map { _ in
        let start = now()
        let count = try plan(metrics: 1, lambdas: lambdas, seeds: "0-1").members.count
        let end = now()
        #expect(count == 2 * lambdas)
        return end - start
      }.min() ?? 0
    }
    let (few, many) = (try seconds(lambdas: 1_000), try seconds(lambdas: 8_000))
    #expect(many < 24 * few, "\(few) s and \(many) s")
  }
}
