import TopoEvaluation
import TopoFoundation
import TopoStatistics

/// A row of the verdict table: a test of a claim on one data set and penalty.
struct VerdictRow: Sendable {
  /// The difference at one lambda.
  struct AtLambda: Sendable {
    var lambda: Double
    var sample: PairedSample
    /// Corrected over the lambdas.
    var correctedP: Double?
  }

  var claim: Claim
  var test: Claim.Test
  /// The data set; nil if the claim is about one that is not here.
  var dataset: String?
  /// The label of the penalty without lambda; nil if no such penalty is here.
  var family: String?
  var isUntransposed = false
  /// Means over lambdas of the differences to control, a seed each.
  var sample = PairedSample([])
  /// The study that the row is about; nil without `dataset`.
  var setting: NetworkValues.Setting?
  /// Mean of all living control networks with a value, of these seeds or not.
  var control: Double?
  /// The smallest difference that matters, in the unit of the measure.
  var smallest: Double?
  var lambdas: [AtLambda] = []
  /// The images that the measures are about: `500 test images`; empty if nothing was measured.
  var images = ""
  /// Seeds of these networks that are left out: without control, dead or undefined.
  var leftOut = 0
  /// How many of them have a dead network.
  var leftOutDead = 0
  /// Of the sign-flip test, corrected over the rows of the claim.
  var correctedP: Double?
  var verdict = Verdict.notMeasured
  /// Why there is no verdict, or what to bear in mind.
  var remark = ""

  /// `2 with dead networks, 1 without a value`
  var leftOutText: String {
    let others = leftOut - leftOutDead
    return [
      leftOutDead > 0 ? "\(leftOutDead) with dead networks" : nil,
      others > 0 ? "\(others) without a network or value" : nil,
    ].compactMap { $0 }.joined(separator: ", ")
  }
}

/// The verdict table of a report.
struct VerdictTable: Sendable {
  let rows: [VerdictRow]

  /// The rows of all claims, each for the data sets and penalties that it is about. p values are
  /// corrected by Holm's method over the rows of a claim on one data set.
  init(_ studies: [StudyResults], claims: [Claim] = PaperClaims.all) {
    rows = claims.flatMap { claim -> [VerdictRow] in
      let fitting = studies.filter { claim.dataset == nil || claim.dataset == $0.setting.dataset }
      guard !fitting.isEmpty else {
        return claim.tests.prefix(1).map { test in
          var row = VerdictRow(claim: claim, test: test)
          row.remark = "no networks of \(claim.dataset ?? "a data set") here"
          return row
        }
      }
      return fitting.flatMap { Self.rows(claim, $0) }
    }
  }

  private static func rows(_ claim: Claim, _ study: StudyResults) -> [VerdictRow] {
    let families = study.families.filter(claim.isAbout)
    guard !families.isEmpty else {
      return claim.tests.prefix(1).map { test in
        var row = VerdictRow(claim: claim, test: test, dataset: study.setting.dataset)
        row.setting = study.setting
        row.remark =
          "no networks with \(claim.penalties.map { $0.uppercased() }.sorted().listed("or"))"
        return row
      }
    }
    var rows = claim.tests.flatMap { test in
      families.map { family in
        var row = VerdictMeasurement(test, study, family).row(claim)
        row.setting = study.setting
        return row
      }
    }
    // A test that nothing was evaluated for needs one row.
    var known: Set<String> = []
    rows.removeAll { row in
      let isMissing = row.sample.count == 0 && row.control == nil
      return isMissing && !known.insert(row.test.title).inserted
    }
    let corrected = HolmCorrection.adjusted(
      rows.map { $0.sample.count > 1 ? $0.sample.signFlip.number : nil })
    let tests = corrected.count { $0 != nil }
    return zip(rows, corrected).map { row, p in decided(row, p, tests: tests) }
  }

  private static func decided(_ row: VerdictRow, _ p: Double?, tests: Int) -> VerdictRow {
    var row = row
    row.correctedP = p
    guard row.sample.count > 0, let mean = row.sample.mean.number, let smallest = row.smallest
    else { return row }
    let interval = row.sample.tInterval()
    row.verdict = .decide(
      row.test.direction, mean: mean, interval: interval, correctedP: p, smallest: smallest)
    let least = PairedSample.smallestSignFlip(pairs: row.sample.count) * Double(tests)
    var remarks = row.remark.isEmpty ? [] : [row.remark]
    if row.sample.count < 2 {
      remarks.append("one seed: no interval and no test")
    } else if row.verdict == .undecided, least >= Verdict.level {
      remarks.append("\(row.sample.count) seeds cannot reach p < \(Verdict.level)")
    } else if row.verdict == .supported, row.test.direction != .notLarger, abs(mean) < smallest {
      remarks.append("smaller than the smallest difference that matters")
    } else if row.verdict == .supported, row.test.direction == .other {
      remarks.append(mean > 0 ? "larger than in control" : "smaller than in control")
    }
    if [.supported, .opposite].contains(row.verdict), row.test.direction != .notLarger,
      interval?.contains(0) == true
    {
      remarks.append("the 95 % interval contains 0, because it assumes normal differences")
    }
    row.remark = remarks.joined(separator: "; ")
    return row
  }
}

