import TopoFoundation
import TopoSheets

/// A network as a value: what its layers are, without their parameters.
///
/// Making an architecture checks that it can be computed. It reads images, has one global average
/// pool, after it exactly one sheet, and ends with a linear layer that gives the logits.
///
///     let architecture = try Architecture.cifar10(sheet: Sheet(rows: 11, columns: 11))
///     let own = try Architecture(
///       name: "small", input: ImageShape(channels: 1, rows: 28, columns: 28),
///       layers: [
///         .convolution(name: "conv1", outputs: 16, window: Window(3, padding: 1)), .relu,
///         .maxPooling(Window(2, stride: 2)), .globalAveragePooling,
///         .sheet(name: "fc1", Sheet(rows: 8, columns: 8)), .relu,
///         .linear(name: "fc2", outputs: 10),
///       ])
///     let network = Initialization.pytorchDefault(own, seed: 0)
public struct Architecture: Sendable, Hashable {
  /// Its name: `mnist` or `cifar10` for the paper's.
  public let name: String
  /// Images that it reads.
  public let input: ImageShape
  /// Layers from input to logits.
  public let layers: [Layer]
  /// Output of each layer for one image: `[channel, row, column]` or `[feature]`.
  public let outputShapes: [[Int]]
  /// All its tensors in the order of PyTorch's `state_dict`: by layer, running statistics after
  /// gamma and beta. The `num_batches_tracked` of batch normalization is not among them.
  public let parameters: [ParameterDescription]
  /// Index of the sheet in `layers`.
  public let sheetIndex: Int
  /// The sheet.
  public let sheet: Sheet
  /// Number of logits.
  public let classes: Int

  /// Checks the layers and makes an architecture of them.
  /// - Throws: `UserError`, for example if images are too small to pool, there is not
  ///   exactly one sheet, or two layers share a name.
  public init(name: String, input: ImageShape, layers: [Layer]) throws {
    self.name = name
    self.input = input
    self.layers = layers
    let shapes = try ShapeInference(architecture: name, input: input).shapes(of: layers)
    outputShapes = shapes
    parameters = layers.enumerated().flatMap { index, layer in
      ParameterDescription.of(
        layer, at: index,
        input: index == 0 ? [input.channels, input.rows, input.columns] : shapes[index - 1])
    }
    var found: (index: Int, sheet: Sheet)?
    for (index, layer) in layers.enumerated() {
      if case .sheet(_, let sheet) = layer { found = (index, sheet) }
    }
    guard let found, case .linear(_, let outputs) = layers.last else {
      throw UserError(architecture: name, "has no sheet or no last linear layer")
    }
    (sheetIndex, sheet) = found
    classes = outputs
  }

  /// Shape of what a layer reads for one image.
  public func inputShape(ofLayer index: Int) -> [Int] {
    index == 0 ? [input.channels, input.rows, input.columns] : outputShapes[index - 1]
  }

  /// Number of values that training changes.
  public var trainableCount: Int {
    parameters.reduce(0) { $0 + ($1.isTrainable ? $1.count : 0) }
  }

  /// Index in `parameters` of the sheet's weight, `[unit, input]`.
  public var sheetWeightIndex: Int {
    parameters.firstIndex { $0.layer == sheetIndex && $0.role == .weight } ?? 0
  }

  /// By how many pixels images can move, away from their border, so that the values before the
  /// sheet's global average pool move with them: the product of all strides before the sheet; if
  /// those down and across differ, the product of both.
  public var periodBeforeSheet: Int {
    var (down, across) = (1, 1)
    for layer in layers[..<sheetIndex] {
      switch layer {
      case .convolution(_, _, let window), .maxPooling(let window):
        down *= window.stride.rows
        across *= window.stride.columns
      default: continue
      }
    }
    return down == across ? down : down * across
  }

  /// Checks that the architecture fits the images and classes of a data set.
  /// - Parameter data: the data set's name, for the message.
  /// - Throws: `UserError`.
  public func requireFit(images: ImageShape, classes: Int, of data: String) throws {
    guard images.channels == input.channels else {
      throw UserError(
        architecture: name,
        "reads images of \(input.channels.counted("channel")), but those of \(data) have "
          + "\(images.channels); "
          + "choose other data or a model trained on such images")
    }
    guard images == input else {
      throw UserError(
        architecture: name,
        "reads images of \(input), but those of \(data) are \(images); choose other data or a "
          + "model trained on such images")
    }
    guard classes == self.classes else {
      throw UserError(
        architecture: name,
        "distinguishes \(self.classes.counted("class")), but \(data) has \(classes); choose other "
          + "data or a model trained on it")
    }
  }
}

extension Architecture: Codable {
  private enum Key: String, CodingKey { case name, input, layers }

  /// Reads and checks an architecture.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    try self.init(
      name: try values.decode(String.self, forKey: .name),
      input: try values.decode(ImageShape.self, forKey: .input),
      layers: try values.decode([Layer].self, forKey: .layers))
  }

  /// Writes name, input and layers; the rest follows from them.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(name, forKey: .name)
    try values.encode(input, forKey: .input)
    try values.encode(layers, forKey: .layers)
  }
}
