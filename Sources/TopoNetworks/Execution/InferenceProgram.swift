import TopoCompute

/// The operations that take a batch of images to the sheet and the logits of every member, with
/// dropout off and batch normalisation by running statistics.
public struct InferenceProgram: Sendable {
  /// All layers.
  private let segment: InferenceSegment

  /// To be run after the input is in place.
  public var operations: [any Operation] { segment.operations }
  /// The sheet before ReLU, dense `[batch, unit]`.
  public let sheet: Tensor
  /// Dense `[batch, class]`.
  public var logits: Tensor { segment.output }
  /// What each layer reads and writes, for the way back.
  var layers: [InferenceSegment.LayerTensors] { segment.layers }

  /// Prepares inference.
  /// - Parameters:
  ///   - input: normalised images, activation `[batch, channel, row, column]`, shared or per
  ///     member.
  ///   - keepsFeatures: whether what linear layers and the sheet read lasts after a run.
  /// - Throws: `DeviceError`.
  public init(
    parameters: ParameterArena, input: Tensor, keepsFeatures: Bool = false, device: any Device
  ) throws {
    let architecture = parameters.architecture
    segment = try InferenceSegment(
      architecture, layers: architecture.layers.indices, tensors: parameters.tensors,
      members: parameters.members, input: input, lasting: keepsFeatures ? .features : .answers,
      device: device)
    sheet = segment.sheet ?? segment.output
  }

  /// What a layer reads. After a run it can be read of the sheet's layer and linear ones, if
  /// features are kept.
  public func input(ofLayer index: Int) -> Tensor { segment.input(ofLayer: index) }
}
