import TopoCompute

/// The prepared operations of a network's layers for every member: a whole network, or the part
/// before or after one of its layers.
///
/// Prepare once, then write the input and run as often as you like:
///
///     let pass = try ForwardPass(parameters, input: images, device: device)
///     try device.write(values, to: images)
///     try device.run(pass.operations)
///     let logits = try device.read(pass.output, as: Float.self)
///
/// `BackwardPass` prepares the gradients of a forward pass.
public struct ForwardPass: Sendable {
  /// How layers behave that differ between training and inference.
  public enum Mode: Sendable {
    /// Batch normalization by running statistics, no dropout.
    case inference
    /// Batch normalization by the batch's statistics, which also move the running ones; dropout
    /// by `seeds` and `clock`, as in `Device.dropout`.
    case training(seeds: Tensor, clock: Tensor)

    var isTraining: Bool { if case .training = self { true } else { false } }
  }

  /// Which tensors last after a run, to be read or used by another pass. The others lie in memory
  /// that later operations use again.
  public enum Kept: Sendable, Hashable {
    /// None: all that is wanted is a `BackwardPass` in the same run.
    case nothing
    /// The sheet and the logits, if they are among the layers.
    case outputs
    /// Everything without rows and columns: what the global average pool and later layers write.
    case features
    /// Everything.
    case everything
  }

  /// The operations, to be run after the input is written.
  public let operations: [any Operation]
  /// What the last layer writes: for a whole network the logits, dense `[batch, class]`.
  public let output: Tensor

  let architecture: Architecture
  let parameters: [Tensor?]
  let members: Int
  let mode: Mode
  let steps: [Step]

  /// One operation's tensors.
  struct Step: Sendable {
    let step: ExecutionStep
    /// What the operation reads.
    let input: Tensor
    /// What the operation writes; for dropout in inference, which has no operation, `input`.
    let output: Tensor
    /// Indices of the largest values within their windows, if the operation pools.
    var argmax: Tensor?
    /// The batch's statistics, for batch normalization in training.
    var statistics: (mean: Tensor, inverseStandardDeviation: Tensor)?
  }

  /// Prepares some layers.
  /// - Parameters:
  ///   - layers: indices of the layers; the first has parameters, or is the network's first.
  ///   - parameters: in the order of `architecture.parameters`, of `members` members each; those
  ///     of other layers may be nil.
  ///   - input: what the first layer reads, per member or, if its operation allows it, shared: for
  ///     a network's first layer normalized images, activation `[batch, channel, row, column]`.
  /// - Throws: `DeviceError`.
  public init(
    _ architecture: Architecture, layers: Range<Int>, parameters: [Tensor?], members: Int,
    input: Tensor, mode: Mode = .inference, keeping kept: Kept = .outputs, device: any Device
  ) throws {
    var builder = ForwardBuilder(
      architecture: architecture, parameters: parameters, members: members, mode: mode,
      kept: kept, device: device, input: input)
    for step in architecture.executionSteps(layers, isTraining: mode.isTraining) {
      try builder.add(step)
    }
    operations = builder.operations
    output = builder.current
    steps = builder.steps
    (self.architecture, self.parameters) = (architecture, parameters)
    (self.members, self.mode) = (members, mode)
  }

  /// Prepares a whole network.
  /// - Parameter input: normalized images, activation `[batch, channel, row, column]`, per member
  ///   or shared.
  /// - Throws: `DeviceError`.
  public init(
    _ parameters: ParameterArena, input: Tensor, mode: Mode = .inference,
    keeping kept: Kept = .outputs, device: any Device
  ) throws {
    try self.init(
      parameters.architecture, layers: parameters.architecture.layers.indices,
      parameters: parameters.tensors, members: parameters.members, input: input, mode: mode,
      keeping: kept, device: device)
  }

  /// The sheet before ReLU, dense `[batch, unit]`. The sheet's layer must be among the layers.
  public var sheet: Tensor { step(ofLayer: architecture.sheetIndex).output }

  /// What a layer reads. The layer must be among the layers; read it after a run only if it is
  /// kept.
  public func input(ofLayer index: Int) -> Tensor { step(ofLayer: index).input }

  private func step(ofLayer index: Int) -> Step {
    guard let step = steps.first(where: { $0.step.layer == index }) else {
      preconditionFailure("layer \(index) is not among the layers of this pass")
    }
    return step
  }
}
