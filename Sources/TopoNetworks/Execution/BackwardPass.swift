import TopoCompute
import TopoSheets

/// The prepared operations that compute gradients of a `ForwardPass` from that of its logits: with
/// respect to the parameters, to the input, or to both.
///
/// They run after the forward pass's operations, in the same `run`:
///
///     let forward = try ForwardPass(
///       parameters, input: images, mode: .training(seeds: seeds, clock: clock),
///       keeping: .nothing, device: device)
///     let backward = try BackwardPass(
///       forward, outputGradient: logitsGradient, parameterGradients: gradients, device: device)
///     try device.run(forward.operations + [loss] + backward.operations)
public struct BackwardPass: Sendable {
  /// A tensor of the sheet to whose gradient a term of the objective can add.
  public enum SheetTensor: Sendable, Hashable {
    /// What the sheet writes, dense `[batch, unit]`, before or after its ReLU.
    case activations(Penalty.View)
    /// The sheet's weight, dense `[unit, input]`.
    case weight
  }

  /// Prepares the operations by which terms of the objective other than the loss of the logits add
  /// to the gradient of a tensor. It is called when that gradient is complete otherwise.
  public typealias Terms = (
    _ tensor: SheetTensor, _ values: Tensor, _ gradient: Tensor
  ) throws -> [any Operation]

  /// To be run after the forward operations, when the gradient of the logits is written.
  public let operations: [any Operation]

  /// Prepares gradients.
  /// - Parameters:
  ///   - outputGradient: of what the forward pass writes, shaped alike; overwritten.
  ///   - parameterGradients: where gradients of parameters go, in the order of
  ///     `architecture.parameters` (nil for running statistics); nil if none are wanted. The
  ///     forward pass must be one of training.
  ///   - inputGradient: where the gradient of the forward pass's input goes, per member; nil if it
  ///     is not wanted.
  ///   - terms: further terms of the objective; without parameter gradients there are none.
  /// - Throws: `DeviceError`, and what `terms` throws.
  public init(
    _ forward: ForwardPass, outputGradient: Tensor, parameterGradients: [Tensor?]? = nil,
    inputGradient: Tensor? = nil, device: any Device, terms: Terms = { _, _, _ in [] }
  ) throws {
    precondition(
      parameterGradients == nil || forward.mode.isTraining,
      "gradients of parameters need a forward pass of training")
    var builder = try BackwardBuilder(
      forward: forward, parameterGradients: parameterGradients, inputGradient: inputGradient,
      outputGradient: outputGradient, device: device)
    for index in forward.steps.indices.reversed() {
      try builder.add(forward.steps[index], isFirst: index == 0, terms: terms)
    }
    operations = builder.operations
  }
}
