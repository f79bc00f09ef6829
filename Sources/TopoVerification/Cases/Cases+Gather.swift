import TopoCompute

extension Verification {
  /// Batches from byte images, and the clock.
  static func gatherCases() -> [OperationCase] {
    [
      gatherCase("1 x 3 x 5, order of 31", [1, 3, 5], order: 31, size: .small),
      gatherCase(
        "3 x 4 x 3, order of 31, shared", [3, 4, 3], order: 31, shared: true, size: .small),
      gatherCase("3 x 4 x 3, batch 1, order of 2", [3, 4, 3], batch: 1, order: 2, members: 1),
      gatherCase("batches beyond the end of the order", [1, 5, 3], order: 5),
      gatherCase("one batch for all of the order", [3, 7, 5], batch: 33, order: 31, members: 2),
      gatherCase("MNIST", [1, 28, 28], batch: 64, order: 200, members: 2),
      gatherCase("CIFAR-10", [3, 32, 32], batch: 64, order: 200, shared: true, members: 2),
      advanceCase(members: 1), advanceCase(members: 5),
    ]
  }

  static func gatherCase(
    _ name: String, _ image: [Int], batch: Int = 3, order: Int, images: Int = 17,
    shared: Bool = false, size: OperationCase.Size = .full, members: Int = 5
  ) -> OperationCase {
    let (channels, count) = (image[0], image.reduce(1, *))
    return OperationCase(
      .gather, "\(name), batch \(batch)", size: size, members: members,
      arguments: [
        .input("images", [images] + image, shared: true, of: UInt8.self) { _ in
          TestData("images", member: 0).integers(images * count, below: 256).map { UInt8($0) }
        },
        .input("labels", [images], shared: true, of: Int32.self) { _ in
          TestData("labels", member: 0).integers(images, below: 10).map { Int32($0) }
        },
        .input("order", [order], shared: shared, of: Int32.self) { member in
          // About one in eighteen entries is -1: no image.
          TestData("order", member: member).integers(order, below: images + 1).map {
            Int32($0) - 1
          }
        },
        // Every member is at another batch.
        .input("clock", [2], of: UInt32.self) { [UInt32($0), UInt32(1000 + $0)] },
        .output("input", [batch] + image, .activation),
        .output("targets", [batch], of: .int32),
      ]
    ) { device, tensors in
      [
        try device.gather(
          images: tensors["images"], labels: tensors["labels"], order: tensors["order"],
          clock: tensors["clock"], mean: Array([0.1307, 0.4822, 0.4465].prefix(channels)),
          standardDeviation: Array([0.3081, 0.2435, 0.2616].prefix(channels)),
          input: tensors["input"],
          targets: tensors["targets"])
      ]
    }
  }

  private static func advanceCase(members: Int) -> OperationCase {
    OperationCase(
      .advance, "clock", size: .small, members: members, tolerance: .exact,
      arguments: [
        .updated("clock", [2], of: UInt32.self) { [UInt32($0), 123_456_789 + UInt32($0)] }
      ]
    ) { device, tensors in [try device.advance(clock: tensors["clock"])] }
  }
}
