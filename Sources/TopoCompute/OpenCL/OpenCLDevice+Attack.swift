extension OpenCLDevice {
  /// `Device.attackStep`; one work-item per value, or one work-group per image.
  public func attackStep(
    _ norm: AttackNorm, clean: Tensor, from: Tensor, gradient: Tensor?, stepAndRadius: Tensor,
    mean: [Float], standardDeviation: [Float], images: Tensor, input: Tensor
  ) throws -> any Operation {
    let (batch, channels, rows, columns) = images.activation
    let members = images.members
    clean.expect(images.shape, members: members, shared: true, "clean")
    from.expect(images.shape, members: members, shared: true, "from")
    gradient?.expect(images.shape, members: members, "gradient")
    stepAndRadius.expect([2], members: members, shared: true, "stepAndRadius")
    images.expect(images.shape, members: members, "images")
    input.expect(images.shape, members: members, "input")
    precondition(
      mean.count == channels && standardDeviation.count == channels,
      "mean and standardDeviation have one value per channel")
    let constants: KernelConstants = [
      "BATCH": .integer(batch), "CHANNELS": .integer(channels), "PIXELS": .integer(rows * columns),
      "MEAN": .floats(mean), "STANDARD_DEVIATION": .floats(standardDeviation),
      "WITH_GRADIENT": .integer(gradient == nil ? 0 : 1), "SMALLEST": .float(AttackNorm.smallest),
    ]
    var arguments: [KernelArgument] = [
      .tensor(clean), .tensor(from), .tensor(stepAndRadius), .tensor(images), .tensor(input),
    ]
    if let gradient { arguments.append(.tensor(gradient)) }
    let step =
      switch norm {
      case .linf:
        try pointwise(
          "attack_step_linf", of: .attack, constants, arguments, count: images.count,
          members: members)
      case .l2:
        try reduction(
          "attack_step_l2", of: .attack, constants, arguments, results: batch, members: members)
      }
    return OpenCLOperation("attack-step-\(norm.rawValue)/direct", on: self, [step])
  }
}