/// The differences of a penalty and control in a test.
private struct VerdictMeasurement {
  private let test: Claim.Test
  private let study: StudyResults
  private let family: ConditionFamily
  private let measures: [ComparedMeasure]

  init(_ test: Claim.Test, _ study: StudyResults, _ family: ConditionFamily) {
    (self.test, self.study, self.family) = (test, study, family)
    measures = test.measures(study).filter(study.has)
  }

  func row(_ claim: Claim) -> VerdictRow {
    var row = VerdictRow(
      claim: claim, test: test, dataset: study.setting.dataset, family: family.name,
      isUntransposed: family.isUntransposed)
    guard let control = study.control else {
      row.remark = "no control networks"
      return row
    }
    guard !measures.isEmpty else {
      row.family = nil
      row.remark = "needs \(test.needs)"
      return row
    }
    row.images = Set(measures.map(study.imageText)).sorted().listed()
    let base = values(of: control)
    let members = family.members.map {
      (lambda: $0.lambda, condition: $0.condition, values: values(of: $0.condition))
    }
    row.lambdas = members.map { member in
      VerdictRow.AtLambda(
        lambda: member.lambda,
        sample: PairedSample(
          member.values.sorted { $0.key < $1.key }.compactMap { seed, value in
            base[seed].map { value - $0 }
          }))
    }
    let corrected = HolmCorrection.adjusted(
      row.lambdas.map { $0.sample.count > 1 ? $0.sample.signFlip.number : nil })
    for (index, p) in corrected.enumerated() { row.lambdas[index].correctedP = p }
    // A lambda without any living network does not count; of the others, a seed needs all.
    let alive = members.filter { !$0.values.isEmpty }
    let complete = base.keys.sorted().filter { seed in
      alive.allSatisfy { $0.values[seed] != nil }
    }
    let seeds = alive.isEmpty ? [] : complete
    row.sample = PairedSample(
      seeds.map { seed in
        Statistics.mean(alive.compactMap { $0.values[seed] }) - (base[seed] ?? 0)
      })
    let all = family.members.reduce(into: study.seeds[control] ?? []) { seeds, member in
      seeds.formUnion(study.seeds[member.condition] ?? [])
    }
    row.leftOut = all.count - seeds.count
    let conditions = [control] + alive.map(\.condition)
    row.leftOutDead = all.subtracting(seeds).count { seed in
      conditions.contains { study.isDead($0, seed: seed) }
    }
    row.control = base.isEmpty ? nil : Statistics.mean(base.sorted { $0.key < $1.key }.map(\.value))
    row.smallest = Self.smallest(test, control: row.control)
    if seeds.isEmpty {
      row.remark = "no seed has a living network of control and of each lambda with a value"
    } else {
      row.remark = [
        alive.count < members.count ? "lambdas without living networks are left out" : nil,
        test.isChangeOfAccuracy ? cleanAccuracy(control, alive.map(\.condition), seeds) : nil,
      ].compactMap { $0 }.joined(separator: "; ")
    }
    return row
  }

  /// How clean accuracy differs from control's; nil if the difference does not matter. A network
  /// that starts lower can lose less.
  private func cleanAccuracy(_ control: String, _ others: [String], _ seeds: [UInt64]) -> String? {
    let measure = ComparedMeasure(MeasureName.accuracy)
    let base = study.seeds(measure, of: control)
    let values = others.map { study.seeds(measure, of: $0) }
    let differences = seeds.flatMap { seed in
      values.compactMap { one in base[seed].flatMap { base in one[seed].map { $0 - base } } }
    }
    let mean = Statistics.mean(differences)
    guard !differences.isEmpty, let smallest = Self.smallest(test, control: nil),
      abs(mean) >= smallest
    else { return nil }
    return
      "clean accuracy is \(ReportNumbers.unit(ReportNumbers.text(abs(mean) * test.scale), test.unit)) "
      + (mean > 0 ? "higher" : "lower") + " than in control"
  }

  /// The smallest difference that matters, in the unit of the measure.
  private static func smallest(_ test: Claim.Test, control: Double?) -> Double? {
    switch test.smallest {
    case .absolute(let smallest): smallest
    case .relative(let share): control.map { abs($0) * share }
    }
  }

  /// The mean over the measures of each network that has all of them.
  private func values(of condition: String) -> [UInt64: Double] {
    let columns = measures.map { study.seeds($0, of: condition) }
    guard let first = columns.first else { return [:] }
    return first.keys.reduce(into: [:]) { result, seed in
      let values = columns.compactMap { $0[seed] }
      let mean = Statistics.mean(values)
      if values.count == columns.count, mean.isFinite { result[seed] = mean }
    }
  }
}
