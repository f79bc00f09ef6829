import Foundation
import TopoEvaluation
import TopoFoundation

/// How the results of a folder were made, by what its JSON files say. Values that they do not have
/// are nil: reports do without them.
struct FolderOrigin: Sendable, Hashable {
  /// Name of the device, and of its driver.
  var device: String?
  /// Version of the program.
  var version: String?
  /// The commit that the program was built from, if it is recorded.
  var commit: String?
  /// The commands that made the folder, each on a line, if they are recorded.
  var command: String?
  /// When they ran, in words, if it is recorded.
  var times: String?
  /// How far training is, in words.
  var state: String?
  /// Networks whose training stopped.
  var stopped: Int?
  /// Training.
  var images: Int?
  var batch: Int?
  var learningRate: Double?
  var trainingFraction: Double?
  var optimizer: String?
  /// Values of `metrics.json`.
  var provenance: [String: String]
  /// What was evaluated: label, severities and draws in words.
  var items: [String]

  init(_ folder: URL) {
    let study = JSONObject(folder.appending(path: "study.json"))
    let suite = JSONObject(folder.appending(path: "suite.json"))
    let progress = JSONObject(folder.appending(path: "progress.json"))
    let base = study ?? suite
    let names = [base?["device"]?.text("name"), base?["device"]?.text("driver")]
    device = names.compactMap { $0 }.isEmpty ? nil : names.compactMap { $0 }.joined(separator: ", ")
    version = base?.text("version")
    let processes =
      JSONObject(folder.appending(path: "provenance.json"))?.objects("processes") ?? []
    let commits = Set(processes.compactMap { $0.text("commit") })
    commit = commits.isEmpty ? nil : commits.sorted().joined(separator: ", ")
    command = Self.commands(processes)
    times = Self.times(processes)
    state = progress?.text("state")
    stopped = progress?.count("stopped")
    let identity = study?["identity"]
    images = identity?.number("images").map { Int($0) }
    let protocolValues = identity?["configuration"]
    batch = protocolValues?.number("batch").map { Int($0) }
    learningRate = protocolValues?.number("learningRate")
    trainingFraction = protocolValues?.number("trainingFraction")
    optimizer = protocolValues?["rule"]?.described
    provenance = RecordTable.provenance(of: folder.appending(path: "metrics.json"))
    items = (suite?["identity"]?.objects("items") ?? []).map { item in
      let severities = item.numbers("severities").filter { $0 != 0 }
      let draws = Int(item.number("draws") ?? 1)
      return (item.text("label") ?? "?")
        + (severities.isEmpty
          ? "" : " at " + severities.map { EpsilonText.text($0) }.joined(separator: ", "))
        + (draws > 1 ? ", \(draws.counted("draw"))" : "")
    }
  }

  /// The commands in order, without those that only continue an earlier one.
  private static func commands(_ processes: [JSONObject]) -> String? {
    var commands: [String] = []
    for process in processes {
      guard let command = process.text("command") else { continue }
      let begun = command.replacing(" --resume=anyway", with: "").replacing(" --resume", with: "")
      if !commands.contains(begun) { commands.append(begun) }
    }
    return commands.isEmpty ? nil : commands.joined(separator: "\n")
  }

  /// `2026-11-28 03:00:00 to 2026-11-28 03:10:00 (UTC), 2 processes`
  private static func times(_ processes: [JSONObject]) -> String? {
    // The clock may have been set back between them.
    guard let first = processes.compactMap({ $0.text("began") }).min() else { return nil }
    let last = processes.compactMap { $0.text("ended") }.max()
    func short(_ time: String) -> String {
      String(time.prefix { $0 != "." && $0 != "Z" }).replacing("T", with: " ")
    }
    return short(first) + (last.map { " to \(short($0))" } ?? "") + " (UTC)"
      + (processes.count > 1 ? ", \(processes.count) processes" : "")
  }
}

/// An object of a JSON file of which only some values are known.
private struct JSONObject {
  private let values: [String: Any]

  init?(_ url: URL) {
    guard let bytes = try? FileContents.read(url),
      let values = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    else { return nil }
    self.values = values
  }

  private init(_ values: [String: Any]) { self.values = values }

  subscript(_ key: String) -> JSONObject? {
    (values[key] as? [String: Any]).map { JSONObject($0) }
  }

  func text(_ key: String) -> String? { values[key] as? String }
  func number(_ key: String) -> Double? { (values[key] as? NSNumber)?.doubleValue }
  func count(_ key: String) -> Int? { (values[key] as? [Any])?.count }
  func numbers(_ key: String) -> [Double] {
    (values[key] as? [NSNumber] ?? []).map(\.doubleValue)
  }
  func objects(_ key: String) -> [JSONObject] {
    (values[key] as? [[String: Any]] ?? []).map { JSONObject($0) }
  }

  /// `adam (beta1 0.9, beta2 0.999)`: the first key with the numbers below it.
  var described: String? {
    guard let name = values.keys.sorted().first else { return nil }
    let inner = (values[name] as? [String: Any] ?? [:]).compactMap { key, value in
      (value as? NSNumber).map { "\(key) \($0.doubleValue)" }
    }.sorted()
    return inner.isEmpty ? name : "\(name) (\(inner.joined(separator: ", ")))"
  }
}
