import TopoCompute
import TopoFoundation
import TopoNetworks
import TopoSheets

/// The architecture of a plan: a ready one by name, or layers. It becomes an `Architecture` when the
/// images and the sheet are known.
///
/// ```swift
/// plan.architecture = "mnist"
/// plan.architecture = .layers(
///   [
///     .fixed(.convolution(name: "conv1", outputs: 16, window: Window(3, padding: 1))),
///     .fixed(.relu), .fixed(.globalAveragePooling), .sheet(name: "fc1"), .fixed(.relu),
///     .classes(name: "fc2"),
///   ], name: "small")
/// ```
public enum ArchitecturePlan: Sendable, Hashable, ExpressibleByStringLiteral {
  /// One of `Architecture.presets`.
  case ready(String)
  /// Layers from the images to the logits, and the name of the architecture.
  case layers([LayerPlan], name: String)

  public init(stringLiteral name: String) { self = .ready(name) }

  /// The name of the architecture.
  public var name: String {
    switch self {
    case .ready(let name), .layers(_, let name): name
    }
  }

  /// The architecture for images of a shape.
  /// - Throws: `UserError` if a ready one does not exist, or layers do not fit together or the
  ///   images.
  public func architecture(
    input: ImageShape, sheet: Sheet, classes: Int
  ) throws -> Architecture {
    switch self {
    case .ready(let name):
      try Architecture.preset(name, input: input, sheet: sheet, classes: classes)
    case .layers(let layers, let name):
      try Architecture(
        name: name, input: input, layers: layers.map { $0.layer(sheet: sheet, classes: classes) })
    }
  }
}

/// A layer of a plan's architecture.
public enum LayerPlan: Sendable, Hashable {
  /// A layer that depends neither on the plan's sheet nor on the data.
  case fixed(Layer)
  /// The topographic layer, of the plan's sheet.
  case sheet(name: String)
  /// The last linear layer: an output for each class of the data.
  case classes(name: String)

  func layer(sheet: Sheet, classes: Int) -> Layer {
    switch self {
    case .fixed(let layer): layer
    case .sheet(let name): .sheet(name: name, sheet)
    case .classes(let name): .linear(name: name, outputs: classes)
    }
  }
}
