import TopoAnalysis
import TopoData
import TopoEvaluation
import TopoSheets
import TopoTraining

extension TrainingRun {
  /// Measures the sheets of the members that are still in training, if that is due after the epoch.
  /// - Parameter reports: of the epoch, by member index; they get the values.
  /// - Returns: maps of the sheets if the run is watched.
  /// - Throws: `DeviceError`; what analyses throw.
  func measure(
    _ trainer: Trainer, _ reports: inout [Int: EpochReport]
  ) throws -> [Member: EpochMaps] {
    guard let probe, alongTraining.isDue(trainer.epoch, of: configuration.epochs),
      !reports.isEmpty, let sheets = try trainer.probedSheets()
    else { return [:] }
    let labels = ClassLabels(probe.labels, classes: probe.classes)
    let sheet = configuration.architecture.sheet
    let layout = UnitLayout(sheet)
    let members = reports.keys.sorted()
    let measured = members.compactMap { member in
      reports[member].map { report in
        EpochSheet(
          LayerData(
            activations: Activations(sheets[member].responses, units: sheet.units), labels: labels,
            weights: LayerData.Weights(
              sheets[member].weights, inputs: sheets[member].weights.count / sheet.units),
            layout: layout),
          weightedPenalty: report.member.condition.lambda * report.penalty,
          crossEntropy: report.crossEntropy)
      }
    }
    let names = alongTraining.measures.names
    for (member, values) in zip(members, try alongTraining.measures.values(of: measured)) {
      reports[member]?.measures = SheetMeasures(
        Dictionary(uniqueKeysWithValues: zip(names, values)))
    }
    guard watch != nil else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: members.compactMap { member in
        reports[member].map { ($0.member, maps(sheets[member].responses, probe)) }
      })
  }

  /// Maps of a sheet's responses before ReLU, dense `[image, unit]`.
  private func maps(_ responses: [Float], _ probe: ImageSet) -> EpochMaps {
    let sheet = configuration.architecture.sheet
    var activity = [Double](repeating: 0, count: sheet.units)
    for (index, response) in responses.enumerated() {
      activity[index % sheet.units] += Double(max(response, 0))
    }
    return EpochMaps(
      sheet: sheet, classes: probe.classes,
      preferredClass: ClassMeans(sheet: responses, labels: probe.labels, classes: probe.classes)
        .preferred,
      meanActivity: activity.map { $0 / Double(max(probe.count, 1)) })
  }
}
