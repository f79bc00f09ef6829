import TopoCompute
import TopoSheets

/// One layer of an architecture. A layer with parameters has a name: the attribute of the PyTorch
/// class that holds them, and so the prefix of their names in files.
public enum Layer: Sendable, Hashable {
  /// A convolution with bias.
  case convolution(name: String, outputs: Int, window: Window)
  /// Batch normalization of channels.
  case batchNormalization(name: String, momentum: Float = 0.1, epsilon: Float = 1e-5)
  /// `max(x, 0)`
  case relu
  /// Largest value of each window.
  case maxPooling(Window)
  /// Mean over rows and columns: from here on, values are flat.
  case globalAveragePooling
  /// The topographic layer: a linear layer whose outputs are the units of a sheet.
  case sheet(name: String, Sheet)
  /// Drops values with probability `rate` in training.
  case dropout(rate: Float)
  /// A linear layer with bias.
  case linear(name: String, outputs: Int)

  /// The name of a layer with parameters.
  public var name: String? {
    switch self {
    case .convolution(let name, _, _), .batchNormalization(let name, _, _), .sheet(let name, _),
      .linear(let name, _):
      name
    case .relu, .maxPooling, .globalAveragePooling, .dropout: nil
    }
  }

  /// The kind of the layer, as files and messages name it.
  var kind: Kind {
    switch self {
    case .convolution: .convolution
    case .batchNormalization: .batchNormalization
    case .relu: .relu
    case .maxPooling: .maxPooling
    case .globalAveragePooling: .globalAveragePooling
    case .sheet: .sheet
    case .dropout: .dropout
    case .linear: .linear
    }
  }

  /// The kinds of layers.
  enum Kind: String, Codable {
    case convolution
    case batchNormalization = "batch-normalization"
    case relu
    case maxPooling = "max-pooling"
    case globalAveragePooling = "global-average-pooling"
    case sheet
    case dropout
    case linear
  }
}
