import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoFoundation

@testable import TopoStudies
@testable import TopoTraining

@Suite("status") struct StudyStatusTests {
  private let folder: TemporaryFolder
  private var url: URL { folder.url.appending(path: "study") }

  init() throws { folder = try TemporaryFolder() }

  private func study(_ change: (String) -> String = { $0 }) throws -> StudyRun {
    let plan = try SmallStudy.plan(change)
    return try StudyRun(
      plan: plan, source: Array(change(SmallStudy.yaml).utf8), dataset: SmallStudy.dataset)
  }

  @Test("a finished study") func finished() throws {
    let outcome = try study().run(in: url, device: CPUDevice(threads: 2), resume: false)
    let status = try StudyStatus(of: url)
    #expect(status.kind == .study && status.state == .finished)
    #expect(status.name == "made-up study" && status.process.isAtWork == false)
    #expect(
      status.networks == .init(all: 4, trained: 4, training: 0, waiting: 0, stopped: 0))
    #expect(status.epochs == .init(done: 12, all: 12))
    #expect(status.evaluation?.tasks.done == status.evaluation?.tasks.all)
    #expect(status.command == ["toposheet", "show", url.path])
    #expect(abs(status.lastChange.timeIntervalSinceNow) < 3600)
    #expect(status.conditions.map(\.condition) == ["control", "ws-euclidean-0.5"])
    // Figures are those of the last epoch.
    let last = outcome.progress.reports.filter { $0.epoch == 3 && $0.member.condition.lambda > 0 }
    let condition = status.conditions[1]
    #expect(condition.networks == 2 && condition.trained == 2 && condition.mostEpochs == 3)
    #expect(condition.crossEntropy == Statistics.mean(last.map(\.crossEntropy)))
    #expect(condition.weightedPenalty == Statistics.mean(last.map { 0.5 * $0.penalty }))
    #expect(
      condition.moransI
        == Statistics.mean(last.compactMap { $0.measures?["morans-i-pre-relu"]?.number }))
  }

  @Test("a study in training, in another process") func inTraining() throws {
    let training = try SmallStudy.training()
    var seen: StudyStatus?
    try training.run(in: url, device: CPUDevice(threads: 2), resume: false) { event in
      if case .epoch(2, _, _, _) = event { seen = try? StudyStatus(of: url) }
    }
    let status = try #require(seen)
    #expect(status.state == .training && status.command == nil)
    #expect(status.process == .init(isAtWork: true, number: Int(getpid())))
    #expect(status.networks?.training == 4 && status.epochs?.done == 8)
    #expect(status.conditions.allSatisfy { $0.fewestEpochs == 2 && $0.trained == 0 })
    #expect(status.evaluation == nil && status.name == nil)
  }

  @Test("an interrupted study can be continued by the command") func interrupted() throws {
    _ = try study().run(in: url, device: CPUDevice(threads: 2), resume: false)
    // As after the second epoch.
    let file = url.appending(path: "progress.json")
    var progress = try StudyFolder.progress(in: url)
    progress.epochs = [2, 2, 0, 3]
    progress.reports.removeAll { $0.epoch == 3 }
    progress.stopped = [
      StoppedMember(member: progress.reports[3].member, epoch: 2, loss: "nan")
    ]
    progress.finished = false
    try AtomicFile.write(try StudyJSON.encodeSealed(progress), to: file)
    for name in ["metrics.csv", "suite.json"] {
      try FileManager.default.removeItem(at: url.appending(path: name))
    }
    var status = try StudyStatus(of: url)
    #expect(status.state == .interrupted && status.process.isAtWork == false)
    #expect(
      status.networks == .init(all: 4, trained: 0, training: 2, waiting: 1, stopped: 1))
    #expect(status.stopped == ["ws-euclidean-0.5/seed-4"])
    #expect(status.epochs == .init(done: 7, all: 12))
    #expect(
      status.command == [
        "toposheet", "run", url.appending(path: "plan.yaml").path, "--out", url.path, "--resume",
      ])
    // A killed process leaves its lock file.
    try Data().write(to: url.appending(path: ".lock"))
    status = try StudyStatus(of: url)
    #expect(status.state == .unknown && status.process.isAtWork == nil)
  }

  @Test("trained networks are to be evaluated") func trained() throws {
    let training = try SmallStudy.training()
    try training.run(in: url, device: CPUDevice(threads: 2), resume: false)
    #expect(try StudyStatus(of: url).state == .trained)
    #expect(try StudyStatus(of: url).command == nil)
    try AtomicFile.write(
      "# Written by `toposheet train`; ...\n" + SmallStudy.yaml,
      to: url.appending(path: "plan.yaml"))
    #expect(try StudyStatus(of: url).command?.prefix(2) == ["toposheet", "evaluate"])
  }

  @Test("folders without a study are refused") func refused() throws {
    func sentence(_ url: URL) -> String {
      do { return "\(try StudyStatus(of: url))" } catch { return "\(error)" }
    }
    #expect(sentence(folder.url).contains("holds no study and no evaluation"))
    #expect(sentence(url).contains("does not exist"))
    let file = folder.url.appending(path: "file")
    try Data().write(to: file)
    #expect(sentence(file).contains("is a file"))
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try Data("{".utf8).write(to: url.appending(path: "study.json"))
    #expect(sentence(url).contains("study.json: cannot be understood"))
  }

  @Test("the keys of the JSON are stable") func json() throws {
    _ = try study().run(in: url, device: CPUDevice(threads: 2), resume: false)
    let status = try StudyStatus(of: url)
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let read = try decoder.decode(StudyStatus.self, from: status.json())
    #expect(read.conditions == status.conditions && read.networks == status.networks)
    let object = try #require(
      try JSONSerialization.jsonObject(with: status.json()) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "folder", "kind", "name", "state", "process", "networks", "epochs", "conditions",
        "stopped", "evaluation", "lastChange", "next", "command",
      ])
  }
}
