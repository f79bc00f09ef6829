extension OpenCLDevice {
  /// `Device.softmaxCrossEntropy`; one work-group per member.
  public func softmaxCrossEntropy(
    logits: Tensor, targets: Tensor, score: Tensor, gradient: Tensor?
  ) throws -> any Operation {
    let members = logits.members
    precondition(logits.shape.count == 2, "logits are [batch, class]")
    logits.expect(logits.shape, members: members, "logits")
    targets.expect(
      [logits.shape[0]], members: members, type: .int32, shared: true, "targets")
    score.expect([3], members: members, "score")
    gradient?.expect(logits.shape, members: members, "gradient")
    var arguments: [KernelArgument] = [.tensor(logits), .tensor(targets), .tensor(score)]
    if let gradient { arguments.append(.tensor(gradient)) }
    return OpenCLOperation(
      "softmax-cross-entropy/direct", on: self,
      [
        try reduction(
          "softmax_cross_entropy", of: .softmaxCrossEntropy,
          [
            "BATCH": .integer(logits.shape[0]), "CLASSES": .integer(logits.shape[1]),
            "WITH_GRADIENT": .integer(gradient == nil ? 0 : 1),
          ], arguments, results: 1, members: members)
      ])
  }
}
