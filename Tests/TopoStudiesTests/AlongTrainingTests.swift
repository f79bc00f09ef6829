import Foundation
import TestSupport
import Testing
import TopoAnalysis
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoTraining

@testable import TopoStudies

/// Sheets are measured along training.
@Suite("Measures along training", .serialized) struct AlongTrainingTests {
  let temporary: TemporaryFolder
  let device: any Device

  init() throws {
    temporary = try TemporaryFolder()
    device = try CPUDevice(threads: 2)
  }

  private static func adding(_ keys: String) -> (String) -> String {
    { $0.replacingOccurrences(of: "epochs: 3", with: "epochs: 3\nalong-training: {\(keys)}") }
  }

  /// The rows of a table of measures, by column.
  private func rows(_ folder: URL) throws -> [[String: String]] {
    let url = folder.appending(path: "measures-by-epoch.csv")
    let rows = try CSV.rows(try String(contentsOf: url, encoding: .utf8), file: url.path)
    let columns = try #require(rows.first).fields
    return rows.dropFirst().map { row in
      Dictionary(uniqueKeysWithValues: zip(columns, row.fields))
    }
  }

  @Test("a row for each measure of each network after each epoch") func table() throws {
    let folder = temporary.url.appending(path: "run")
    let run = try SmallStudy.training(Self.adding("measures: [variance-mean]"))
    let progress = try run.run(in: folder, device: device, resume: false)
    let rows = try rows(folder)
    let names = EpochMeasures.always.map(\.name) + ["variance-mean"]
    #expect(rows.count == 3 * 4 * 10)
    #expect(rows.prefix(10).map { $0["measure"] } == names)
    for (index, report) in progress.reports.enumerated() {
      let own = rows[index * 10..<index * 10 + 10]
      #expect(own.allSatisfy { $0["condition"] == report.member.condition.label })
      #expect(own.allSatisfy { $0["seed"] == "\(report.member.seed)" })
      #expect(own.allSatisfy { $0["epoch"] == "\(report.epoch)" && $0["state"] == "ok" })
      for (row, name) in zip(own, names) {
        let value = try #require(report.measures?[name])
        #expect(row["value"] == (value.number.map { "\($0)" } ?? ""))
        #expect(row["reason"] == (value.reason ?? ""))
      }
      let share = report.measures?["weighted-penalty-over-cross-entropy"]?.number
      #expect(
        share == report.member.condition.lambda * report.penalty / report.crossEntropy)
      #expect((share == 0) == (report.member.condition == .control))
    }
  }

  /// The last epoch's values are those of the finished network, as an analysis of the same images
  /// finds them. Other batches round differently.
  @Test("values are those of an analysis of the network") func analysis() throws {
    let folder = temporary.url.appending(path: "run")
    let run = try SmallStudy.training()
    let progress = try run.run(in: folder, device: device, resume: false)
    let images = SmallStudy.dataset.test
    for report in progress.reports where report.epoch == 3 {
      let url = folder.appending(path: "\(report.member.path)/model.safetensors")
      let network = try StateDictionary.load(from: url, for: run.configuration.architecture)
      let outputs = try Evaluator(networks: [network], device: device).outputs(
        of: images.images.map { ImageSet.unitValues[Int($0)] }, normalization: run.normalization)
      let weights = network.tensors[network.architecture.sheetWeightIndex]
      let layer = LayerStatistics(
        LayerData(
          activations: Activations(outputs.sheet[0], units: 12),
          weights: .init(weights, inputs: weights.count / 12),
          layout: UnitLayout(network.architecture.sheet)))
      var analyses = try OrganizationAnalysis().result(for: layer)
      analyses.append(try UnitsAnalysis().result(for: layer))
      for measure in EpochMeasures.always.dropLast() {
        let own = try #require(report.measures?[measure.name]?.number)
        let other = try #require(analyses[measure.name]?.number)
        #expect(abs(own - other) < 1e-5 * max(1, abs(other)), "\(measure.name)")
      }
    }
  }

  @Test("every n-th epoch and the last one") func every() throws {
    let folder = temporary.url.appending(path: "run")
    let run = try SmallStudy.training(Self.adding("every: 2, images: 7"))
    #expect(run.probe?.count == 7)
    try run.run(in: folder, device: device, resume: false)
    #expect(Set(try rows(folder).map { $0["epoch"] ?? "" }) == ["2", "3"])
    #expect(try SmallStudy.training(Self.adding("images: 31")).probe?.count == 30)
  }

  @Test("without probe images nothing is measured") func nothing() throws {
    let folder = temporary.url.appending(path: "run")
    var run = try SmallStudy.training()
    run.probe = nil
    let progress = try run.run(in: folder, device: device, resume: false)
    #expect(progress.reports.allSatisfy { $0.measures == nil })
    #expect(try SmallStudy.files(folder)["measures-by-epoch.csv"] == nil)
  }

  @Test("each network has the same rows alone") func alone() throws {
    let (all, one) = (temporary.url.appending(path: "all"), temporary.url.appending(path: "one"))
    try SmallStudy.training().run(in: all, device: device, resume: false)
    var run = try SmallStudy.training()
    run.members = [run.members[3]]
    try run.run(in: one, device: try CPUDevice(threads: 1), resume: false)
    let wanted = try rows(all).filter { $0["seed"] == "4" && $0["penalty"] == "ws" }
    #expect(wanted.count == 27)
    #expect(try rows(one) == wanted)
  }

  /// A folder of a version that measured nothing, after two of three epochs.
  @Test("a folder of an earlier version continues, and later epochs are measured")
  func earlierVersion() throws {
    let (whole, old) = (temporary.url.appending(path: "run"), temporary.url.appending(path: "old"))
    try SmallStudy.training().run(in: whole, device: device, resume: false) { event in
      if case .epoch(2, _, _, _) = event {
        try? FileManager.default.copyItem(at: whole, to: old)
      }
    }
    func change<Value: Codable>(_ name: String, _ change: (inout Value) -> Void) throws {
      let url = old.appending(path: name)
      var value = try StudyJSON.read(Value.self, from: url, remedy: "none")
      change(&value)
      try StudyJSON.encodeSealed(value).write(to: url)
    }
    try change("study.json") { (study: inout StudyFolder.Description) in
      #expect(study.identity.alongTraining?.images == 30)
      study.identity.alongTraining = nil
    }
    try change("progress.json") { (progress: inout StudyProgress) in
      for index in progress.reports.indices { progress.reports[index].measures = nil }
    }
    try FileManager.default.removeItem(at: old.appending(path: "measures-by-epoch.csv"))
    let run = try SmallStudy.training(Self.adding("every: 3"))
    let progress = try run.run(in: old, device: device, resume: true)
    #expect(progress.finished)
    #expect(try rows(old) == (try rows(whole).filter { $0["epoch"] == "3" }))
    let (found, wanted) = (try SmallStudy.files(old), try SmallStudy.files(whole))
    for name in wanted.keys where name.hasSuffix("safetensors") || name == "training.csv" {
      #expect(found[name] == wanted[name], "\(name)")
    }
  }

  @Test("networks that stopped have no rows") func stopped() throws {
    let folder = temporary.url.appending(path: "wild")
    let run = try SmallStudy.training {
      $0.replacingOccurrences(of: "lambda: 0.5", with: "lambda: 1e38")
        .replacingOccurrences(of: "batch: 16", with: "batch: 16\noptimizer: sgd")
    }
    try run.run(in: folder, device: device, resume: false)
    #expect(Set(try rows(folder).map { $0["condition"] ?? "" }) == ["control"])
  }
}
