import TopoFoundation
import TopoNetworks

/// Measures that are derived from the records of weight perturbations and lesions of each model:
/// areas under the curve of accuracy, half levels, and effects of lesions.
///
/// Draws are averaged within a model first, because they are not replicates of it.
public enum WeightDegradation {
  /// The derived records, for each model in the order of its first record.
  ///
  /// Curves are of mean accuracy over the level. The level is the severity, except for
  /// quantization, whose level is the step between codes (`WeightPerturbation.level`).
  ///
  /// For each perturbation, with draw 0:
  /// - `audc`: area under the curve by trapezoids from level 0 to the largest level, divided by the
  ///   largest level. The severity of the record is that of the largest level.
  /// - `audc-normalized`: `audc` divided by the accuracy at level 0.
  /// - `half-level`: the level at which the curve first falls to the middle between the accuracy at
  ///   level 0 and chance (one over the number of classes), by linear interpolation.
  /// - `class-specificity`, by severity: standard deviation over classes of the drop in accuracy of
  ///   each class, mean over draws.
  ///
  /// For `lesion/patch` and `stimulation/patch`, by severity that those of random units have too:
  /// `patch-effect`. For `lesion/selective`, by severity and class (the draw): `selective-drop` and
  /// `selective-drop-others`.
  /// - Parameter records: records of any measures and perturbations; those of a weight perturbation
  ///   must be complete, and those of other perturbations are ignored.
  public static func records(from records: [Record]) -> [Record] {
    var order: [Model] = []
    var byModel: [Model: [Record]] = [:]
    for record in records {
      let model = Model(record)
      if byModel[model] == nil { order.append(model) }
      byModel[model, default: []].append(record)
    }
    return order.flatMap { model in ModelDegradation(byModel[model] ?? []).records }
  }

  /// Whether a record is of a weight perturbation, lesion or stimulation.
  public static func isAbout(_ record: Record) -> Bool { isAbout(record.perturbation) }

  static func isAbout(_ label: String) -> Bool {
    ["weights/", "lesion/", "stimulation/"].contains(where: label.hasPrefix)
  }

  private struct Model: Hashable {
    var dataset: String
    var network: NetworkIdentity

    init(_ record: Record) { (dataset, network) = (record.dataset, record.network) }
  }

  /// The area under a curve by trapezoids, divided by its largest level.
  /// - Parameter curve: accuracies by ascending level, from 0 on.
  static func area(_ curve: [(level: Double, accuracy: Double)]) -> MeasuredValue {
    guard let last = curve.last, last.level > 0 else {
      return .undefined("only one severity has an accuracy")
    }
    return MeasuredValue(
      Statistics.area(under: curve.map { ($0.level, $0.accuracy) }) / last.level)
  }

  /// The level at which a curve first falls to the middle between its beginning and chance, by
  /// linear interpolation.
  static func halfLevel(
    _ curve: [(level: Double, accuracy: Double)], chance: Double
  ) -> MeasuredValue {
    guard let clean = curve.first?.accuracy, clean > chance else {
      return .undefined("accuracy is not above chance at severity 0")
    }
    let half = chance + (clean - chance) / 2
    for (a, b) in zip(curve, curve.dropFirst()) where b.accuracy <= half {
      let share = (a.accuracy - half) / (a.accuracy - b.accuracy)
      return MeasuredValue(a.level + share * (b.level - a.level))
    }
    return .undefined("accuracy does not fall halfway to chance")
  }
}

/// The accuracies of one model, and the records derived from them.
private struct ModelDegradation {
  /// The accuracies of one draw.
  private struct Accuracies {
    var overall: Double?
    /// By class that has images.
    var classes: [Int: Double] = [:]
    /// Number of classes with a record, with or without images.
    var known = 0
  }

  private var labels: [String] = []
  /// By perturbation, severity and draw.
  private var results: [String: [Double: [Int: Accuracies]]] = [:]
  private var example: Record?

