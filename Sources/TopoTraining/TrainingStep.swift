import TopoCompute
import TopoData
import TopoNetworks
import TopoSheets

/// One prepared training step of a population: gather a batch, forward, loss, backward with the
/// penalties, optimizer.
struct TrainingStep: Sendable {
  let operations: [any Operation]
  let batch: Int

  /// Prepares a step.
  /// - Parameters:
  ///   - batch: images per member.
  ///   - order: `int32 [position]` per member: the images, one batch after the other.
  ///   - clock: which batch of `order`, and which step since training began.
  init(
    batch: Int, tensors: PopulationTensors, objective: Objective, rule: OptimizerRule,
    images: Tensor, labels: Tensor, order: Tensor, clock: Tensor,
    normalization: Normalization, device: any Device
  ) throws {
    let architecture = tensors.parameters.architecture
    let members = tensors.parameters.members
    let shape = architecture.input
    let input = try device.makeActivation(
      members: members, shape: [batch, shape.channels, shape.rows, shape.columns],
      elementType: .float32, lifetime: .step)
    let targets = try device.makeTensor(
      members: members, shape: [batch], elementType: .int32, lifetime: .step)

    let forward = try ForwardPass(
      tensors.parameters, input: input, mode: .training(seeds: tensors.seeds, clock: clock),
      keeping: .nothing, device: device)
    let logitsGradient = try device.makeTensor(
      members: members, shape: [batch, architecture.classes], elementType: .float32,
      lifetime: .step)
    let backward = try BackwardPass(
      forward, outputGradient: logitsGradient, parameterGradients: tensors.gradientTensors,
      device: device
    ) { tensor, values, gradient in
      try objective.operations(
        on: tensor, values: values, gradient: gradient, sheet: architecture.sheet,
        sum: tensors.penalty, device: device)
    }

    var operations: [any Operation] = [
      try device.gather(
        images: images, labels: labels, order: order, clock: clock, mean: normalization.mean,
        standardDeviation: normalization.standardDeviation, input: input, targets: targets)
    ]
    operations += forward.operations
    operations.append(
      try device.softmaxCrossEntropy(
        logits: forward.output, targets: targets,
        score: tensors.score, gradient: logitsGradient))
    operations += backward.operations
    operations.append(
      try device.update(
        rule, parameters: tensors.parameters.trainable, gradients: tensors.gradients,
        state: tensors.optimizerState, rates: tensors.rates, clock: clock))
    operations.append(try device.advance(clock: clock))
    self.operations = operations
    self.batch = batch
  }
}
