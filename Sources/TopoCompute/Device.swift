/// Something that computes: memory, and operations prepared once and executed many times.
///
/// Every operation acts on all members of its tensors at once, and a member's result depends on
/// that member's values alone: not on how many members there are, nor on which. Tensors are
/// `[member] + shape`; below, shapes are written without the member axis.
///
/// Only one thread at a time may use a device: prepare, read, write or run. Different threads may
/// use different devices at the same time. A device may be passed from thread to thread.
///
/// Preparing an operation checks the tensors' shapes (a mismatch is a programming error and
/// traps), picks an algorithm, compiles and binds. Gradients are overwritten unless an operation
/// says that it adds. Where an operation lists a tensor as `shared`, a tensor of one member serves
/// all members.
public protocol Device: AnyObject, Sendable {
  /// What the device is.
  var information: DeviceInformation { get }

  // MARK: Memory

  /// Dense memory, zeroed.
  /// - Throws: `DeviceError` when there is not enough memory.
  func makeTensor(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor

  /// Memory for activations `[batch, channel, row, column]` in the layout that suits the device's
  /// convolutions, zeroed.
  /// - Throws: `DeviceError` when there is not enough memory.
  func makeActivation(
    members: Int, shape: [Int], elementType: ElementType, lifetime: TensorLifetime
  ) throws -> Tensor

  /// Copies dense values `[member] + shape` in; returns when `values` may be released.
  func write<Element: DeviceElement>(_ values: [Element], to tensor: Tensor) throws

  /// Waits for everything enqueued, and returns dense values `[member] + shape`.
  func read<Element: DeviceElement>(_ tensor: Tensor, as type: Element.Type) throws -> [Element]

  /// What this device's tensors and prepared operations take now.
  var memoryUse: MemoryUse { get }

  /// A device that prepares as this one does and counts the memory that it would take, but takes
  /// none: what it prepares cannot be run, what is written to it is dropped.
  /// - Throws: `DeviceError`.
  func measuring() throws -> any Device

  /// Prepares operations whose step memory may be shared with the operations that other calls of
  /// this function prepare. Operations of different calls must not be part of the same `run`.
  func sharingStepMemory<Result>(_ prepare: () throws -> Result) rethrows -> Result

  // MARK: Execution

  /// Enqueues operations in order. They see each other's results; the host sees them after
  /// `read` or `finish`.
  func run(_ operations: [any Operation]) throws

  /// Waits until everything enqueued is done.
  func finish() throws

  // MARK: Batches

  /// Gathers a batch per member from byte images and normalizes it:
  /// `input[b] = (images[order[clock.batch * B + b]] / 255 - mean[c]) / standardDeviation[c]`, and
  /// `targets[b]` likewise from `labels`. An entry of -1 in `order` gives a zero image and target
  /// -1; entries beyond the end of `order` count as -1.
  /// - Parameters:
  ///   - images: `uint8 [image, channel, row, column]`, shared.
  ///   - labels: `int32 [image]`, shared.
  ///   - order: `int32 [position]`, shared or per member.
  ///   - clock: `uint32 [2]` per member: batch within the epoch, steps since the beginning.
  ///   - input: activation `[B, channel, row, column]`.
  ///   - targets: `int32 [B]`.
  func gather(
    images: Tensor, labels: Tensor, order: Tensor, clock: Tensor, mean: [Float],
    standardDeviation: [Float], input: Tensor, targets: Tensor
  ) throws -> any Operation

  /// Adds one to both entries of `clock` (`uint32 [2]`).
  func advance(clock: Tensor) throws -> any Operation

  // MARK: Convolution

  /// Cross-correlation with bias, as PyTorch's `conv2d`.
  /// - Parameters:
  ///   - input: activation `[B, in, row, column]`, shared.
  ///   - weight: dense `[out, in, kernel rows, kernel columns]`.
  ///   - bias: dense `[out]`.
  ///   - output: activation `[B, out, row', column']`.
  func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation

  /// Gradient of a convolution with respect to its input.
  func convolutionBackwardData(
    _ window: Window, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation

  /// Gradients of a convolution with respect to its weight and bias; `input` may be shared.
  func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation

  // MARK: Pooling

  /// Largest value of each window; on ties the first one in row-major order of the window. The
  /// first NaN of a window wins over all its other values.
  /// - Parameter argmax: activation `uint8`, shaped as `output`: position of the largest
  ///   value in its window, `row * kernel columns + column`.
  func maxPooling(
    _ window: Window, input: Tensor, output: Tensor, argmax: Tensor
  ) throws -> any Operation

  /// Adds each output gradient to the input value that `argmax` names; the other input gradients
  /// are 0.
  func maxPoolingBackward(
    _ window: Window, outputGradient: Tensor, argmax: Tensor, inputGradient: Tensor
  ) throws -> any Operation

  /// Mean over rows and columns: activation `[B, channel, row, column]` to dense `[B, channel]`.
  func globalAveragePooling(input: Tensor, output: Tensor) throws -> any Operation

  /// Spreads dense `[B, channel]` evenly over activation `[B, channel, row, column]`.
  func globalAveragePoolingBackward(
    outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation

  // MARK: Batch normalization

  /// Normalizes each channel by the batch's mean and population variance, scales and shifts, and
  /// moves the running statistics: `running = (1 - momentum) * running + momentum * batch`, the
  /// variance there being the unbiased one (the population one for a single value per channel).
  /// - Parameters:
  ///   - input: activation `[B, channel, row, column]`; `output` is shaped alike.
  ///   - gamma: dense `[channel]`, as are `beta`, `runningMean`, `runningVariance`, `mean` and
  ///     `inverseStandardDeviation`; the last two are results that the backward pass needs.
  func batchNormalization(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor
  ) throws -> any Operation

  /// Gradients of `batchNormalization` with respect to input, gamma and beta. `inputGradient`
  /// may be `outputGradient`.
  func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, gamma: Tensor, mean: Tensor,
    inverseStandardDeviation: Tensor,
    inputGradient: Tensor, gammaGradient: Tensor, betaGradient: Tensor
  ) throws -> any Operation

  /// Normalizes by the running statistics. `output` may be `input`.
  func batchNormalizationInference(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation

  /// `batchNormalization`, ReLU, and max pooling by the 2 x 2 windows that tile the image, in one
  /// pass: nothing of the image's size is written.
  ///
  /// Pooling comes before ReLU: `argmax` names the largest normalized value, whatever its sign.
  /// Ties and NaN are treated as in `maxPooling`, after normalization: one NaN in a channel makes
  /// the channel's mean NaN, and all its outputs NaN with `argmax` 0. ReLU keeps NaN.
  /// - Parameters:
  ///   - input: activation `[B, channel, row, column]`, rows and columns even.
  ///   - output: activation `[B, channel, row / 2, column / 2]`.
  ///   - argmax: activation `uint8`, shaped as `output`: position of the largest value in its
  ///     window, `2 * row + column`.
  func batchNormalizationPooled(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor,
    argmax: Tensor
  ) throws -> any Operation

  /// Gradients of `batchNormalizationPooled` with respect to input, gamma and beta, from its
  /// `output`, `argmax` and `outputGradient`, shaped as `output`.
  func batchNormalizationPooledBackward(
    input: Tensor, output: Tensor, argmax: Tensor, outputGradient: Tensor, gamma: Tensor,
    mean: Tensor, inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation

  // MARK: Linear

  /// `output = input weight^T + bias`.
  /// - Parameters:
  ///   - input: dense `[B, in]`, shared; or of fewer members than `output`, each of which then
  ///     serves as many of `output`'s members one after the other, in memory that lasts.
  ///   - weight: dense `[out, in]`.
  ///   - bias: dense `[out]`.
  ///   - output: dense `[B, out]`.
  func linear(
    input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation

  /// `inputGradient = outputGradient weight`.
  func linearBackwardData(
    outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation

  /// `weightGradient = outputGradient^T input`; `biasGradient` is the sum over the batch.
  func linearBackwardWeight(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor
  ) throws -> any Operation

  // MARK: Pointwise

  /// `max(input, 0)`, keeping NaN; any two tensors of one shape and layout. `output` may be
  /// `input`.
  func relu(input: Tensor, output: Tensor) throws -> any Operation

  /// `outputGradient` if `output > 0`, otherwise 0. `inputGradient` may be `outputGradient`.
  func reluBackward(
    output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation

  /// Drops each value with probability `rate` and divides the others by `1 - rate`. The mask is
  /// a function of the member's seed, the clock's steps, `stream` and the value's position
  /// (`Philox.dropoutKeeps`), so the same call on the gradient is the backward pass.
  /// - Parameters:
  ///   - stream: distinguishes the dropout layers of a network.
  ///   - seeds: `uint32 [2]` per member: the seed's low and high word.
  ///   - clock: as in `gather`.
  ///   - input: dense; `output` is shaped alike and may be `input`.
  func dropout(
    rate: Float, stream: Int, seeds: Tensor, clock: Tensor, input: Tensor, output: Tensor
  ) throws -> any Operation

  // MARK: Losses

  /// Softmax cross-entropy. Adds to `score` (`float32 [3]`): the sum of the losses, the number of
  /// correct predictions (lowest index on ties; a row with NaN is not correct), the number of
  /// images. Rows whose target is negative are not counted and have zero gradient.
  /// - Parameters:
  ///   - logits: dense `[B, class]`.
  ///   - targets: `int32 [B]`, shared.
  ///   - gradient: dense `[B, class]`: `(softmax - one hot) / B`; nil to evaluate only.
  func softmaxCrossEntropy(
    logits: Tensor, targets: Tensor, score: Tensor, gradient: Tensor?
  ) throws -> any Operation

  /// The topographic penalty: adds `scale * L` to `value` (`float32 [1]`) and
  /// `lambda * scale * dL/dM` to `gradient`, in members whose lambda is not zero; the other
  /// members are left unchanged. `L` is the graph's weighted sum of `metric` over neighboring rows.
  /// - Parameters:
  ///   - values: the tensor that `matrix` reads; `gradient` is laid out alike.
  ///   - lambdas: `float32 [1]`: lambda of each member.
  func neighborPenalty(
    _ metric: PenaltyMetric, graph: NeighborGraph, matrix: PenaltyMatrix, scale: Float,
    values: Tensor, lambdas: Tensor, value: Tensor, gradient: Tensor
  ) throws -> any Operation

  // MARK: Attacks

  /// One step of an attack on images in [0, 1], and the network's input after it:
  /// `images = clip(clean + project(from + size * direction(g) - clean))` with
  /// `g = gradient * B / standardDeviation[c]`, and
  /// `input = (images - mean[c]) / standardDeviation[c]`.
  ///
  /// If `g` has no finite norm, or there is no gradient, images move by the projection alone.
  /// - Parameters:
  ///   - norm: what `direction` and `project` mean.
  ///   - clean: activation `[B, channel, row, column]` of the images under attack, shared; all
  ///     other tensors without a shape here are activations of this one.
  ///   - from: where the step begins, shared; may be `clean` or `images`.
  ///   - gradient: of the batch's mean loss with respect to `input`, or nil.
  ///   - stepAndRadius: `float32 [2]`, shared: `size` and the radius of `project`.
  func attackStep(
    _ norm: AttackNorm, clean: Tensor, from: Tensor, gradient: Tensor?, stepAndRadius: Tensor,
    mean: [Float], standardDeviation: [Float], images: Tensor, input: Tensor
  ) throws -> any Operation

  // MARK: Optimizer

  /// Moves all parameters of all members.
  /// - Parameters:
  ///   - parameters: dense `[parameter]`; `gradients` is shaped alike.
  ///   - state: dense `[rule.stateSlots, parameter]`, zero at the beginning.
  ///   - rates: `float32 [1]`: learning rate of each member.
  ///   - clock: as in `gather`; its steps are those before this one.
  func update(
    _ rule: OptimizerRule, parameters: Tensor, gradients: Tensor, state: Tensor, rates: Tensor,
    clock: Tensor
  ) throws -> any Operation
}

extension Device {
  /// Dense `float32` memory that lasts, zeroed.
  public func makeTensor(members: Int, shape: [Int]) throws -> Tensor {
    try makeTensor(members: members, shape: shape, elementType: .float32, lifetime: .persistent)
  }

  /// Dense memory that lasts and holds `values`, `[member] + shape`.
  public func makeTensor<Element: DeviceElement>(
    members: Int, shape: [Int], values: [Element]
  ) throws -> Tensor {
    let tensor = try makeTensor(
      members: members, shape: shape, elementType: Element.elementType, lifetime: .persistent)
    try write(values, to: tensor)
    return tensor
  }
}
