import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// What keeps a suite from growing, as a part of a sentence.
extension SuiteFolder.Description {
  typealias Identity = SuiteFolder.Identity

  static func difference(_ found: Identity, _ wanted: Identity) -> String {
    missingItems(found.items, wanted.items) ?? difference(found.data, wanted.data)
      ?? missing(found, in: wanted) ?? "it has other parts"
  }

  private static func difference(
    _ old: Identity.Images, _ new: Identity.Images
  ) -> String? {
    if old.name != new.name { return "its data is \(old.name), not \(new.name)" }
    if old.split != new.split { return "its images are those of \(old.split), not \(new.split)" }
    if old.count != new.count { return "it uses \(old.count.counted("image")), not \(new.count)" }
    if old.checksum != new.checksum { return "its images differ" }
    return old.normalization == new.normalization ? nil : "its images are normalized otherwise"
  }

  /// What a suite has, but another one on the same images has not; nil if nothing.
  static func missing(_ found: Identity, in wanted: Identity) -> String? {
    models(found.models, wanted.models) ?? items(found.items, wanted.items)
      ?? tasks(found.tasks, wanted.tasks)
  }

  // MARK: Networks

  private static func models(
    _ found: [Identity.Model], _ wanted: [Identity.Model]
  ) -> String? {
    let models = Dictionary(wanted.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    if let old = found.first(where: { models[$0.name] == nil }) {
      // If networks are trained further, one of them may stop.
      let hasGrown = found.contains { old in
        models[old.name].map { $0.isFurther(than: old) } ?? false
      }
      guard !hasGrown else { return nil }
      let others = found.count > 1 ? " and \(found.count - 1) more" : ""
      return
        "it evaluates \(found[0].name)\(others), but \(old.name) is not among the networks now, "
        + "and results do not shrink"
    }
    for old in found {
      guard let new = models[old.name], new != old, !new.isFurther(than: old) else { continue }
      if old.network != new.network {
        return "the network \(new.name) has other epochs, or another architecture or penalty"
      }
      return old.checksum == new.checksum
        ? "the images of \(new.name) are normalized otherwise"
        : "the network \(new.name) has other parameters"
    }
    return nil
  }

  // MARK: Perturbations

  /// The perturbations that another suite does not have at all; nil if it has all of them.
  private static func missingItems(_ found: [SuiteItem], _ wanted: [SuiteItem]) -> String? {
    var known = Set(wanted.map(\.label))
    let missing = found.map(\.label).filter { known.insert($0).inserted }
    guard !missing.isEmpty else { return nil }
    let verb = missing.count == 1 ? "is" : "are"
    return "it has \(missing.listed(atMost: 5)), which \(verb) not asked for, and results do not "
      + "shrink"
  }

  private static func items(_ found: [SuiteItem], _ wanted: [SuiteItem]) -> String? {
    if let missing = missingItems(found, wanted) { return missing }
    for item in found {
      let alike = wanted.filter { $0.label == item.label }
      let differences = alike.map { difference(item, $0) }
      if !differences.contains(nil) { return differences[0] }
    }
    return nil
  }

  /// Why the results of one item are not among those of another one; nil if they are.
  private static func difference(_ old: SuiteItem, _ new: SuiteItem) -> String? {
    let label = old.label
    if old.seed != new.seed { return "\(label) has seed \(old.seed) there, not \(new.seed)" }
    if old.images != new.images {
      let (few, many) = (old.images, new.images)
      return "\(label) uses \(few.map { $0.counted("image") } ?? "all images") there, not "
        + "\(many.map { "\($0)" } ?? "all")"
    }
    if old.origin != new.origin {
      return
        "\(label) comes from \(old.origin ?? "no files") there, not \(new.origin ?? "no files")"
    }
    if old.borders != new.borders {
      let borders = { (item: SuiteItem) in item.borders ?? "open borders" }
      return "\(label) is of a sheet with \(borders(old)) there, not \(borders(new))"
    }
    if old.summary != new.summary {
      return "\(label) is \(old.summary) there, not \(new.summary)"
    }
    let severities = Set(new.severities)
    if let severity = old.severities.first(where: { !severities.contains($0) }) {
      return "\(label) has severity \(severity) there, which is not asked for, and results do not "
        + "shrink"
    }
    if old.draws > new.draws {
      return
        "\(label) has \(old.draws.counted("draw")) there, not \(new.draws), and results do not "
        + "shrink"
    }
    return nil
  }

  /// Default severities that are impossible for a network are left out, so networks can take some
  /// away.
  private static func tasks(_ found: [String], _ wanted: [String]) -> String? {
    let known = Set(wanted)
    guard let task = found.first(where: { !known.contains($0) }) else { return nil }
    guard let key = TaskKey(task), key.isOfWeights else {
      return "it has results of \(task), which these networks do not have"
    }
    return "\(key.label) has severity \(key.severity) there, which is impossible for one of the "
      + "networks now"
  }
}

extension SuiteFolder.Identity.Model {
  private static let epoch = NetworkIdentity.columns.firstIndex(of: "epoch") ?? 0

  private var epochs: Int { Int(network[Self.epoch]) ?? 0 }

  /// Whether this is the same network after more epochs.
  func isFurther(than other: Self) -> Bool {
    var (network, before) = (network, other.network)
    (network[Self.epoch], before[Self.epoch]) = ("", "")
    return network == before && epochs > other.epochs && checksum != other.checksum
      && normalization == other.normalization
  }
}
