import TopoFoundation
import TopoNetworks

/// What follows from the records of weight perturbations of one model: areas under accuracy, half
/// levels, and what lesions say about the sheet.
///
/// Draws are averaged within the model first: they are no replicates of it.
public enum WeightDegradation {
  /// Records that follow, for each model in the order of its first record.
  ///
  /// By perturbation (its label; draw 0):
  /// - `audc`: area by trapezoids under mean accuracy over the strength from 0 to the largest,
  ///   divided by the largest; its severity is the one with most damage. `audc-normalized`: divided
  ///   by the accuracy at severity 0, too. The strength is the severity, but for quantisation the
  ///   step between codes (`WeightPerturbation.strength`).
  /// - `half-level`: the strength at which mean accuracy first falls to the middle between that at
  ///   severity 0 and chance (one over the number of classes), by linear interpolation.
  /// - `class-specificity`, by severity: standard deviation over classes of the classes' drops,
  ///   mean over draws.
  ///
  /// For `lesion/patch`, by severity that random lesions have too: `patch-effect`. For
  /// `lesion/selective`, by severity and class (the draw): `selective-drop` and
  /// `selective-drop-others`.
  /// - Parameter records: of any measures and perturbations, complete for each perturbation; others
  ///   than those of weight perturbations are passed over.
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

  /// Whether a record is of a weight perturbation or a lesion.
  public static func isAbout(_ record: Record) -> Bool {
    record.perturbation.hasPrefix("weights/") || record.perturbation.hasPrefix("lesion/")
  }

  private struct Model: Hashable {
    var dataset: String
    var network: NetworkIdentity

    init(_ record: Record) { (dataset, network) = (record.dataset, record.network) }
  }

  /// The area under a curve by trapezoids, divided by its largest strength.
  /// - Parameter curve: accuracies by ascending strength, from 0 on.
  static func area(_ curve: [(strength: Double, accuracy: Double)]) -> MeasuredValue {
    guard let last = curve.last, last.strength > 0 else {
      return .undefined("only one level has an accuracy")
    }
    return MeasuredValue(
      Statistics.area(under: curve.map { ($0.strength, $0.accuracy) }) / last.strength)
  }

  /// The strength at which a curve first falls to the middle between its beginning and chance.
  static func halfLevel(
    _ curve: [(strength: Double, accuracy: Double)], chance: Double
  ) -> MeasuredValue {
    guard let clean = curve.first?.accuracy, clean > chance else {
      return .undefined("accuracy is not above chance at level 0")
    }
    let half = chance + (clean - chance) / 2
    for (a, b) in zip(curve, curve.dropFirst()) where b.accuracy <= half {
      let share = (a.accuracy - half) / (a.accuracy - b.accuracy)
      return MeasuredValue(a.strength + share * (b.strength - a.strength))
    }
    return .undefined("accuracy does not fall half way to chance")
  }
}

/// The records of one model, by perturbation, severity and draw.
private struct ModelDegradation {
  /// Accuracy and accuracies by class of one draw.
  private struct Answer {
    var accuracy: Double?
    var classes: [Int: Double] = [:]
    /// Classes that have a record at all, with or without images.
    var known = 0
  }

  private var labels: [String] = []
  private var answers: [String: [Double: [Int: Answer]]] = [:]
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
      if answers[perturbation] == nil { labels.append(perturbation) }
      var answer = answers[perturbation]?[record.severity]?[record.draw] ?? Answer()
      if isOverall { answer.accuracy = record.value.number }
      if let label {
        answer.classes[label] = record.value.number
        answer.known += 1
      }
      answers[perturbation, default: [:]][record.severity, default: [:]][record.draw] = answer
    }
  }

  var records: [Record] { labels.flatMap(records) }

  private func records(_ label: String) -> [Record] {
    guard let perturbation = try? WeightPerturbation(named: label), let levels = answers[label],
      let clean = levels[0]?[0]
    else { return [] }
    let severities = levels.keys.sorted {
      perturbation.strength($0) < perturbation.strength($1)
    }
    let curve = severities.compactMap { severity in
      accuracy(label, severity).map { (strength: perturbation.strength(severity), accuracy: $0) }
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
        MeasuredValue($0 / (clean.accuracy ?? 0), orUndefined: "accuracy is 0 at level 0")
      } ?? area)
    add(
      MeasureName.halfLevel, most,
      WeightDegradation.halfLevel(curve, chance: 1 / Double(max(clean.known, 1))))
    for severity in severities where severity != 0 {
      let draws = (levels[severity] ?? [:]).sorted { $0.key < $1.key }
      add(MeasureName.classSpecificity, severity, specificity(draws.map(\.value), clean))
      if perturbation.kind == .lesionPatch,
        let random = accuracy(WeightPerturbation(.lesionRandom).label, severity),
        let patch = accuracy(label, severity)
      {
        add(MeasureName.patchEffect, severity, MeasuredValue(random - patch))
      }
      guard perturbation.kind == .lesionSelective else { continue }
      for (draw, answer) in draws {
        let drops = drops(answer, clean)
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
    let draws = (answers[label]?[severity] ?? [:]).sorted { $0.key < $1.key }
    let accuracies = draws.compactMap(\.value.accuracy)
    return accuracies.isEmpty ? nil : Statistics.mean(accuracies)
  }

  /// How much accuracy each class loses.
  private func drops(_ answer: Answer, _ clean: Answer) -> [Int: Double] {
    clean.classes.reduce(into: [:]) { drops, entry in
      if let own = answer.classes[entry.key] { drops[entry.key] = entry.value - own }
    }
  }

  private func specificity(_ draws: [Answer], _ clean: Answer) -> MeasuredValue {
    let deviations = draws.compactMap { answer -> Double? in
      let drops = drops(answer, clean).sorted { $0.key < $1.key }.map(\.value)
      return drops.isEmpty ? nil : Statistics.standardDeviation(drops)
    }
    return MeasuredValue(
      Statistics.mean(deviations), orUndefined: "no class has images")
  }
}
