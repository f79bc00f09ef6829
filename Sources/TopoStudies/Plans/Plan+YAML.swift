import Foundation
import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets
import Yams

extension Plan {
  package static let keys = [
    "name", "data", "subset", "architecture", "sheet", "conditions", "seeds", "epochs", "batch",
    "learning-rate", "optimizer", "momentum", "beta1", "beta2", "epsilon", "training-fraction",
    "precision", "along-training", "snapshots", "keep", "tensorboard", "evaluation",
  ]
  /// The value of `subset` that stands for all images.
  static let wholeSet = "all"
  static let conditionKeys = [
    "penalty", "metric", "lambda", "view", "layout", "scale", "neighborhood", "torus",
  ]

  /// Reads a plan.
  ///
  /// ```swift
  /// let plan = try Plan(
  ///   contentsOf: URL(filePath: "Plans/demo.yaml"), settings: [try YAMLSetting("epochs=1")])
  /// ```
  /// - Parameter settings: values that replace or add some of the file.
  /// - Throws: `UserError` that names file, line and key, or the setting.
  public init(contentsOf url: URL, settings: [YAMLSetting] = []) throws {
    let bytes = try FileContents.read(url)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UserError("\(url.path): is not UTF-8 text; is it a plan?")
    }
    try self.init(YAMLDocument(text: text, file: url.path, settings: settings))
  }

  /// Reads a plan from text; `file` is its name in errors.
  /// - Throws: `UserError`.
  public init(yaml text: String, file: String) throws {
    try self.init(YAMLDocument(text: text, file: file))
  }

  /// Reads a plan from a document.
  /// - Throws: `UserError` that names file, line and key, or the setting.
  public init(_ document: YAMLDocument) throws {
    let (root, reader) = try document.read()
    let top = try reader.mapping(root, "the plan", keys: Plan.keys)
    guard let epochs = try top.integer("epochs", 1...1_000_000) else {
      throw reader.problem(top.node, "the plan has no epochs; add epochs: ...")
    }
    let sheet = try Plan.sheet(top) ?? Sheet(rows: 11, columns: 11)
    let seeds = try Plan.seeds(top)
    self.init(
      name: try top.text("name"), data: try Plan.data(top),
      subset: try top.value("subset")?.scalar?.string == Plan.wholeSet
        ? nil : top.integer("subset", or: ", or all"),
      architecture: try ArchitecturePlan(top, sheet: sheet),
      conditions: try Plan.conditions(top, seeds: seeds.seeds.count), seeds: seeds, epochs: epochs,
      evaluation: try top.has("evaluation")
        ? SuiteDescription(document, key: "evaluation") : .clean)
    self.sheet = sheet
    if let batch = try top.integer("batch", 1...65536) { self.batch = batch }
    if let rate = try top.positive("learning-rate") { learningRate = rate }
    if let node = top.value("training-fraction") {
      trainingFraction = try top.number(node, "training-fraction")
      guard trainingFraction > 0, trainingFraction <= 1 else {
        throw reader.problem(
          node, "training-fraction is \(node.inWords), but must be above 0 and at most 1")
      }
    }
    rule = try Plan.rule(top)
    precision = try top.choice("precision", Precision.self, default: .float32)
    if let node = top.value("along-training") {
      alongTraining = try AlongTraining(node, reader)
    }
    snapshots = try Plan.snapshots(top, epochs: epochs)
    keep = try top.choice("keep", Keep.self, default: .checkpoints)
    writesEvents = try top.flag("tensorboard") ?? false
  }

  /// The name or folder of the data set.
  private static func data(_ top: YAMLMapping) throws -> String {
    let node = try top.required("data")
    if case .sequence(let items) = node {
      let first = items.first?.scalar?.string ?? "mnist"
      throw top.reader.problem(
        node,
        "data is a list, but a study has one data set, as results of two are never pooled; run the "
          + "plan once for each: toposheet run PLAN --set data=\(first) --out \(first)")
    }
    return try top.text(node, "data")
  }

  private static func sheet(_ top: YAMLMapping) throws -> Sheet? {
    guard let nodes = top.list("sheet") else { return nil }
    let extents = nodes.compactMap { $0.scalar.flatMap { DecimalText.integer($0.string) } }
    guard nodes.count == 2, extents.count == 2, extents.allSatisfy({ (1...1024).contains($0) })
    else {
      throw top.reader.problem(
        try top.required("sheet"),
        "sheet must be two whole numbers from 1 to 1024, in decimal digits: [rows, columns]")
    }
    guard extents[0] * extents[1] <= mostUnits else {
      throw top.reader.problem(
        try top.required("sheet"),
        "sheet has \(extents[0] * extents[1]) units, but must have at most \(mostUnits); make it "
          + "smaller")
    }
    return Sheet(rows: extents[0], columns: extents[1])
  }

  private static let mostUnits = 65536

  private static func seeds(_ top: YAMLMapping) throws -> SeedList {
    let parts = try (top.list("seeds") ?? [top.required("seeds")]).map { node in
      guard let text = node.scalar?.string else {
        throw top.reader.problem(
          node, "seeds has \(node.inWords) for a seed; write them as 0-2,7 or [0, 1, 2, 7]")
      }
      return text
    }
    let text = parts.joined(separator: ",")
    return try top.checked("seeds") { try SeedList(text) }
  }

  private static func snapshots(_ top: YAMLMapping, epochs: Int) throws -> [Int] {
    guard let nodes = top.list("snapshots") else { return [] }
    let values = try nodes.map { node in
      guard let text = node.scalar?.string, let epoch = DecimalText.integer(text) else {
        throw top.reader.problem(
          node, "snapshots has \(node.inWords) for an epoch; write them as [1, 2, 5]")
      }
      return epoch
    }
    return try top.checked("snapshots") { try snapshots(values, epochs: epochs) }
  }

  /// Checks a list of epochs whose networks are kept.
  /// - Throws: `UserError`.
  public static func snapshots(_ values: [Int], epochs: Int) throws -> [Int] {
    if let value = values.first(where: { !(1...epochs).contains($0) }) {
      throw UserError(
        "snapshots names epoch \(value), but epochs are numbered from 1 to \(epochs); leave it out")
    }
    guard Set(values).count == values.count else {
      throw UserError("snapshots names an epoch twice; name it once")
    }
    return values.sorted()
  }

  // MARK: Conditions

  private static func conditions(_ top: YAMLMapping, seeds: Int) throws -> [Penalty] {
    let node = try top.required("conditions")
    guard case .sequence(let items) = node, !items.isEmpty else {
      throw top.reader.problem(node, "conditions must be a list with at least one - penalty: ...")
    }
    // Checked before any is made: the combinations of two lists may be very many.
    let count = items.reduce(0) { $0 + combinations($1) }
    guard count <= SeedList.most / max(seeds, 1) else {
      throw top.reader.problem(
        try top.required("seeds"),
        "\(count) conditions of \(seeds) seeds are more than \(SeedList.most) networks; ask for "
          + "fewer")
    }
    var conditions: [Penalty] = []
    var labels: Set<String> = []
    for item in items {
      for condition in try penalties(item, top.reader) {
        guard labels.insert(condition.label).inserted else {
          throw top.reader.problem(
            item, "the condition \(condition.label) occurs twice; keep one")
        }
        conditions.append(condition)
      }
    }
    return conditions
  }

  /// How many conditions an entry stands for, valid or not.
  private static func combinations(_ node: Node) -> Int {
    guard case .mapping(let pairs) = node else { return 1 }
    return pairs.reduce(1) { product, pair in
      guard ["metric", "lambda"].contains(pair.key.string), case .sequence(let values) = pair.value
      else { return product }
      return product * max(values.count, 1)
    }
  }

  /// The conditions of one entry: every combination of its metrics and lambdas, which may be lists.
  private static func penalties(_ node: Node, _ reader: YAMLReader) throws -> [Penalty] {
    // Version 0.1 spelled the key `neighbourhood`: that is accepted, but not together with the new
    // spelling.
    let old = "neighbourhood"
    let isOld = node.mapping?.keys.contains { $0.string == old } ?? false
    let keys = conditionKeys.map { isOld && $0 == "neighborhood" ? old : $0 }
    let entry = try reader.mapping(node, "a condition", keys: keys)
    let kind = try entry.choice(try entry.required("penalty"), "penalty", Penalty.Kind.self)
    guard kind != .control else {
      if let key = keys.dropFirst().first(where: entry.has) {
        throw reader.problem(
          try entry.required(key), "the condition control has no \(key); remove it")
      }
      return [.control]
    }
    let metrics =
      try entry.list("metric")?.map { try entry.choice($0, "metric", PenaltyMetric.self) }
      ?? [kind.defaultMetric]
    guard !metrics.isEmpty else {
      throw reader.problem(
        try entry.required("metric"), "metric is an empty list; name one, or leave it out")
    }
    guard let lambdas = try entry.list("lambda")?.map({ try entry.number($0, "lambda") }),
      !lambdas.isEmpty
    else { throw reader.problem(node, "a condition \(kind.rawValue) has no lambda; add lambda: 1") }
    if kind != .activationSimilarity, let key = ["view", "layout", "scale"].first(where: entry.has)
    {
      throw reader.problem(
        try entry.required(key),
        "the condition \(kind.rawValue) has no \(key): view, layout and scale belong to as only; "
          + "remove it")
    }
    let view = try entry.choice("view", Penalty.View.self, default: .preReLU)
    let layout = try entry.choice("layout", Penalty.Layout.self, default: .unitMajor)
    let scale = try entry.choice("scale", Penalty.Scale.self, default: .sum)
    var neighborhood = Neighborhood()
    neighborhood.shape = try entry.choice(
      isOld ? old : "neighborhood", Neighborhood.Shape.self, default: neighborhood.shape)
    neighborhood.wraps = try entry.flag("torus") ?? false
    return try metrics.flatMap { metric in
      try lambdas.map { lambda in
        let penalty = Penalty(
          kind: kind, metric: metric, lambda: lambda, view: view, layout: layout, scale: scale,
          neighborhood: neighborhood)
        return try entry.checked("lambda") {
          try penalty.validate()
          return penalty
        }
      }
    }
  }
}
