import TopoEvaluation
import TopoFoundation

/// Claims of a verdict table that nothing was measured for, in a list.
struct UnmeasuredClaims {
  /// Claims by reason.
  let groups: [ReportPage.Unmeasured]
  /// `15 rows were not measured`
  let summary: String
  /// Commands for a shell that evaluate what is missing; nil if nothing is missing that `evaluate`
  /// measures, or no folder has networks.
  let commands: String?

  init(_ table: VerdictTable, folders: [ResultFolder]) {
    let rows = table.rows.filter { $0.verdict == .notMeasured }
    let severalStudies = Set(rows.compactMap(\.setting)).count > 1
    var order: [String] = []
    var claims: [String: [String]] = [:]
    for row in rows {
      let reason =
        (severalStudies ? row.dataset.map { "\($0): " } ?? "" : "")
        + (row.remark.isEmpty ? "no value" : row.remark)
      if claims[reason] == nil { order.append(reason) }
      if claims[reason]?.contains(row.claim.sentence) != true {
        claims[reason, default: []].append(row.claim.sentence)
      }
    }
    groups = order.map {
      ReportPage.Unmeasured(reason: $0, claims: (claims[$0] ?? []).joined(separator: " "))
    }
    summary = "\(rows.count.counted("row")) \(rows.count == 1 ? "was" : "were") not measured"
    commands = Self.commands(rows, folders)
  }

  private static func commands(_ rows: [VerdictRow], _ folders: [ResultFolder]) -> String? {
    let lines = folders.filter { $0.training != nil }.flatMap { folder -> [String] in
      let datasets = Set(folder.records.map(\.dataset))
      let needs = Set(
        rows.filter { $0.remark.hasPrefix("needs ") }
          .filter { row in datasets.isEmpty || row.dataset.map(datasets.contains) ?? false }
          .map(\.test.needs))
      let analyses = ["organization", "units", "tuning", "representation"].filter {
        needs.contains("the analysis \($0)")
      }
      var options: [String] = []
      if !analyses.isEmpty { options.append("--analyses \(analyses.joined(separator: ","))") }
      if needs.contains("the suite noise") { options.append("--noise white,pink,salt-pepper") }
      if needs.contains("the suite weights") { options.append("--weights all") }
      let path = folder.url.relativePath
      func line(_ options: String, _ name: String) -> String {
        "toposheet evaluate \(ShellWord.quoted(path)) \(options) --out "
          + ShellWord.quoted("\(path)-\(name)")
      }
      return [
        options.isEmpty ? nil : line(options.joined(separator: " "), "more"),
        needs.contains { $0.hasPrefix("the suite corruptions") }
          ? line("--suite corruptions", "corruptions") : nil,
      ].compactMap { $0 }
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }
}
