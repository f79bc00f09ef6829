import Foundation
import Toposheet

/// A forecast in words: a label and a sentence for each thing.
struct ForecastText {
  let forecast: StudyForecast
  /// The name of the data.
  let data: String
  let devices: [any Device]
  /// Nil if it was not measured, or could not be.
  let pace: StudyPace?
  /// Whether it was to be measured.
  let isTimed: Bool

  private var plan: Plan { forecast.plan }

  /// The rows of the table.
  var rows: [(label: String, sentence: String)] {
    [
      ("networks", networks), ("architecture", architecture), ("training", training),
      ("evaluation", evaluation), ("memory", memory), ("disk", disk),
    ] + (isTimed ? [("time", time)] : []) + [("power", power)]
  }

  private static func count(_ number: Int) -> String { Readable.count(Double(number)) }

  private var networks: String {
    let labels = plan.conditions.map(\.label)
    let shown = labels.count <= 20 ? labels : Array(labels.prefix(18)) + ["..."]
    return
      "\(Self.count(plan.members.count)): \(plan.conditions.count.counted("condition")) "
      + "(\(shown.joined(separator: ", "))) x \(plan.seeds.seeds.count.counted("seed")) "
      + "(\(plan.seeds))"
  }

  private var architecture: String {
    let architecture = forecast.architecture
    return
      "\(architecture.name): \(Self.count(architecture.trainableCount)) trained values, a sheet of "
      + "\(architecture.sheet.rows) x \(architecture.sheet.columns) units, "
      + "\(Self.count(architecture.multiplyAccumulates)) multiply-accumulates for an image"
  }

  private var training: String {
    "\(plan.epochs.counted("epoch")) of \(Self.count(forecast.trainingImages)) images of \(data) in "
      + "batches of \(plan.batch): \(Self.count(forecast.stepsPerNetwork)) steps of each network, "
      + "\(Self.count(forecast.trainedImages)) images in all; "
      + (forecast.validationImages > 0
        ? "\(Self.count(forecast.validationImages)) images are for validation"
        : "no images are left for validation")
  }

  /// What an evaluation has besides clean images, by the first part of its names.
  private static let groups: [(singular: String, plural: String?, prefixes: [String])] = [
    ("analysis", "analyses", ["analysis/"]),
    ("perturbation of weights", "perturbations of weights", ["weights/"]),
    ("lesion", nil, ["lesion/"]), ("stimulation", nil, ["stimulation/"]),
    ("attack", nil, ["adversarial/"]),
  ]

  private var evaluation: String {
    var others = forecast.items
    var parts: [String] = []
    for (singular, plural, prefixes) in Self.groups {
      let found = others.filter { item in prefixes.contains { item.label.hasPrefix($0) } }
      others.removeAll { item in found.contains { $0.label == item.label } }
      guard !found.isEmpty else { continue }
      let names = found.map { item -> String in
        let name = item.label.split(separator: "/").dropFirst()
        return (name.last == "topographic" ? name.dropLast() : name).joined(separator: "/")
      }
      let images = Set(found.compactMap(\.images)).filter { $0 < forecast.testImages }
      parts.append(
        "\(found.count.counted(singular, plural)) (\(names.joined(separator: ", ")))"
          + (images.max().map { " of \(Self.count($0)) images" } ?? ""))
    }
    if !others.isEmpty {
      let sets = others.reduce(0) { $0 + $1.severities.count * $1.draws }
      parts.insert(
        "\(others.count.counted("perturbation of images", "perturbations of images")) "
          + "(\(others.map(\.label).joined(separator: ", "))) in "
          + "\(sets.counted("set")) by severity and draw", at: 0)
    }
    return
      "\(Self.count(forecast.testImages)) test images, \(forecast.tasks.counted("task")) for each "
      + "network: " + (["clean images"] + parts).joined(separator: "; ")
  }

  private var memory: String {
    let whole = Readable.bytes(forecast.wholeBytes)
    let place = Readable.devices(devices)
    guard forecast.packs.count > 1, let largest = forecast.packs.max() else {
      return "all networks train together in \(whole) on \(place)"
    }
    return
      "\(forecast.packs.count) packs of at most \(largest.counted("network")) on \(place); all "
      + "together would take \(whole)"
  }

  private var disk: String {
    let snapshots =
      plan.snapshots.isEmpty
      ? ""
      : "\(Readable.bytes(forecast.snapshotBytes)) of networks of "
        + "\(plan.snapshots.count.counted("earlier epoch")), "
    let checkpoints = Readable.bytes(forecast.checkpointBytes)
    return
      "\(Readable.bytes(forecast.modelBytes)) of models, \(snapshots)\(checkpoints) of checkpoints"
      + (plan.keep == .models ? " while they train" : ", which stay unless keep: models")
      + " (twice that while new ones replace old ones), and very roughly "
      + "\(Readable.bytes(forecast.resultBytes)) of results"
  }

  private var time: String {
    guard let pace else {
      return "unknown: there are fewer training images than a batch has, so no step can be measured"
    }
    return
      "about \(Readable.duration(pace.training + pace.evaluation)): "
      + "\(Readable.duration(pace.training)) of training at "
      + "\(Readable.count(pace.imagesPerSecond)) images/s, and "
      + "\(Readable.duration(pace.evaluation)) of evaluation; an estimate from "
      + "\(pace.measuredSteps.counted("step")) of \(pace.measuredNetworks.counted("network")) in "
      + "\(Readable.fixed(pace.measuredSeconds, 1)) s and some test images, with what else the "
      + "machine does now"
  }

  private var power: String {
    guard let power = forecast.power else {
      return plan.conditions.contains { $0.kind == .control }
        ? "nothing to compare: there is no condition besides control"
        : "nothing to compare with: add - penalty: control to the conditions"
    }
    guard let single = power.smallestEffect, let corrected = power.smallestCorrectedEffect else {
      let seed = plan.seeds.seeds.first ?? 0
      return "one seed shows no spread, so no test is possible; use 2 or more, better 10"
        + ((2...1000).contains(seed)
          ? ". seeds: \(seed) is the seed \(seed) alone; \(seed) seeds are 0-\(seed - 1)" : "")
    }
    let number = { (value: Double) in Self.significant(value) }
    let effects =
      power.comparisons == 1
      ? "with \(power.pairs) seeds, a comparison with control finds differences of "
        + "\(number(single)) standard deviations of the paired differences (d_z) or more with a "
        + "probability of 0.8"
      : "with \(power.pairs) seeds, a comparison with control finds differences of "
        + "\(number(single)) standard deviations of the paired differences (d_z) or more with a "
        + "probability of 0.8, if it is the only one; as the first of \(power.comparisons) by Holm's "
        + "correction, \(number(corrected))"
    let reach =
      "sign flips reach p = \(number(power.smallestP)) at best"
      + (power.comparisons == 1 ? "" : ", \(number(power.smallestCorrectedP)) corrected")
    let verdict =
      power.canReach
      ? "so p can fall below 0.05"
      : "so p cannot reach 0.05 whatever the networks do; that takes "
        + "\(power.fewestPairs.map { "\($0)" } ?? "fewer comparisons and more") seeds"
    return "\(effects). \(reach.prefix(1).uppercased() + reach.dropFirst()), \(verdict)"
  }

  private static func significant(_ value: Double) -> String {
    value >= 0.1 ? Readable.fixed(value, 2) : String(format: "%.2g", value)
  }
}
