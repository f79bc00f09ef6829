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
      A plan is a YAML file; Plans/demo.yaml is a commented example. The folder keeps the plan, \
      the models, training.csv with a row per network and epoch, and metrics.csv with a row per \
      value. A run that was interrupted goes on with --resume, to the same bits. Networks that do \
      not fit into the device's memory together train in packs; with several devices, each \
      takes packs. The results are the same.

      Examples:
        toposheet run Plans/demo.yaml --out runs/demo
        toposheet run Plans/demo.yaml --out runs/demo --resume
      """)

  @Argument(help: "The plan.", completion: .file(extensions: ["yaml", "yml"]))
  var plan: String

  @OptionGroup(title: "Device") var device: DeviceOptions

  @OptionGroup(title: "Device") var memory: MemoryOptions

  @Option(
    help: ArgumentHelp("Folder for everything that the study leaves.", valueName: "folder"),
    completion: .directory)
  var out: String

  @OptionGroup var resumption: ResumeOptions

  @OptionGroup var tables: TableOptions

  func run() throws {
    let url = URL(filePath: plan)
    let plan = try Plan(contentsOf: url)
    let dataset = try Dataset.load(plan.data)
    var study = try StudyRun(plan: plan, source: try FileContents.read(url), dataset: dataset)
    study.memoryLimit = try memory.bytes()
    study.acceptsOtherDevices = resumption.resumeAnyway
    let devices = try device.openAll()
    let folder = try OutputFolder.url(out)
    if let note = plan.note(on: dataset) { Terminal.error(note) }
    resumption.noteWhereNew(folder, marker: "study.json")
    let began = ContinuousClock.now
    let networks =
      "\(plan.members.count.counted("network")) (\(plan.conditions.count.counted("condition")) x "
      + "\(plan.seeds.seeds.count.counted("seed")))"
    var report = TrainingReport(
      epochs: plan.epochs,
      announcement: "study \(plan.name): training \(networks) on \(Readable.devices(devices))")
    var status = StatusLine()
    var evaluationBegan = ContinuousClock.now
    let outcome = try study.run(in: folder, devices: devices, resume: resumption.isGiven) { event in
      switch event {
      case .training(let event): report.show(event)
      case .evaluating(let done, let all):
        if done == 0 { evaluationBegan = .now }
        status.show("evaluating", done: done, of: all, "perturbation", since: evaluationBegan)
      case .evaluated(let networks, let perturbations):
        status.clear()
        // The images as they are come first, and are no perturbation.
        let others = perturbations - 1
        Terminal.error(
          "evaluated \(networks.counted("network")) on clean images"
            + (others > 0 ? " and under \(others.counted("perturbation"))" : ""))
      }
    }
    if outcome.records.isEmpty { try outcome.progress.requireAllTrained(of: plan.members.count) }
    for line in DeadNetworks.lines(outcome.records) { Terminal.error("note: \(line)") }
    try ResultTables(outcome.records, includesDead: tables.includeDead).present(keptIn: folder)
    let seconds = (ContinuousClock.now - began).seconds
    Terminal.print(
      """
      Took \(Readable.duration(seconds)). Everything is in \(folder.path):
        metrics.csv, metrics.json   a row per network, measure and perturbation
        training.csv                a row per network and epoch
        tables.txt                  these tables; toposheet show prints them again
        <condition>/seed-<n>/       the networks, as safetensors
        plan.yaml, study.json       what was run, on what
      """)
    try outcome.progress.requireAllTrained(of: plan.members.count)
  }
}
