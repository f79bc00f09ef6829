import TopoCompute

extension Verification {
  /// Softmax cross-entropy.
  static func lossCases() -> [OperationCase] {
    [
      lossCase("3 classes, batch 2", 2, 3, members: 2, size: .small),
      lossCase("10 classes, batch 3, shared targets", 3, 10, shared: true, size: .small),
      lossCase("10 classes, batch 3, ties", 3, 10, members: 2, size: .small) { member in
        TestData("ties", member: member).integers(30, below: 2).map { Float($0) }
      },
      lossCase("10 classes, batch 7, rows with NaN", 7, 10, members: 2, size: .small) { member in
        spoiled("logits", 70, member: member, every: 31, with: .nan)
      },
      lossCase("10 classes, batch 64", 64, 10),
      lossCase("10 classes, batch 64, score only", 64, 10, gradient: false),
      lossCase("1 class, batch 3", 3, 1, members: 2),
      lossCase("121 classes, batch 33", 33, 121, members: 2),
      lossCase("33 classes, batch 1", 1, 33),
      lossCase("10 classes, batch 31, logits up to 1e4", 31, 10) { member in
        TestData("logits", member: member).uniform(310).map { $0 * 1e4 }
      },
      lossCase("10 classes, batch 3, correct by far", 3, 10, members: 2) { member in
        let targets = lossTargets(3, 10, member: member)
        return (0..<30).map { $0 % 10 == Int(targets[$0 / 10]) ? 60 : Float($0 % 3) }
      },
      lossCase("10 classes, batch 300", 300, 10, members: 1),
    ]
  }

  /// Random targets; from the fourth row on, one in seven is -1: no image.
  private static func lossTargets(_ batch: Int, _ classes: Int, member: Int) -> [Int32] {
    TestData("targets", member: member).integers(batch, below: classes).enumerated().map {
      $0 % 7 == 3 ? -1 : Int32($1)
    }
  }

  static func lossCase(
    _ name: String, _ batch: Int, _ classes: Int, members: Int = 5, shared: Bool = false,
    gradient: Bool = true, size: OperationCase.Size = .full,
    values: (@Sendable (Int) -> [Float])? = nil
  ) -> OperationCase {
    let logits: @Sendable (Int) -> [Float] = { member in
      values?(member)
        ?? TestData("logits", member: member).uniform(batch * classes).map { $0 * 5 }
    }
    return OperationCase(
      .softmaxCrossEntropy, name, size: size, members: members,
      tolerance: Tolerance(
        2e-6, scaleFloor: 0.1 / Double(batch),
        because: "exponentials are within a few roundings, and a probability near 1 less 1 "
          + "keeps their absolute error"),
      arguments: [
        .input("logits", [batch, classes], values: logits),
        .input("targets", [batch], shared: shared, of: Int32.self) {
          lossTargets(batch, classes, member: $0)
        },
        // Not zero: the operation adds.
        .updated("score", [3], tolerance: .sum(of: batch)) { [Float(3 + $0), 2, 5] },
      ] + (gradient ? [.output("gradient", [batch, classes])] : [])
    ) { device, tensors in
      [
        try device.softmaxCrossEntropy(
          logits: tensors["logits"], targets: tensors["targets"], score: tensors["score"],
          gradient: gradient ? tensors["gradient"] : nil)
      ]
    }
  }
}
