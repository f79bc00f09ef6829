import Foundation
import TopoFoundation

extension StudyStatus {
  /// Reads the status of the study or the evaluation in a folder.
  /// - Throws: `UserError` if the folder does not exist, holds neither, or its records are damaged.
  public init(of url: URL) throws {
    try ResultsFolder.require(url.path, of: "run, train or evaluate")
    let evaluation = try Evaluation(in: url)
    guard let study = try StudyRecords(in: url) else {
      guard let evaluation else {
        throw UserError(
          url,
          "holds no study and no evaluation (there is no study.json, suite.json or shards/); give "
            + "the --out folder of run, train or evaluate")
      }
      self.init(evaluation, in: url)
      return
    }
    self.init(study, evaluation, in: url)
  }

  /// The status of a study.
  private init(_ study: StudyRecords, _ evaluation: Evaluation?, in url: URL) {
    folder = url.path
    kind = .study
    let plan = study.plan.flatMap { try? Plan(contentsOf: $0) }
    name = plan?.name
    process = Self.process(in: study.folders)
    self.evaluation = evaluation
    let labels = study.networks.reduce(into: [String]()) { labels, network in
      let label = network.member.condition.label
      if labels.last != label, !labels.contains(label) { labels.append(label) }
    }
    let groups = Dictionary(grouping: study.networks) { $0.member.condition.label }
    conditions = labels.map { ConditionStatus($0, groups[$0] ?? [], epochs: study.epochs) }
    let isDone = { (network: NetworkStatus) in network.epochs >= study.epochs }
    networks = Networks(
      all: study.networks.count, trained: study.networks.count { isDone($0) && !$0.isStopped },
      training: study.networks.count { $0.epochs > 0 && !isDone($0) && !$0.isStopped },
      waiting: study.networks.count { $0.epochs == 0 && !$0.isStopped },
      stopped: study.networks.count { $0.isStopped })
    epochs = Share(
      done: study.networks.reduce(0) { $0 + $1.epochs },
      all: study.networks.count * study.epochs)
    stopped = study.networks.filter(\.isStopped).map(\.member.path)
    shards = study.shards
    lastChange = Self.lastChange(in: study.folders)
    state =
      study.hasBegun
      ? Self.state(
        process, isTrained: study.networks.allSatisfy(isDone),
        // Shards that are not put together add networks, which are not evaluated.
        hasResults: shards.isEmpty && Self.hasResults(url), shards.isEmpty ? evaluation : nil)
      : .waiting
    (next, command) = ("", nil)
    (next, command) = step(
      plan: study.plan, isTrainedOnly: Self.isOfTrain(study.plan), folder: url)
  }

  /// The status of an evaluation in a folder of its own.
  private init(_ evaluation: Evaluation, in url: URL) {
    folder = url.path
    (kind, name) = (.evaluation, evaluation.suite)
    process = Self.process(in: [url])
    (networks, epochs, conditions, stopped, shards) = (nil, nil, [], [], [])
    self.evaluation = evaluation
    lastChange = Self.lastChange(in: [url])
    state = Self.state(
      process, isTrained: true, hasResults: Self.hasResults(url), evaluation)
    (next, command) = ("", nil)
    (next, command) = step(plan: nil, isTrainedOnly: false, folder: url)
  }

  fileprivate static func hasResults(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.appending(path: "metrics.csv").path)
  }

  /// Whether a plan's file is one that `toposheet train` wrote, so that its study is complete
  /// without an evaluation.
  private static func isOfTrain(_ plan: URL?) -> Bool {
    plan.flatMap { try? String(contentsOf: $0, encoding: .utf8) }?
      .hasPrefix("# Written by `toposheet train`") ?? false
  }

  /// The process at work in any of some folders.
  private static func process(in folders: [URL]) -> Process {
    let holders = folders.map { FileLock.holder(of: $0.appending(path: ".lock")) }
    for case .process(let number) in holders { return Process(isAtWork: true, number: number) }
    return Process(isAtWork: holders.contains(.unknown) ? nil : false)
  }

  private static func state(
    _ process: Process, isTrained: Bool, hasResults: Bool, _ evaluation: Evaluation?
  ) -> State {
    if process.isAtWork == true { return isTrained ? .evaluating : .training }
    let isEvaluated = evaluation.map { $0.tasks.done == $0.tasks.all } ?? true
    if isTrained && hasResults && isEvaluated { return .finished }
    if process.isAtWork == nil { return .unknown }
    return isTrained && evaluation == nil ? .trained : .interrupted
  }

  /// The time of the newest record in some folders.
  private static func lastChange(in folders: [URL]) -> Date {
    let names = [
      "study.json", "progress.json", "training.csv", "suite.json", "metrics.csv", "tasks",
      "slurm/plan.yaml",
    ]
    let times = folders.flatMap { folder in
      names.compactMap { name in
        let path = folder.appending(path: name).path
        return (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate]
          as? Date
      }
    }
    return times.max() ?? Date(timeIntervalSince1970: 0)
  }
}

extension StudyStatus.Evaluation {
  /// The evaluation in a folder; nil if there is none.
  /// - Throws: `UserError` if its `suite.json` is damaged.
  fileprivate init?(in url: URL) throws {
    guard let found = try RunFolder<SuiteFolder.Description>.read(url) else { return nil }
    let count = found.identity.tasks.count
    let done = (0..<count).count { task in
      let file = SuiteFolder.records(of: task, in: url)
      return FileManager.default.fileExists(atPath: file.path)
    }
    // The folder of tasks may be removed once the results are written. If it is there, the results
    // may be those of before the suite grew.
    let hasTasks = FileManager.default.fileExists(atPath: url.appending(path: "tasks").path)
    suite = found.identity.suite
    tasks = .init(done: hasTasks || !StudyStatus.hasResults(url) ? done : count, all: count)
  }
}
