import TopoCompute

/// The prepared operations that take a batch of images to the sheet of every member, and back from
/// gradients of its units, before their ReLU, to those of the images: without dropout, batch
/// normalization by running statistics.
///
/// One forward run serves any number of backward runs:
///
///     try device.write(images, to: input)
///     try device.run(program.forward.operations)
///     for gradient in gradients {
///       try device.write(gradient, to: program.sheetGradient)
///       try device.run(program.backward)
///       let slopes = try device.read(program.inputGradient, as: Float.self)
///     }
public struct SheetGradientProgram: Sendable {
  /// From the input to the sheet.
  public let forward: ForwardPass
  /// From the sheet to the input.
  public let backward: [any Operation]
  /// Where the caller writes the gradient of the sheet, dense `[batch, unit]`, per member.
  public let sheetGradient: Tensor
  /// Gradient with respect to the input, an activation of its shape for each member; lasts until
  /// the next backward run.
  public let inputGradient: Tensor

  /// Prepares both passes.
  /// - Parameter input: normalized images, activation `[batch, channel, row, column]`, shared or
  ///   per member.
  /// - Throws: `DeviceError`.
  public init(parameters: ParameterArena, input: Tensor, device: any Device) throws {
    let (architecture, members) = (parameters.architecture, parameters.members)
    forward = try ForwardPass(
      architecture, layers: 0..<architecture.sheetIndex + 1, parameters: parameters.tensors,
      members: members, input: input,
      // Backward runs read what the forward run wrote.
      keeping: .everything, device: device)
    sheetGradient = try device.makeTensor(
      members: members, shape: [input.shape[0], architecture.sheet.units])
    inputGradient = try device.makeActivation(
      members: members, shape: input.shape, elementType: .float32, lifetime: .persistent)
    backward = try BackwardPass(
      forward, outputGradient: sheetGradient, inputGradient: inputGradient, device: device
    ).operations
  }
}
