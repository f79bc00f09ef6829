import ArgumentParser
import Foundation
import Toposheet

/// Runs a plan.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a whole study from a plan: train all conditions and seeds, then evaluate.",
    usage: "toposheet run <plan> --out <folder> [<options>]",
    discussion: """
      A plan is a YAML file, or the name of a ready plan (`toposheet plan list`); Plans/demo.yaml is \
      a commented example. `toposheet plan check` says beforehand what a plan takes and what it can \
      find. The folder receives the plan with all settings, the models, training.csv (losses and \
      accuracies of each network by epoch), measures-by-epoch.csv (order and weights of each sheet) \
      and metrics.csv (each row is one measured value of a network). --resume continues an \
      interrupted run, to the same bits, and adds what a larger plan has in addition. Networks that \
      do not fit into the device's memory together train in packs, with the same results; several \
      devices share the packs.

      Examples:
        toposheet run demo --out runs/demo
        toposheet run demo --out runs/demo --resume
        toposheet run mine.yaml --set epochs=3 --set conditions.ws.lambda=[0.5,1] \\
          --out runs/short
        toposheet run paper-mnist --out runs/mnist --report
        toposheet run demo --out runs/demo --shard 2/3   (docs/clusters.md)
      """)

  @OptionGroup var source: PlanOptions

  @OptionGroup(title: "Device") var device: DeviceOptions

  @OptionGroup(title: "Device") var memory: MemoryOptions

  @Option(
    help: ArgumentHelp("Folder for models and results.", valueName: "folder"),
    completion: .directory)
  var out: String

  @OptionGroup var resumption: ResumeOptions

  @Option(
    help: ArgumentHelp(
      "Train only one of several equal parts of the networks, such as 2/3, in DIR/shards. With "
        + "`array`, the numbers are those of the task of an array job. When all shards are done, "
        + "--resume without --shard puts them together and evaluates.", valueName: "k/n"),
    completion: .list(["array", "1/2"]))
  var shard: String?

  @Flag(
    help: ArgumentHelp(
      "Write DIR/report.html and DIR/figures at the end, as `toposheet report DIR` does."))
  var report = false

  @OptionGroup var watching: WatchOptions

  @OptionGroup var tables: TableOptions

  func validate() throws {
    if report, shard != nil {
      throw ValidationError(
        "--report is about a whole study, and --shard trains a part of it; give --report to the run "
          + "without --shard that puts the shards together")
    }
  }

  func run() throws {
    let source = try source.source(device.precision)
    let plan = try source.plan()
    let dataset = try source.dataset(of: plan)
    var study = try StudyRun(
      plan: plan, source: Array(try source.resolved(plan).utf8), dataset: dataset)
    study.memoryLimit = try memory.bytes()
    study.acceptsOtherDevices = resumption.resumeAnyway
    study.isInterrupted = { Interruption.isRequested }
    let devices = try device.openAll(for: plan)
    let folder = try OutputFolder.url(out)
    study.watch = watching.watch(folder, isPlanned: plan.writesEvents)
    if let shard {
      return try train(try Self.shard(shard), of: study, in: folder, on: devices)
    }
    if let note = plan.note(on: dataset) { Terminal.error(note) }
    var note = resumption.note(folder, marker: "study.json")
    let began = ContinuousClock.now
    let networks =
      "\(plan.members.count.counted("network")) (\(plan.conditions.count.counted("condition")) x "
      + "\(plan.seeds.seeds.count.counted("seed")))"
    var training = TrainingReport(
      epochs: plan.epochs,
      announcement: "study \(plan.name): training \(networks) on \(Readable.devices(devices))")
    for note in study.suite.notes + plan.evaluation.sources.notes(study.suite) {
      Terminal.error(note)
    }
    for note in PeopleNote.lines(study.suite, labels: dataset.test.labels) {
      Terminal.error(note)
    }
    var suiteReport = SuiteReport()
    var isEvaluating = false
    let outcome = try study.run(in: folder, devices: devices, resume: resumption.isGiven) { event in
      note.show()
      switch event {
      case .training(let event): training.show(event)
      case .evaluation(let event, let networks):
        if !isEvaluating {
          isEvaluating = true
          Interruption.endPostponement()
          LiveDisplay.shared.clear()
          Terminal.error("evaluating \(networks.counted("network")) under \(study.suite.name)")
        }
        suiteReport.show(event)
      case .failed(let device, let error):
        suiteReport.clear()
        Terminal.error(
          "\(device) failed, and another device continues the evaluation: \(error)")
      }
    }
    suiteReport.clear()
    if outcome.records.isEmpty { try outcome.progress.requireAllTrained(of: plan.members.count) }
    for line in DeadNetworks.lines(outcome.records) { Terminal.error("note: \(line)") }
    try ResultTables(
      outcome.records, ensembles: EnsembleFile.read(in: folder),
      epsilons: study.suite.severityNames, notes: study.suite.notes,
      includesDead: tables.includeDead
    ).present(keptIn: folder, printsNotes: false)
    let seconds = (ContinuousClock.now - began).seconds
    Terminal.print(
      """
      Took \(Readable.duration(seconds)). Everything is in \(folder.path):
      \(ResultFiles.evaluation)
      \(ResultFiles.study)
      """)
    if let events = ResultFiles.events(in: folder) { Terminal.print(events) }
    if report {
      try ReportCommand.write([folder.path])
    } else {
      Terminal.print("A report of it: toposheet report \(Interruption.quoted(folder.path))")
    }
    try outcome.progress.requireAllTrained(of: plan.members.count)
  }
}
