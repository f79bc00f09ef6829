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

  @Test("an evaluation that grows is not finished") func grown() throws {
    _ = try study().run(in: url, device: CPUDevice(threads: 2), resume: false)
    let grown = { (text: String) in text.replacing("noise: white", with: "noise: [pink, white]") }
    var seen: [StudyStatus] = []
    _ = try study(grown).run(in: url, device: CPUDevice(threads: 2), resume: true) { event in
      if case .evaluation = event, let status = try? StudyStatus(of: url) { seen.append(status) }
    }
    let first = try #require(seen.first)
    #expect(first.state == .evaluating)
    // The results of the smaller evaluation are there, and its tasks count.
    let tasks = try #require(first.evaluation?.tasks)
    #expect(tasks.done > 0 && tasks.done < tasks.all, "\(tasks)")
    #expect(try StudyStatus(of: url).state == .finished)
    // As if it had been killed.
    let last = url.appending(path: "tasks/\(tasks.all).csv")
    try FileManager.default.removeItem(at: last)
    #expect(try StudyStatus(of: url).state == .interrupted)
    // Tasks are not needed for results.
    try FileManager.default.removeItem(at: url.appending(path: "tasks"))
    let status = try StudyStatus(of: url)
    #expect(status.state == .finished && status.evaluation?.tasks == tasks.allDone)
  }

  @Test("each shard has a state") func shards() throws {
    let device = try CPUDevice(threads: 2)
    _ = try study().run(Shard(1, of: 3), in: url, devices: [device], resume: false)
    var inTraining: StudyStatus?
    _ = try study().run(Shard(3, of: 3), in: url, devices: [device], resume: false) { event in
      if case .epoch(1, _, _, _) = event { inTraining = try? StudyStatus(of: url) }
    }
    let status = try StudyStatus(of: url)
    #expect(inTraining?.shards.map(\.state) == [.trained, .waiting, .training])
    #expect(status.shards.map(\.state) == [.trained, .waiting, .trained])
    #expect(status.state == .interrupted && status.command?.first == "toposheet")
    #expect(status.shards.map(\.networks.all).reduce(0, +) == 4)
    for shard in status.shards where shard.state == .trained {
      #expect(shard.networks.done == shard.networks.all && shard.epochs.done == shard.epochs.all)
    }
    // A killed process leaves its lock file.
    try Data().write(to: url.appending(path: "shards/3-of-3/.lock"))
    #expect(try StudyStatus(of: url).shards.last?.state == .unknown)
    // With scripts of a cluster, the jobs to submit are named.
    let jobs = Shard.jobs(in: url)
    try FileManager.default.createDirectory(at: jobs, withIntermediateDirectories: true)
    let script = jobs.appending(path: "train.sh")
    try Data().write(to: script)
    let withJobs = try StudyStatus(of: url)
    #expect(withJobs.command == ["sbatch", "--array=2-3", script.path])
    #expect(withJobs.next.contains("squeue"))
  }

  @Test("a shard that stopped is named while others train") func oneShardStopped() throws {
    let script = Shard.jobs(in: url).appending(path: "train.sh")
    var seen: [StudyStatus] = []
    _ = try study().run(
      Shard(1, of: 2), in: url, devices: [CPUDevice(threads: 2)], resume: false
    ) { event in
      guard case .epoch(let epoch, _, _, _) = event else { return }
      if epoch == 2 {
        // As one that was killed at once.
        let other = url.appending(path: "shards/2-of-2")
        try? FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      }
      if epoch == 3 {
        let jobs = Shard.jobs(in: url)
        try? FileManager.default.createDirectory(at: jobs, withIntermediateDirectories: true)
        try? Data().write(to: script)
      }
      if let status = try? StudyStatus(of: url) { seen.append(status) }
    }
    try #require(seen.count == 3)
    #expect(seen.allSatisfy { $0.state == .training && $0.next.contains("processes at work") })
    #expect(seen[0].command?.suffix(2) == ["--shard", "2/2"])
    #expect(seen[1].shards.map(\.state) == [.training, .interrupted])
    #expect(seen[1].command?.suffix(3) == ["--shard", "2/2", "--resume"])
    #expect(seen[2].command == ["sbatch", "--array=2", script.path])
  }

  @Test("a shard that was taken over is trained") func takenOver() throws {
    let device = try CPUDevice(threads: 2)
    for number in 1...2 {
      _ = try study().run(Shard(number, of: 2), in: url, devices: [device], resume: false)
    }
    // As after a kill once the first one is taken over.
    let second = url.appending(path: "shards/2-of-2")
    let copy = url.deletingLastPathComponent().appending(path: "copy")
    try FileManager.default.copyItem(at: second, to: copy)
    _ = try study().training.run(in: url, devices: [device], resume: true)
    try FileManager.default.createDirectory(
      at: url.appending(path: "shards"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: copy, to: second)
    #expect(!FileManager.default.fileExists(atPath: url.appending(path: "shards/1-of-2").path))
    let status = try StudyStatus(of: url)
    #expect(status.shards.map(\.state) == [.trained, .trained])
    #expect(status.networks?.trained == 4 && status.state == .trained)
  }

  @Test("jobs that have not begun are no error") func waiting() throws {
    let jobs = Shard.jobs(in: url)
    try FileManager.default.createDirectory(at: jobs, withIntermediateDirectories: true)
    try Data(SmallStudy.yaml.utf8).write(to: jobs.appending(path: "plan.yaml"))
    try Data().write(to: jobs.appending(path: "train.sh"))
    let status = try StudyStatus(of: url)
    #expect(status.state == .waiting && status.name == "made-up study" && status.shards.isEmpty)
    #expect(
      status.networks == .init(all: 4, trained: 0, training: 0, waiting: 4, stopped: 0))
    #expect(status.command == ["sbatch", jobs.appending(path: "train.sh").path])
    #expect(abs(status.lastChange.timeIntervalSinceNow) < 3600)
  }

  @Test("numbers in ranges")
  func ranges() {
    #expect(StudyStatus.ranges([]) == "")
    #expect(StudyStatus.ranges([2]) == "2")
    #expect(StudyStatus.ranges([1, 2, 3, 5, 7, 8]) == "1-3,5,7-8")
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
        "shards", "stopped", "evaluation", "lastChange", "next", "command",
      ])
  }
}

extension StudyStatus.Share {
  fileprivate var allDone: Self { .init(done: all, all: all) }
}
