import TopoSheets

/// The columns that identify a network in tables of results. No two networks of a study agree in
/// all of them, and no cell is empty: grouping by them neither merges conditions nor drops control.
public struct NetworkIdentity: Sendable, Hashable {
  /// The architecture's name: `mnist`, `cifar10`.
  public var architecture: String
  /// Extents of the sheet: `11x11`.
  public var sheet: String
  /// The condition's label: `control`, `ws-euclidean-1`.
  public var condition: String
  /// `control`, `ws` or `as`; `unknown` if the network's condition does not have a label of ours.
  public var penalty: String
  /// Metric of the penalty; `none` for control.
  public var metric: String
  /// Lambda of the penalty; 0 for control and if the penalty is `unknown`.
  public var lambda: Double
  /// Activations that the penalty compares; `none` for other penalties than `as`.
  public var view: String
  /// How the penalty reads them; `none` for penalties other than `as`.
  public var layout: String
  /// How the penalty scales with the batch; `none` for penalties other than `as`.
  public var scale: String
  /// Which units are neighbors in the penalty: `moore`, `von-neumann-torus`; `none` for control.
  public var neighborhood: String
  /// Seed of the member.
  public var seed: UInt64
  /// Epochs of training; 0 if unknown.
  public var epoch: Int

  /// The text of a column that does not apply.
  public static let none = "none"
  /// The text of a column whose value is unknown.
  public static let unknown = "unknown"

  /// A member of a population.
  public init(_ penalty: Penalty, seed: UInt64, architecture: Architecture? = nil, epoch: Int = 0) {
    let isControl = penalty.kind == .control
    let isOfActivations = penalty.kind == .activationSimilarity
    self.architecture = architecture?.name ?? Self.unknown
    sheet = architecture.map { "\($0.sheet.rows)x\($0.sheet.columns)" } ?? Self.unknown
    condition = penalty.label
    self.penalty = penalty.kind.rawValue
    metric = isControl ? Self.none : penalty.metric.rawValue
    lambda = isControl ? 0 : penalty.lambda
    view = isOfActivations ? penalty.view.rawValue : Self.none
    layout = isOfActivations ? penalty.layout.rawValue : Self.none
    scale = isOfActivations ? penalty.scale.rawValue : Self.none
    neighborhood = isControl ? Self.none : penalty.neighborhood.label
    self.seed = seed
    self.epoch = epoch
  }

  /// A network of which only a name is known. If the name is a label of ours, such as
  /// `ws-euclidean-0.5`, the columns follow from it.
  public init(
    named condition: String, seed: UInt64, architecture: Architecture? = nil, epoch: Int = 0
  ) {
    if let penalty = Penalty(label: condition) {
      self.init(penalty, seed: seed, architecture: architecture, epoch: epoch)
      return
    }
    self.init(.control, seed: seed, architecture: architecture, epoch: epoch)
    self.condition = condition
    (penalty, metric, view, layout) = (Self.unknown, Self.unknown, Self.unknown, Self.unknown)
    (scale, neighborhood) = (Self.unknown, Self.unknown)
  }

  /// Names of the columns, in their order.
  public static let columns = [
    "architecture", "sheet", "condition", "penalty", "metric", "lambda", "view", "layout", "scale",
    "neighborhood", "seed", "epoch",
  ]

  /// The texts of the columns.
  public var fields: [String] {
    [
      architecture, sheet, condition, penalty, metric, "\(lambda)", view, layout, scale,
      neighborhood, "\(seed)", "\(epoch)",
    ]
  }

  /// Reads `fields`; nil if their number is not that of `columns`, or if a number cannot be read.
  public init?(fields: [String]) {
    guard fields.count == Self.columns.count, let lambda = Double(fields[5]), lambda.isFinite,
      let seed = UInt64(fields[10]), let epoch = Int(fields[11])
    else { return nil }
    (architecture, sheet, condition, penalty) = (fields[0], fields[1], fields[2], fields[3])
    (metric, self.lambda, view, layout) = (fields[4], lambda, fields[6], fields[7])
    (scale, neighborhood, self.seed, self.epoch) = (fields[8], fields[9], seed, epoch)
  }
}
