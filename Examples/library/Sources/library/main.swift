import Foundation
import Toposheet

// A plan: your own network with a sheet of 5 x 5 units, three conditions, three seeds of each.
var plan = Plan(
  name: "small", data: "fashion-mnist", subset: 2000,
  architecture: .layers(
    [
      .fixed(.convolution(name: "conv1", outputs: 16, window: Window(3, padding: 1))),
      .fixed(.relu), .fixed(.maxPooling(Window(4, stride: 4))), .fixed(.globalAveragePooling),
      .sheet(name: "fc1"), .fixed(.relu), .fixed(.dropout(rate: 0.5)), .classes(name: "fc2"),
    ], name: "small"),
  conditions: [.control] + [0.5, 1].map { .weightSimilarity(.euclidean, lambda: $0) },
  seeds: try SeedList("0-2"), epochs: 5)
plan.sheet = Sheet(rows: 5, columns: 5)
plan.learningRate = 0.01
plan.evaluation = try SuiteDescription(
  yaml: """
    name: small
    subset: 500
    parts:
      - {images: white, severities: [0.1, 0.2], draws: 1}
      - {weights: zeroing, draws: 1}
      - analyses: organization
    """, file: "the suite")

// Train and evaluate. Started again, the program continues where it was.
let folder = URL(filePath: "runs/small", directoryHint: .isDirectory)
let study = try StudyRun(plan: plan, dataset: try Dataset.load(plan.data))
let device = try DeviceChoice.automatic.open()
let outcome = try study.run(in: folder, device: device, resume: true) { event in
  if case .training(.epoch(let epoch, _, let speed, _)) = event {
    print("epoch \(epoch): \(Int(speed)) images/s")
  }
}
print(SummaryTable(outcome.records).text)

// Compare the conditions with control, paired by seed.
let values = try NetworkValues(outcome.records, measures: ["accuracy", "morans-i-pre-relu"])
let pairs = try ConditionPair.against("control", values)
print(ComparisonTable(ConditionComparison.all(values, pairs: pairs)).text())

// Write the report: verdicts about the paper's claims, figures, tables, methods.
let report = try Report(folders: [folder], output: folder)
try report.write(to: folder)
print("\(folder.path)/\(Report.page): \(report.figureCount) figures; \(report.verdicts)")
