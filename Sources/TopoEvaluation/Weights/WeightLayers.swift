import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// The layers whose weights are perturbed. Biases and batch normalization are never perturbed.
public enum WeightLayers: Sendable, Hashable {
  /// The layer of the sheet: `fc1` in the networks of the paper.
  case topographic
  /// The last layer, which gives the logits: `fc2`.
  case readout
  /// The layer of the sheet and all linear layers.
  case dense
  /// All convolutions, the layer of the sheet and all linear layers.
  case all
  /// The layer with a name.
  case named(String)

  /// The sets of layers that do not depend on names of layers.
  public static let standard: [WeightLayers] = [.topographic, .readout, .dense, .all]

  /// The name on the command line and in labels.
  public var label: String {
    switch self {
    case .topographic: "topographic"
    case .readout: "readout"
    case .dense: "dense"
    case .all: "all"
    case .named(let name): name
    }
  }

  /// The set with a label: one of `standard`, or the name of a layer.
  /// - Throws: `UserError` for a name that no layer can have.
  public init(_ name: String) throws {
    if let known = Self.standard.first(where: { $0.label == name }) {
      self = known
      return
    }
    let allowed = name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "_.".contains($0))
    }
    guard !name.isEmpty, allowed else {
      throw UserError(
        "there are no layers \"\(name)\": choose from "
          + "\(Self.standard.map(\.label).joined(separator: ", ")), or a layer's name")
    }
    self = .named(name)
  }

  /// Indices in `architecture.parameters` of the weights, ascending.
  /// - Throws: `UserError` if the architecture has no layer of that name with weights.
  public func parameters(of architecture: Architecture) throws -> [Int] {
    let weights = architecture.parameters.indices.filter {
      architecture.parameters[$0].role == .weight
    }
    func isDense(_ parameter: Int) -> Bool { architecture.parameters[parameter].shape.count == 2 }
    switch self {
    case .topographic: return [architecture.sheetWeightIndex]
    case .readout:
      return weights.filter { architecture.parameters[$0].layer == architecture.layers.count - 1 }
    case .dense: return weights.filter(isDense)
    case .all: return weights
    case .named(let name):
      func layer(_ parameter: Int) -> String {
        architecture.layers[architecture.parameters[parameter].layer].name ?? ""
      }
      let named = weights.filter { layer($0) == name }
      guard !named.isEmpty else {
        throw UserError(
          "architecture \(architecture.name) has no layer \"\(name)\" with weights: choose from "
            + "\((Self.standard.map(\.label) + weights.map(layer)).joined(separator: ", "))")
      }
      return named
    }
  }
}

extension WeightLayers: Codable {
  /// Reads the label.
  public init(from decoder: any Decoder) throws {
    try self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the label.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(label)
  }
}
