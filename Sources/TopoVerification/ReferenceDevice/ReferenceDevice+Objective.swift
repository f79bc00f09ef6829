import TopoCompute

extension ReferenceDevice {
  package func softmaxCrossEntropy(
    logits: Tensor, targets: Tensor, score: Tensor, gradient: Tensor?
  ) throws -> any Operation {
    let outputs = [score] + (gradient.map { [$0] } ?? [])
    return ReferenceOperation("softmax-cross-entropy", outputs: outputs) { member in
      let result = Reference.softmaxCrossEntropy(
        logits: load(logits, member: member), targets: loadIntegers(targets, member: member))
      add(Dense(result.score), to: score, member: member)
      if let gradient { store(result.gradient, in: gradient, member: member) }
    }
  }

  package func neighborPenalty(
    _ metric: PenaltyMetric, graph: NeighborGraph, matrix: PenaltyMatrix, scale: Float,
    values: Tensor, lambdas: Tensor, value: Tensor, gradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation("neighbor-penalty", outputs: [value, gradient]) { member in
      let lambda = load(lambdas, member: member).values[0]
      if lambda == 0 { return }
      let result = Reference.neighborPenalty(
        metric, graph: graph, matrix: matrix, values: load(values, member: member))
      add(Dense([result.value]), times: Double(scale), to: value, member: member)
      add(result.gradient, times: lambda * Double(scale), to: gradient, member: member)
    }
  }

  package func update(
    _ rule: OptimizerRule, parameters: Tensor, gradients: Tensor, state: Tensor, rates: Tensor,
    clock: Tensor
  ) throws -> any Operation {
    ReferenceOperation("update", outputs: [parameters, state]) { member in
      let result = Reference.update(
        rule, parameters: load(parameters, member: member),
        gradients: load(gradients, member: member), state: load(state, member: member),
        rate: load(rates, member: member).values[0],
        steps: loadIntegers(clock, member: member)[1])
      store(result.parameters, in: parameters, member: member)
      store(result.state, in: state, member: member)
    }
  }
}

private func add(_ terms: Dense, times factor: Double = 1, to tensor: Tensor, member: Int) {
  var sum = load(tensor, member: member)
  for index in sum.values.indices { sum.values[index] += factor * terms.values[index] }
  store(sum, in: tensor, member: member)
}
