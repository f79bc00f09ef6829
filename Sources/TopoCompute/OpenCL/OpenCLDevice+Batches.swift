extension OpenCLDevice {
  /// `Device.gather`; one work-item per value.
  public func gather(
    images: Tensor, labels: Tensor, order: Tensor, clock: Tensor, mean: [Float],
    standardDeviation: [Float], input: Tensor, targets: Tensor
  ) throws -> any Operation {
    let (batch, channels, rows, columns) = input.activation
    let members = input.members
    let count = images.shape.first ?? 0
    images.expect(
      [count, channels, rows, columns], members: 1, type: .uint8, "images")
    labels.expect([count], members: 1, type: .int32, "labels")
    order.expect([order.count], members: members, type: .int32, shared: true, "order")
    clock.expect([2], members: members, type: .uint32, "clock")
    input.expect(input.shape, members: members, "input")
    targets.expect([batch], members: members, type: .int32, "targets")
    precondition(
      mean.count == channels && standardDeviation.count == channels,
      "mean and standardDeviation have one value per channel")
    let constants: KernelConstants = [
      "BATCH": .integer(batch), "IMAGES": .integer(count), "POSITIONS": .integer(order.count),
      "CHANNELS": .integer(channels), "PIXELS": .integer(rows * columns),
      "MEAN": .floats(mean), "STANDARD_DEVIATION": .floats(standardDeviation),
    ]
    return OpenCLOperation(
      "gather/direct", on: self,
      [
        try pointwise(
          "gather", of: .gather, constants,
          [
            .tensor(images), .tensor(labels), .tensor(order), .tensor(clock), .tensor(input),
            .tensor(targets),
          ], count: input.count, members: members)
      ])
  }

  /// `Device.advance`.
  public func advance(clock: Tensor) throws -> any Operation {
    clock.expect([2], members: clock.members, type: .uint32, "clock")
    return OpenCLOperation(
      "advance/direct", on: self,
      [
        try pointwise(
          "advance", of: .gather, ["MEMBERS": .integer(clock.members)], [.tensor(clock)],
          count: clock.members, members: 1)
      ])
  }
}
