import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets
import Yams

extension ArchitecturePlan {
  /// The keys of an architecture that is not ready.
  static let keys = ["name", "layers"]

  /// The kinds of layers, each with the keys that it takes besides its own.
  static let layerKeys: [(kind: String, keys: [String])] = [
    ("convolution", ["kernel", "stride", "padding", "name"]),
    ("batch-normalization", ["momentum", "epsilon", "name"]),
    ("relu", []),
    ("max-pooling", ["stride", "padding"]),
    ("global-average-pooling", []),
    ("sheet", ["name"]),
    ("dropout", []),
    ("linear", ["name"]),
  ]

  /// Reads the value of the key `architecture` of a plan.
  /// - Parameter sheet: the sheet of the plan.
  /// - Throws: `UserError` that names file, line and key.
  init(_ top: YAMLMapping, sheet: Sheet) throws {
    let node = try top.required("architecture")
    guard case .mapping = node else {
      let name = try top.text("architecture")
      guard Architecture.presets.contains(name) else {
        throw top.reader.problem(
          node,
          "architecture is \(name), but must be one of "
            + "\(Architecture.presets.joined(separator: ", ")); or give a name and layers")
      }
      self = .ready(name)
      return
    }
    let entry = try top.reader.mapping(node, "architecture", keys: Self.keys)
    let name = try entry.text("name")
    guard !Architecture.presets.contains(name) else {
      throw top.reader.problem(
        try entry.required("name"),
        "\(name) is the name of a ready architecture; give these layers another name")
    }
    guard case .sequence(let items) = try entry.required("layers"), !items.isEmpty else {
      throw top.reader.problem(
        try entry.required("layers"),
        "layers must be a list with at least one - convolution: ..., a sheet and a linear layer")
    }
    var names = LayerNames()
    let last = items.count - 1
    let layers = try items.enumerated().map { index, item in
      try LayerPlan(item, isLast: index == last, names: &names, top.reader)
    }
    self = .layers(layers, name: name)
    // What does not depend on the size of images is checked with large ones.
    do {
      _ = try architecture(
        input: ImageShape(channels: 3, rows: 4096, columns: 4096), sheet: sheet, classes: 10)
    } catch let error as UserError {
      throw Self.problem(error, top)
    }
  }

  /// An error about layers, with the line of the layer that it is about.
  private static func problem(_ error: UserError, _ top: YAMLMapping) -> UserError {
    let node = top.value("architecture") ?? top.node
    let layers = node.mapping?.first { $0.key.string == "layers" }?.value
    let item = error.item.flatMap { item in layers?.sequence.map { $0[item] } }
    return top.reader.problem(item ?? layers ?? node, error.description)
  }

  /// Checks that the layers fit the images and classes of a data set.
  /// - Parameters:
  ///   - top: the plan, whose lines errors name.
  ///   - sheet: the sheet of the plan.
  /// - Throws: `UserError` that names file, line and key.
  func check(on dataset: Dataset, sheet: Sheet, _ top: YAMLMapping) throws {
    do {
      let own = try architecture(input: dataset.shape, sheet: sheet, classes: dataset.classes)
      guard own.classes == dataset.classes else {
        throw UserError(
          "the last layer has \(own.classes.counted("output")), but \(dataset.name) has "
            + "\(dataset.classes) classes; write - linear"
        ).about(item: own.layers.count - 1)
      }
    } catch let error as UserError {
      throw Self.problem(error, top)
    }
  }

  /// The lines of the key in a plan.
  /// - Throws: `UserError` if the layers have a sheet of a size of their own, which plans do not
  ///   express.
  func lines() throws -> [String] {
    switch self {
    case .ready(let name): return ["architecture: \(PlanText.quoted(name))"]
    case .layers(let layers, let name):
      return try ["architecture:", "  name: \(PlanText.quoted(name))", "  layers:"]
        + layers.map { "    - \(try $0.text())" }
    }
  }
}

/// Names of layers that have none: `conv1`, `bn1`, `fc1`, numbered by kind as in PyTorch classes.
private struct LayerNames {
  private var counts: [String: Int] = [:]

