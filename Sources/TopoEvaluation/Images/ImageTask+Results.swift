import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

extension EvaluationContext {
  /// The images of a task before normalization: values in [0, 1], dense
  /// `[image, channel, row, column]`.
  /// - Throws: what the perturbation throws.
  func images(of task: ImageTask) throws -> [Float] {
    guard let perturbation = task.perturbation else {
      return images.images.map { ImageSet.unitValues[Int($0)] }
    }
    return try perturbation.apply(
      to: images.images, shape: images.shape, severity: task.severity, draw: task.draw,
      seed: task.seed)
  }

  /// Measures the outputs of a pack, on all cores.
  /// - Parameter pack: indices of its models.
  /// - Returns: a result for each model of the pack.
  func results(
    of task: ImageTask, _ outputs: Evaluator.Outputs, _ pack: [Int]
  ) throws -> [TaskResult] {
    let moran = MoransI(sheet: models[pack[0]].network.architecture.sheet)
    return try concurrentMap(pack.count) { member in
      let model = models[pack[member]]
      let classification = ClassificationMeasures(
        logits: outputs.logits[member], classes: outputs.classes, labels: images.labels)
      let maps = moran.average(of: outputs.sheet[member])
      var named = classification.named + maps.named
      if task.perturbation == nil { named += activity(of: model, sheet: outputs.sheet[member]) }
      return TaskResult(
        records: named.map { measure, value in
          model.record(
            dataset: dataset, measure: measure, perturbation: task.label,
            severity: task.severity, draw: task.draw, value: value)
        },
        confusion: model.confusion(
          classification, dataset: dataset, perturbation: task.label, severity: task.severity,
          draw: task.draw))
    }
  }

  /// The measures of the clean images from which the state of a network is derived.
  private func activity(
    of model: EvaluatedModel, sheet: [Float]
  ) -> [(measure: String, value: MeasuredValue)] {
    var activity = SheetActivity(model.network.architecture)
    activity.add(sheet[...])
    var counts = [Int](repeating: 0, count: images.classes)
    for label in images.labels { counts[Int(label)] += 1 }
    let bound = NetworkState.chanceBound(counts)
    return (activity.summary?.named ?? []) + [
      (
        MeasureName.chanceBound,
        bound.map { .value($0) }
          ?? .undefined("fewer than \(NetworkState.fewestImages) images are too few for a bound")
      )
    ]
  }
}
