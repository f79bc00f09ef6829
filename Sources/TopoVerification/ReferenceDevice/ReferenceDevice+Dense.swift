import TopoCompute

extension ReferenceDevice {
  package func gather(
    images: Tensor, labels: Tensor, order: Tensor, clock: Tensor, mean: [Float],
    standardDeviation: [Float], input: Tensor, targets: Tensor
  ) throws -> any Operation {
    ReferenceOperation("gather", outputs: [input, targets]) { member in
      let result = Reference.gather(
        images: load(images, member: member), labels: loadIntegers(labels, member: member),
        order: loadIntegers(order, member: member),
        batch: loadIntegers(clock, member: member)[0], batchSize: input.shape[0],
        mean: mean.map(Double.init), standardDeviation: standardDeviation.map(Double.init))
      store(result.input, in: input, member: member)
      store(Dense(result.targets.map(Double.init)), in: targets, member: member)
    }
  }

  package func advance(clock: Tensor) throws -> any Operation {
    ReferenceOperation("advance", outputs: [clock]) { member in
      store(Dense(load(clock, member: member).values.map { $0 + 1 }), in: clock, member: member)
    }
  }

  package func linear(
    input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    let served = output.membersServed(by: input)
    return ReferenceOperation("linear", outputs: [output]) { member in
      let result = Reference.linear(
        input: load(input, member: member / served), weight: load(weight, member: member),
        bias: load(bias, member: member))
      store(result, in: output, member: member)
    }
  }

  package func linearBackwardData(
    outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation("linear-backward-data", outputs: [inputGradient]) { member in
      let result = Reference.linearBackwardData(
        outputGradient: load(outputGradient, member: member),
        weight: load(weight, member: member))
      store(result, in: inputGradient, member: member)
    }
  }

  package func linearBackwardWeight(
    input: Tensor, outputGradient: Tensor, weightGradient: Tensor, biasGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "linear-backward-weight", outputs: [weightGradient, biasGradient]
    ) { member in
      let result = Reference.linearBackwardWeight(
        input: load(input, member: member),
        outputGradient: load(outputGradient, member: member))
      store(result.weight, in: weightGradient, member: member)
      store(result.bias, in: biasGradient, member: member)
    }
  }

  package func relu(input: Tensor, output: Tensor) throws -> any Operation {
    ReferenceOperation("relu", outputs: [output]) { member in
      store(Reference.relu(load(input, member: member)), in: output, member: member)
    }
  }

  package func reluBackward(
    output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation("relu-backward", outputs: [inputGradient]) { member in
      let result = Reference.reluBackward(
        output: load(output, member: member),
        outputGradient: load(outputGradient, member: member))
      store(result, in: inputGradient, member: member)
    }
  }

  package func dropout(
    rate: Float, stream: Int, seeds: Tensor, clock: Tensor, input: Tensor, output: Tensor
  ) throws -> any Operation {
    ReferenceOperation("dropout", outputs: [output]) { member in
      let words = loadIntegers(seeds, member: member).map(UInt64.init)
      let result = Reference.dropout(
        load(input, member: member), rate: rate, seed: words[0] | words[1] << 32,
        stream: UInt32(stream), step: UInt32(loadIntegers(clock, member: member)[1]))
      store(result, in: output, member: member)
    }
  }
}