  mutating func next(_ prefix: String) -> String {
    counts[prefix, default: 0] += 1
    return "\(prefix)\(counts[prefix] ?? 0)"
  }
}

extension LayerPlan {
  private static let most = 65536
  /// The outputs of the last linear layer if they are the classes of the data.
  private static let classes = "classes"

  /// Reads a layer: a word, or its kind with a value and further keys.
  fileprivate init(
    _ node: Node, isLast: Bool, names: inout LayerNames, _ reader: YAMLReader
  ) throws {
    let kinds = ArchitecturePlan.layerKeys
    let words = node.scalar.map { [$0.string] } ?? node.mapping?.keys.compactMap(\.string) ?? []
    guard let kind = kinds.first(where: { words.contains($0.kind) }) else {
      let nearest = words.lazy.compactMap { NearestName.of($0, among: kinds.map(\.kind)) }.first
      throw reader.problem(
        node,
        "a layer must be one of \(kinds.map(\.kind).joined(separator: ", "))"
          + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }
    let entry =
      node.scalar != nil
      ? YAMLMapping(reader: reader, node: node, what: "a layer \(kind.kind)", values: [:])
      : try reader.mapping(node, "a layer \(kind.kind)", keys: [kind.kind] + kind.keys)
    func name(_ prefix: String) throws -> String {
      let automatic = names.next(prefix)
      return try entry.has("name") ? entry.text("name") : automatic
    }
    /// The first key of a layer, which needs a value.
    func requireValue(_ what: String, _ example: String) throws {
      guard !entry.has(kind.kind) else { return }
      throw reader.problem(node, "\(kind.kind) has no \(what); write - \(example)")
    }
    func refuseValue() throws {
      guard let value = entry.value(kind.kind), !value.isEmptyMapping else { return }
      throw reader.problem(
        value, "\(kind.kind) is \(value.inWords), but has no value; write - \(kind.kind)")
    }
    switch kind.kind {
    case "convolution":
      try requireValue("number of outputs", "{convolution: 32, kernel: 3}")
      let outputs = try entry.integer("convolution", 1...Self.most) ?? 1
      self = .fixed(
        .convolution(
          name: try name("conv"), outputs: outputs,
          window: Window(
            kernel: try entry.extent("kernel", from: 1, default: nil),
            stride: try entry.extent("stride", from: 1, default: .init(1)),
            padding: try entry.extent("padding", from: 0, default: .init(0)))))
    case "batch-normalization":
      try refuseValue()
      self = .fixed(
        .batchNormalization(
          name: try name("bn"), momentum: try entry.share("momentum", 0...1) ?? 0.1,
          epsilon: try entry.positive("epsilon") ?? 1e-5))
    case "relu", "global-average-pooling":
      try refuseValue()
      self = .fixed(kind.kind == "relu" ? .relu : .globalAveragePooling)
    case "max-pooling":
      try requireValue("window", "max-pooling: 2")
      let kernel = try entry.extent("max-pooling", from: 1, default: nil)
      self = .fixed(
        .maxPooling(
          Window(
            kernel: kernel, stride: try entry.extent("stride", from: 1, default: kernel),
            padding: try entry.extent("padding", from: 0, default: .init(0)))))
    case "sheet":
      if let value = entry.value("sheet"), !value.isEmptyMapping {
        throw reader.problem(
          value, "the layer sheet has no value; give rows and columns with the plan's key sheet")
      }
      self = .sheet(name: try name("fc"))
    case "dropout":
      try requireValue("rate", "dropout: 0.5")
      let node = try entry.required("dropout")
      let rate = Float(try entry.number(node, "dropout"))
      guard rate >= 0, rate < 1 else {
        throw reader.problem(
          node, "dropout is \(node.inWords), but must be at least 0 and below 1")
      }
      self = .fixed(.dropout(rate: rate))
    default:
      let given = entry.value("linear")
      let isOfClasses =
        given == nil || given?.isEmptyMapping == true || given?.scalar?.string == Self.classes
      guard !isOfClasses || isLast else {
        throw reader.problem(
          node, "a linear layer that is not the last one has no outputs; write - linear: 100")
      }
      let outputs =
        isOfClasses ? nil : try entry.integer("linear", 1...Self.most, or: ", or \(Self.classes)")
      let name = try name("fc")
      self = outputs.map { .fixed(.linear(name: name, outputs: $0)) } ?? .classes(name: name)
    }
  }

  /// The layer as an item of a list.
  fileprivate func text() throws -> String {
    switch self {
    case .sheet(let name): return "{sheet: {}, name: \(PlanText.quoted(name))}"
    case .classes(let name): return "{linear: \(Self.classes), name: \(PlanText.quoted(name))}"
    case .fixed(let layer): return try Self.text(layer)
    }
  }

  private static func text(_ layer: Layer) throws -> String {
    func extent(_ extent: Window.Extent) -> String {
      extent.rows == extent.columns ? "\(extent.rows)" : "[\(extent.rows), \(extent.columns)]"
    }
    func further(_ window: Window) -> String {
      ", stride: \(extent(window.stride)), padding: \(extent(window.padding))"
    }
    switch layer {
    case .convolution(let name, let outputs, let window):
      return "{convolution: \(outputs), kernel: \(extent(window.kernel))"
        + further(window) + ", name: \(PlanText.quoted(name))}"
    case .batchNormalization(let name, let momentum, let epsilon):
      return "{batch-normalization: {}, momentum: \(PlanText.decimal(momentum)), "
        + "epsilon: \(PlanText.decimal(epsilon)), name: \(PlanText.quoted(name))}"
    case .relu: return "relu"
    case .globalAveragePooling: return "global-average-pooling"
    case .maxPooling(let window):
      return "{max-pooling: \(extent(window.kernel))" + further(window) + "}"
    case .dropout(let rate): return "dropout: \(PlanText.decimal(rate))"
    case .linear(let name, let outputs):
      return "{linear: \(outputs), name: \(PlanText.quoted(name))}"
    case .sheet(let name, _):
      throw UserError(
        "the layer \(name) is a sheet of a size of its own, which plans do not express; use "
          + "LayerPlan.sheet and the plan's sheet")
    }
  }
}

extension Node {
  /// `{}`, which a layer without a value has in a list of keys.
  fileprivate var isEmptyMapping: Bool { mapping?.isEmpty ?? false }
}

extension YAMLMapping {
  /// Rows and columns: one number for both, or two.
  /// - Parameter fallback: if the key is missing; nil if it must be there.
  fileprivate func extent(
    _ key: String, from least: Int, default fallback: Window.Extent?
  ) throws -> Window.Extent {
    if let fallback, !has(key) { return fallback }
    let node = try required(key)
    let numbers = (list(key) ?? []).compactMap {
      $0.scalar.flatMap { DecimalText.integer($0.string) }
    }
    guard (1...2).contains(numbers.count), numbers.count == list(key)?.count,
      numbers.allSatisfy({ (least...1024).contains($0) })
    else {
      throw reader.problem(
        node,
        "\(key) is \(node.inWords), but must be a whole number from \(least) to 1024, or two of "
          + "them: [rows, columns]")
    }
    return Window.Extent(rows: numbers[0], columns: numbers[numbers.count - 1])
  }

  /// A number within a range; nil if the key is missing.
  func share(_ key: String, _ range: ClosedRange<Float>) throws -> Float? {
    guard let node = value(key) else { return nil }
    let number = Float(try self.number(node, key))
    guard range.contains(number) else {
      throw reader.problem(
        node,
        "\(key) is \(node.inWords), but must be from \(PlanText.decimal(range.lowerBound)) to "
          + PlanText.decimal(range.upperBound))
    }
    return number
  }

  /// A number above 0 that float32 holds; nil if the key is missing.
  func positive(_ key: String) throws -> Float? {
    guard let node = value(key) else { return nil }
    let number = Float(try self.number(node, key))
    guard number.isFinite, number > 0 else {
      throw reader.problem(
        node, "\(key) is \(node.inWords), but must be above 0 and a number that float32 holds")
    }
    return number
  }
}
