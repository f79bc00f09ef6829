import TopoCompute
import TopoFoundation

extension Plan {
  /// The keys of each optimizer.
  private static let optimizers = [
    (name: "adam", keys: ["beta1", "beta2", "epsilon"]), (name: "sgd", keys: ["momentum"]),
  ]

  /// The optimizer and its constants.
  static func rule(_ top: YAMLMapping) throws -> OptimizerRule {
    let node = top.value("optimizer")
    let name = try node.map { try top.text($0, "optimizer") } ?? "adam"
    let isSetting = node.map(top.reader.isFromSetting) ?? false
    if optimizers.contains(where: { $0.name == name }) {
      for other in optimizers where other.name != name {
        try refuse(other.keys, of: other.name, top, exceptInFile: isSetting)
      }
    }
    switch name {
    case "adam":
      guard case .adam(let beta1, let beta2, let epsilon) = OptimizerRule.adam() else {
        return .adam()
      }
      return .adam(
        beta1: try beta("beta1", top) ?? beta1, beta2: try beta("beta2", top) ?? beta2,
        epsilon: try top.positive("epsilon") ?? epsilon)
    case "sgd":
      let momentum = try top.value("momentum").map { try top.number($0, "momentum") } ?? 0
      guard (0..<1).contains(Float(momentum)) else {
        throw top.reader.problem(
          try top.required("momentum"), "momentum must be at least 0 and below 1")
      }
      return .sgd(momentum: Float(momentum))
    default:
      throw top.reader.problem(
        try top.required("optimizer"), "optimizer is \(name), but must be one of adam, sgd")
    }
  }

  /// Refuses keys of another optimizer. Those of the file are passed over if a setting chose the
  /// optimizer: a resolved plan has all keys of the earlier one.
  private static func refuse(
    _ keys: [String], of optimizer: String, _ top: YAMLMapping, exceptInFile isExcepted: Bool
  ) throws {
    let given = keys.filter { key in
      guard let node = top.value(key) else { return false }
      return !isExcepted || top.reader.isFromSetting(node)
    }
    guard let first = given.first else { return }
    let isOne = given.count == 1
    throw top.reader.problem(
      try top.required(first),
      "\(given.listed()) \(isOne ? "belongs" : "belong") to the optimizer \(optimizer) only; "
        + "remove \(isOne ? "it" : "them")")
  }

  /// A decay rate of Adam; nil if the key is missing.
  private static func beta(_ key: String, _ top: YAMLMapping) throws -> Float? {
    guard let node = top.value(key) else { return nil }
    let given = try top.number(node, key)
    let number = Float(given)
    guard (0..<1).contains(number) else {
      throw top.reader.problem(
        node,
        "\(key) is \(node.inWords), but must be at least 0 and below 1"
          + (given < 1 && number == 1
            ? "; as a float32 it is 1, and the largest below is \(Float(1).nextDown)" : ""))
    }
    return number
  }
}