  init(_ records: [Record]) {
    let prefix = MeasureName.accuracy(ofClass: 0).dropLast()
    for record in records {
      let perturbation = record.perturbation
      guard WeightDegradation.isAbout(record) else { continue }
      let isOverall = record.measure == MeasureName.accuracy
      let label =
        record.measure.hasPrefix(prefix) ? Int(record.measure.dropFirst(prefix.count)) : nil
      guard isOverall || label != nil else { continue }
      if example == nil { example = record }
      if results[perturbation] == nil { labels.append(perturbation) }
      var result = results[perturbation]?[record.severity]?[record.draw] ?? Accuracies()
      if isOverall { result.overall = record.value.number }
      if let label {
        result.classes[label] = record.value.number
        result.known += 1
      }
      results[perturbation, default: [:]][record.severity, default: [:]][record.draw] = result
    }
  }

  var records: [Record] { labels.flatMap(records) }

  private func records(_ label: String) -> [Record] {
    guard let perturbation = try? WeightPerturbation(named: label), let bySeverity = results[label],
      let clean = bySeverity[0]?[0]
    else { return [] }
    let severities = bySeverity.keys.sorted {
      perturbation.level($0) < perturbation.level($1)
    }
    let curve = severities.compactMap { severity in
      accuracy(label, severity).map { (level: perturbation.level(severity), accuracy: $0) }
    }
    var records: [Record] = []
    func add(_ measure: String, _ severity: Double, _ value: MeasuredValue, draw: Int = 0) {
      guard var record = example else { return }
      (record.measure, record.perturbation) = (measure, label)
      (record.severity, record.draw, record.value) = (severity, draw, value)
      records.append(record)
    }
    let area = WeightDegradation.area(curve)
    let most = severities.last ?? 0
    add(MeasureName.areaUnderAccuracy, most, area)
    add(
      MeasureName.normalizedAreaUnderAccuracy, most,
      area.number.map {
        MeasuredValue($0 / (clean.overall ?? 0), orUndefined: "accuracy is 0 at severity 0")
      } ?? area)
    add(
      MeasureName.halfLevel, most,
      WeightDegradation.halfLevel(curve, chance: 1 / Double(max(clean.known, 1))))
    for severity in severities where severity != 0 {
      let draws = (bySeverity[severity] ?? [:]).sorted { $0.key < $1.key }
      add(MeasureName.classSpecificity, severity, specificity(draws.map(\.value), clean))
      if perturbation.kind.hasCenters,
        let random = accuracy(
          WeightPerturbation(perturbation.kind.isLesion ? .lesionRandom : .stimulationRandom).label,
          severity),
        let patch = accuracy(label, severity)
      {
        add(MeasureName.patchEffect, severity, MeasuredValue(random - patch))
      }
      guard perturbation.kind == .lesionSelective else { continue }
      for (draw, result) in draws {
        let drops = drops(result, clean)
        let others = drops.filter { $0.key != draw }.sorted { $0.key < $1.key }.map(\.value)
        add(
          MeasureName.selectiveDrop, severity,
          drops[draw].map { MeasuredValue($0) } ?? .undefined("no images of the class"), draw: draw)
        add(
          MeasureName.selectiveDropOfOthers, severity,
          MeasuredValue(
            Statistics.mean(others), orUndefined: "no images of other classes"),
          draw: draw)
      }
    }
    return records
  }

  /// Mean accuracy over draws.
  private func accuracy(_ label: String, _ severity: Double) -> Double? {
    let draws = (results[label]?[severity] ?? [:]).sorted { $0.key < $1.key }
    let accuracies = draws.compactMap(\.value.overall)
    return accuracies.isEmpty ? nil : Statistics.mean(accuracies)
  }

  /// The drop in accuracy of each class.
  private func drops(_ perturbed: Accuracies, _ clean: Accuracies) -> [Int: Double] {
    clean.classes.reduce(into: [:]) { drops, entry in
      if let accuracy = perturbed.classes[entry.key] { drops[entry.key] = entry.value - accuracy }
    }
  }

  /// The standard deviation over classes of their drops in accuracy, mean over draws.
  private func specificity(_ draws: [Accuracies], _ clean: Accuracies) -> MeasuredValue {
    let standardDeviations = draws.compactMap { result -> Double? in
      let drops = drops(result, clean).sorted { $0.key < $1.key }.map(\.value)
      return drops.isEmpty ? nil : Statistics.standardDeviation(drops)
    }
    return MeasuredValue(
      Statistics.mean(standardDeviations), orUndefined: "no class has images")
  }
}
