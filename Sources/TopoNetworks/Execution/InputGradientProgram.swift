import TopoCompute

/// The prepared operations that take a batch of images to the logits of every member, and back to
/// the gradient of the loss with respect to each member's images: without dropout, batch
/// normalization by running statistics.
public struct InputGradientProgram: Sendable {
  /// From the input to the logits; may also be run alone.
  public let forward: ForwardPass
  /// To be run after the input and the targets are written: forward and backward, in one run.
  public let operations: [any Operation]
  /// Gradient of the batch's mean cross-entropy with respect to the input, an activation of its
  /// shape for each member; lasts until the next run.
  public let inputGradient: Tensor

  /// Prepares both passes.
  /// - Parameters:
  ///   - input: normalized images, activation `[batch, channel, row, column]`, shared or per
  ///     member.
  ///   - targets: `int32 [batch]`, shared or per member; for a negative target the gradient is
  ///     zero.
  /// - Throws: `DeviceError`.
  public init(
    parameters: ParameterArena, input: Tensor, targets: Tensor, device: any Device
  ) throws {
    let members = parameters.members
    forward = try ForwardPass(parameters, input: input, device: device)
    inputGradient = try device.makeActivation(
      members: members, shape: input.shape, elementType: .float32, lifetime: .persistent)
    let logitsGradient = try device.makeTensor(
      members: members, shape: forward.output.shape, elementType: .float32, lifetime: .step)
    let loss = try device.softmaxCrossEntropy(
      logits: forward.output, targets: targets,
      // The score is not read.
      score: try device.makeTensor(members: members, shape: [3]), gradient: logitsGradient)
    let backward = try BackwardPass(
      forward, outputGradient: logitsGradient, inputGradient: inputGradient, device: device)
    operations = forward.operations + [loss] + backward.operations
  }
}
