import TopoFoundation
import TopoTraining

/// How the study in a folder differs from another one, as a part of a sentence.
extension StudyFolder.Description {
  private static let noShrinking = ", and a study does not shrink"

  static func difference(_ found: Identity, _ wanted: Identity) -> String {
    if let missing = missing(found.members, in: wanted.members) { return missing + noShrinking }
    let (old, new) = (found.configuration, wanted.configuration)
    if old.dataset != new.dataset { return "its data is \(old.dataset), not \(new.dataset)" }
    let epochs = "it has \(old.epochs.counted("epoch")), not \(new.epochs)"
    if old.epochs > new.epochs { return epochs + noShrinking }
    if old.batch != new.batch { return "its batch is \(old.batch), not \(new.batch)" }
    if old.architecture != new.architecture {
      return
        "its architecture is \(old.architecture.name), not \(new.architecture.name), or differs "
        + "in size"
    }
    if found.images != wanted.images {
      return "it uses \(found.images.counted("image")), not \(wanted.images)"
    }
    if found.checksum != wanted.checksum { return "its images differ" }
    if old.learningRate != new.learningRate {
      return "its learning rate is \(old.learningRate), not \(new.learningRate)"
    }
    if let measured = found.alongTraining, measured != wanted.alongTraining {
      return difference(measured, wanted.alongTraining)
    }
    var longer = old
    longer.epochs = new.epochs
    guard longer == new else { return "its optimizer or split differs" }
    let isKept = Set(found.snapshots ?? []).isSubset(of: wanted.snapshots ?? [])
    // More epochs alone are a difference for a shard.
    guard !isKept || old.epochs == new.epochs else { return epochs }
    return "it keeps the networks of \(names(found.snapshots)), not of \(names(wanted.snapshots))"
      + (isKept ? "" : noShrinking)
  }

  // MARK: Members

  /// The networks that another study does not have; nil if it has all of them.
  private static func missing(_ found: [Member], in wanted: [Member]) -> String? {
    let known = Set(wanted)
    let missing = found.filter { !known.contains($0) }
    guard !missing.isEmpty else { return nil }
    let labels = Set(wanted.map(\.condition.label))
    let conditions = distinct(missing.map(\.condition.label)).filter { !labels.contains($0) }
    if !conditions.isEmpty { return trains(conditions) }
    guard let old = seeds(found), let new = seeds(wanted), old != new else {
      return trains(missing.map(\.path))
    }
    return "it has \(old.seeds.count == 1 ? "seed" : "seeds") \(old.short), not \(new.short)"
  }

  private static func trains(_ names: [String]) -> String {
    "it trains \(names.listed(atMost: 5)), which \(names.count == 1 ? "is" : "are") not asked for"
  }

  /// The seeds of all conditions; nil if conditions have different ones, as in shards.
  private static func seeds(_ members: [Member]) -> SeedList? {
    let seeds = distinct(members.map(\.seed))
    let conditions = Set(members.map(\.condition))
    return conditions.count * seeds.count == members.count ? SeedList(seeds) : nil
  }

  private static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }

  // MARK: Epochs

  private static func names(_ snapshots: [Int]?) -> String {
    guard let snapshots else { return "no epoch" }
    return (snapshots.count == 1 ? "epoch " : "epochs ") + snapshots.map(String.init).listed()
  }

  private static func difference(
    _ found: Identity.Measurement, _ wanted: Identity.Measurement?
  ) -> String {
    guard let wanted else { return "it measures sheets along training" }
    if let name = (wanted.measures + found.measures).first(where: {
      wanted.measures.contains($0) != found.measures.contains($0)
    }) {
      let isFound = found.measures.contains(name)
      return "it \(isFound ? "records" : "does not record") \(name) along training"
    }
    if found.every != wanted.every {
      return "its along-training has every: \(found.every), not \(wanted.every)"
    }
    return found.images != wanted.images
      ? "its along-training has images: \(found.images), not \(wanted.images)"
      : "the test images that sheets are measured on differ"
  }
}
