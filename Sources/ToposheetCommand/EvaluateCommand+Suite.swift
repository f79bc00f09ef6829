import ArgumentParser
import Foundation
import Toposheet

extension EvaluateCommand {
  /// Evaluates models under a suite, in a folder that an interruption does not harm.
  func runSuite() throws {
    guard let out else {
      throw ValidationError(
        "--suite needs a folder for its results: add --out, such as --out runs/suite")
    }
    for (name, isGiven) in [
      ("--noise", noises.isGiven), ("--levels", noises.levels != nil),
      ("--attack", attacks.attack != "none"), ("--weights", weights.weights != "none"),
    ] + (arrays.given.map(\.name) + weights.given).map({ ($0, true) }) where isGiven {
      throw ValidationError(
        "\(name) does not go with --suite: write a suite of your own (see Plans/suite-example.yaml)"
      )
    }
    var options = SuitePreset.Options()
    options.draws = noises.draws
    options.seed = noises.noiseSeed
    options.weightDraws = weights.weightRepeats ?? options.weightDraws
    options.weightSeed = weights.weightSeed
    options.epsilons = try attacks.epsilons.map(AttackSelection.epsilons)
    options.epsilonNames = try attacks.epsilonNames()
    options.attackImages = attacks.attackImages
    options.attackSeed = attacks.attackSeed
    try suites.checkNames()
    let dataset = try shown.dataset(of: models)
    let split = shown.split
    let source = split == .test ? dataset.test : dataset.training
    let catalog = try suites.sources.read(for: source, isTraining: split == .train)
    let suite = try suites.read(
      SuiteCatalog(shape: source.shape, catalog: catalog), options: options,
      names: "--draws, --weight-repeats, --epsilons, --attack-images and the seeds",
      subset: shown.subset)
    var run = try SuiteRun(
      suite: suite, models: try load(for: dataset), images: source, dataset: dataset.name,
      split: split.rawValue, normalization: dataset.normalization)
    run.memoryLimit = try memory.bytes()
    run.acceptsOtherDevices = resumption.resumeAnyway
    let device = try device.open()
    let folder = try OutputFolder.url(out)
    resumption.noteWhereNew(folder, marker: "suite.json")
    try checkUse(of: suite)
    try suites.sources.checkUse(in: suite)
    let notes = suite.notes + suites.sources.notes(suite)
    // The picture first: it is quick, and shows whether this is what was meant.
    try picture.draw(run.images, suite.images)
    for note in notes { Terminal.error(note) }
    let began = ContinuousClock.now
    var report = SuiteReport()
    let records = try run.run(in: folder, device: device, resume: resumption.isGiven) {
      report.show($0)
    }
    report.clear()
    for line in DeadNetworks.lines(records) { Terminal.error("note: \(line)") }
    let seconds = (ContinuousClock.now - began).seconds
    try ResultTables(
      records, epsilons: suite.epsilonNames, notes: notes, includesDead: tables.includeDead
    ).present(keptIn: folder)
    Terminal.print(
      """
      Took \(Readable.duration(seconds)). Everything is in \(folder.path):
        metrics.csv, metrics.json   a row per network, measure and perturbation
        confusion.csv               a row per network, perturbation and pair of classes
        tables.txt                  these tables; toposheet show prints them again
        suite.json, units/          what was run, and its results piece by piece
      """)
  }
  /// Refuses options that the suite has no use for.
  private func checkUse(of suite: Suite) throws {
    for (name, isGiven, isUsed) in [
      ("--draws", noises.draws != nil, !suite.images.isEmpty),
      ("--weight-repeats", weights.weightRepeats != nil, !suite.weights.isEmpty),
      ("--epsilons", attacks.epsilons != nil, !suite.attacks.isEmpty),
      ("--attack-images", attacks.attackImages != nil, !suite.attacks.isEmpty),
    ] where isGiven && !isUsed {
      throw ValidationError("\(name) does not concern the suite \(suite.name): leave it out")
    }
  }
}
