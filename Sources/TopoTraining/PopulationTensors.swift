import TopoCompute
import TopoNetworks

/// The device memory that a population's training steps of any batch size share.
struct PopulationTensors: Sendable {
  let parameters: ParameterArena
  /// Gradients, laid out as the trainable parameters.
  let gradients: Tensor
  let gradientTensors: [Tensor?]
  /// Optimizer state, `[slot, parameter]`.
  let optimizerState: Tensor
  /// `float32 [1]`: learning rates.
  let rates: Tensor
  /// `uint32 [2]`: seeds of dropout.
  let seeds: Tensor
  /// `uint32 [2]`: batch within the epoch, steps since training began.
  let clock: Tensor
  /// `float32 [3]`: sum of cross-entropies, correct predictions, images.
  let score: Tensor
  /// `float32 [1]`: sum over steps of the penalty without lambda.
  let penalty: Tensor

  init(
    architecture: Architecture, members: [Member], rule: OptimizerRule, learningRate: Float,
    device: any Device
  ) throws {
    let count = members.count
    parameters = try ParameterArena(architecture: architecture, members: count, device: device)
    (gradients, gradientTensors) = try parameters.makeCompanion(device: device)
    optimizerState = try device.makeTensor(
      members: count, shape: [rule.stateSlots, parameters.trainable.count])
    rates = try device.makeTensor(
      members: count, shape: [1], values: [Float](repeating: learningRate, count: count))
    seeds = try device.makeTensor(
      members: count, shape: [2],
      values: members.flatMap {
        [UInt32(truncatingIfNeeded: $0.seed), UInt32(truncatingIfNeeded: $0.seed >> 32)]
      })
    clock = try device.makeTensor(
      members: count, shape: [2], elementType: .uint32, lifetime: .persistent)
    score = try device.makeTensor(members: count, shape: [3])
    penalty = try device.makeTensor(members: count, shape: [1])
  }

  /// Sets every member's clock.
  func setClock(_ clock: Tensor, batch: Int, step: Int, device: any Device) throws {
    let values = [UInt32(batch), UInt32(step)]
    try device.write(Array(repeating: values, count: clock.members).flatMap { $0 }, to: clock)
  }

  /// Sets the sums to zero.
  func clearScore(device: any Device) throws {
    try device.write([Float](repeating: 0, count: score.members * 3), to: score)
    try device.write([Float](repeating: 0, count: penalty.members), to: penalty)
  }
}
