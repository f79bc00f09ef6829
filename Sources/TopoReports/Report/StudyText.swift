import TopoEvaluation
import TopoFoundation
import TopoStatistics

/// A study in words.
struct StudyText {
  let study: StudyResults

  /// `mnist`, or more if another study of the report has the same data set.
  static func names(_ studies: [StudyResults]) -> [String] {
    let names = studies.map { $0.setting.dataset }
    return studies.enumerated().map { index, study in
      guard names.count(where: { $0 == names[index] }) > 1 else { return names[index] }
      let setting = study.setting
      return "\(setting.dataset) \(setting.architecture) \(setting.sheet) epoch \(setting.epoch)"
    }
  }

  /// A name that files and anchors can have.
  static func identifier(_ name: String) -> String {
    let allowed = name.lowercased().unicodeScalars.map { scalar -> Character in
      ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "."
        ? Character(scalar) : "-"
    }
    let text = String(allowed)
    return text.isEmpty ? "study" : text
  }

  /// `mnist: 190 networks of 19 conditions`
  var heading: String {
    "\(study.setting.dataset): \(networks.counted("network")) of "
      + study.conditions.count.counted("condition")
  }

  private var networks: Int { study.seeds.values.reduce(0) { $0 + $1.count } }

  /// What was trained and evaluated, and what is missing.
  var paragraphs: [String] {
    let setting = study.setting
    let architecture =
      setting.architecture == "unknown"
      ? "Networks of an unknown architecture"
      : "Networks of the architecture \(setting.architecture)"
        + (setting.sheet == "unknown"
          ? "" : " with a sheet of \(setting.sheet.replacing("x", with: " x ")) units")
    let training =
      setting.epoch > 0 ? ", trained for \(setting.epoch.counted("epoch"))" : ""
    return [
      architecture + training + "." + protocolText, conditionText, evaluated, images, deadText,
    ]
    .filter { !$0.isEmpty }
  }

  private var protocolText: String {
    guard let origin = study.folders.map(\.origin).first(where: { $0.trainingImages != nil }),
      let images = origin.trainingImages
    else { return "" }
    var parts = ["\(images) images"]
    if let share = origin.trainingFraction {
      let used = Int((share * Double(images)).rounded())
      parts = [
        "\(used) training images (\(ReportNumbers.text(share * 100)) % of \(images)); the others "
          + "validate"
      ]
    }
    if let batch = origin.batch { parts.append("batches of \(batch)") }
    if let optimizer = origin.optimizer {
      parts.append(
        "optimizer \(optimizer)"
          + (origin.learningRate.map { ", learning rate \(EpsilonText.text(rounded($0)))" } ?? ""))
    }
    return " " + parts.joined(separator: "; ") + "."
  }

  /// A learning rate is a Float: only its digits count.
  private func rounded(_ value: Double) -> Double { Double("\(Float(value))") ?? value }

  private var conditionText: String {
    var parts = study.control.map { ["\($0) (\(seedText($0)))"] } ?? []
    for family in study.families {
      let lambdas = family.members.map { EpsilonText.text($0.lambda) }
      let seeds = Set(family.members.map { seedText($0.condition) })
      parts.append(
        (family.penalty == "unknown" ? family.name : "\(family.name) at lambda \(lambdas.listed())")
          + (seeds.count == 1 ? " (\(seeds.first ?? ""))" : " (numbers of seeds differ)"))
    }
    return "Conditions: " + parts.joined(separator: "; ") + "."
      + (study.control == nil ? " There is no control, so nothing is compared." : "")
  }

  private func seedText(_ condition: String) -> String {
    (study.seeds[condition]?.count ?? 0).counted("seed")
  }

  private var evaluated: String {
    let items = study.folders.flatMap(\.origin.items)
    let devices = Set(study.folders.compactMap(\.origin.device)).sorted()
    let perturbed = study.perturbations.count
    let image = study.groups.count == 1 ? study.text(study.groups[0].images) : ""
    let on = image.isEmpty ? "" : ", on \(image)"
    let what =
      study.measures.isEmpty
      ? "No metrics.csv: the networks were not evaluated."
      : "Evaluated in \(study.measures.count.counted("measure")), under "
        + (perturbed == 0 ? "no perturbation" : perturbed.counted("perturbation"))
        + on + "."
    return what + (devices.isEmpty ? "" : " Device: \(devices.joined(separator: "; ")).")
      + (items.isEmpty ? "" : " The methods below list tasks and severities.")
  }

  /// Which values are about which images, if there are several sets.
  private var images: String {
    guard study.groups.count > 1 else { return "" }
    let parts = study.groups.enumerated().compactMap { index, group -> String? in
      let kept = group.rows.measures.count { study.choice[$0] == index }
      let left = group.rows.measures.filter { study.choice[$0] != index }
      var text = "\(study.text(group.images)): \(kept.counted("measure"))"
      if !left.isEmpty {
        text +=
          ", and \(left.count) left out (\(ImageNote.names(left.map(\.title), most: 4)))"
      }
      return text
    }
    return "Not all was evaluated on the same images. " + parts.joined(separator: "; ")
      + ". Values of one measure on different images are never in one mean: those on the images "
      + "with the most networks count, then those on the most images. Changes of accuracy are "
      + "relative to the clean accuracy on the same images."
  }

  private var deadText: String {
    let stopped = study.folders.compactMap(\.origin.stopped).reduce(0, +)
    let dead =
      !study.knowsStates
      ? "Whether networks learned was not evaluated."
      : study.dead.isEmpty
        ? "No network is dead."
        : "\(study.dead.count.counted("network")) learned nothing and \(study.dead.count == 1 ? "is" : "are") "
          + "left out of all means: "
          + study.dead.prefix(20).map { "\($0.name) (\($0.state.rawValue))" }.joined(
            separator: ", ")
          + (study.dead.count > 20 ? " and \(study.dead.count - 20) more" : "") + "."
    return dead
      + (stopped > 0 ? " The training of \(stopped.counted("network")) stopped early." : "")
  }

  /// How many values are undefined.
  var undefinedSummary: String {
    let total = study.undefined.reduce(0) { $0 + $1.count }
    return "\(total.counted("value")) of \(study.undefined.count.counted("measure")) "
      + "\(total == 1 ? "is" : "are") undefined"
  }

  /// How many seeds can find what.
  var power: String {
    let most = study.seeds.values.map(\.count).max() ?? 0
    guard most > 1, let effect = PairedPower.smallestEffect(pairs: most) else { return "" }
    return "\(study.setting.dataset): with \(most) seeds no p is below "
      + "\(ReportNumbers.probability(PairedSample.smallestSignFlip(pairs: most))) before correction, "
      + "and a paired t test at 0.05 finds a true difference of \(ReportNumbers.text(effect)) "
      + "standard deviations in four studies of five."
  }
}
