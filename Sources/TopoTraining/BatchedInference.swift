import TopoCompute
import TopoData
import TopoNetworks

/// Inference of every member on a list of images, a batch at a time.
struct BatchedInference: Sendable {
  /// Number of batches.
  let batches: Int
  /// The sheets before ReLU, dense `[batch, unit]`: those of the batch that ran last.
  let sheet: Tensor

  private let operations: [any Operation]
  private let clock: Tensor
  /// Number of images of a member.
  private let count: Int

  /// Prepares inference.
  /// - Parameters:
  ///   - images: `uint8 [image, channel, row, column]`, shared.
  ///   - labels: `int32 [image]`, shared.
  ///   - order: `int32 [position]`, shared or per member: the images to run.
  ///   - batch: the most images of a batch.
  ///   - following: what each batch runs after inference, from logits and labels.
  init(
    _ parameters: ParameterArena, images: Tensor, labels: Tensor, order: Tensor, batch: Int,
    normalization: Normalization, device: any Device,
    following: (_ logits: Tensor, _ targets: Tensor) throws -> [any Operation] = { _, _ in [] }
  ) throws {
    let (members, shape) = (parameters.members, parameters.architecture.input)
    count = order.count
    let batch = min(batch, count)
    batches = (count + batch - 1) / batch
    clock = try device.makeTensor(
      members: members, shape: [2], elementType: .uint32, lifetime: .persistent)
    let input = try device.makeActivation(
      members: members, shape: [batch, shape.channels, shape.rows, shape.columns],
      elementType: .float32, lifetime: .step)
    let targets = try device.makeTensor(
      members: members, shape: [batch], elementType: .int32, lifetime: .step)
    let pass = try ForwardPass(parameters, input: input, device: device)
    operations =
      [
        try device.gather(
          images: images, labels: labels, order: order, clock: clock, mean: normalization.mean,
          standardDeviation: normalization.standardDeviation, input: input, targets: targets)
      ] + pass.operations + (try following(pass.output, targets))
      + [try device.advance(clock: clock)]
    sheet = pass.sheet
  }

  /// Runs all batches.
  /// - Parameter body: called after each batch with its number and its number of images.
  /// - Throws: `DeviceError`; what `body` throws.
  func run(on device: any Device, _ body: (_ batch: Int, _ images: Int) throws -> Void) throws {
    try device.write([UInt32](repeating: 0, count: clock.members * 2), to: clock)
    for batch in 0..<batches {
      try device.run(operations)
      try body(batch, min(sheet.shape[0], count - batch * sheet.shape[0]))
    }
  }
}
