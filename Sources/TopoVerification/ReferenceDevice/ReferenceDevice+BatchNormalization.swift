import TopoCompute

extension ReferenceDevice {
  package func batchNormalization(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization",
      outputs: [output, mean, inverseStandardDeviation, runningMean, runningVariance]
    ) { member in
      let result = Reference.batchNormalization(
        input: load(input, member: member), gamma: load(gamma, member: member),
        beta: load(beta, member: member), runningMean: load(runningMean, member: member),
        runningVariance: load(runningVariance, member: member), momentum: Double(momentum),
        epsilon: Double(epsilon))
      store(result.output, in: output, member: member)
      store(result.mean, in: mean, member: member)
      store(result.inverseStandardDeviation, in: inverseStandardDeviation, member: member)
      store(result.runningMean, in: runningMean, member: member)
      store(result.runningVariance, in: runningVariance, member: member)
    }
  }

  package func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, gamma: Tensor, mean: Tensor,
    inverseStandardDeviation: Tensor,
    inputGradient: Tensor, gammaGradient: Tensor, betaGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization-backward", outputs: [inputGradient, gammaGradient, betaGradient]
    ) { member in
      let result = Reference.batchNormalizationBackward(
        input: load(input, member: member),
        outputGradient: load(outputGradient, member: member), gamma: load(gamma, member: member),
        mean: load(mean, member: member),
        inverseStandardDeviation: load(inverseStandardDeviation, member: member))
      store(result.input, in: inputGradient, member: member)
      store(result.gamma, in: gammaGradient, member: member)
      store(result.beta, in: betaGradient, member: member)
    }
  }

  package func batchNormalizationPooled(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor,
    argmax: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization-pooled",
      outputs: [output, argmax, mean, inverseStandardDeviation, runningMean, runningVariance]
    ) { member in
      let result = Reference.batchNormalization(
        input: load(input, member: member), gamma: load(gamma, member: member),
        beta: load(beta, member: member), runningMean: load(runningMean, member: member),
        runningVariance: load(runningVariance, member: member), momentum: Double(momentum),
        epsilon: Double(epsilon))
      let pooled = Reference.maxPooling(Window(2, stride: 2), input: result.output)
      store(Reference.relu(pooled.output), in: output, member: member)
      store(pooled.argmax, in: argmax, member: member)
      store(result.mean, in: mean, member: member)
      store(result.inverseStandardDeviation, in: inverseStandardDeviation, member: member)
      store(result.runningMean, in: runningMean, member: member)
      store(result.runningVariance, in: runningVariance, member: member)
    }
  }

  package func batchNormalizationPooledBackward(
    input: Tensor, output: Tensor, argmax: Tensor, outputGradient: Tensor, gamma: Tensor,
    mean: Tensor, inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization-pooled-backward",
      outputs: [inputGradient, gammaGradient, betaGradient]
    ) { member in
      let passed = Reference.reluBackward(
        output: load(output, member: member),
        outputGradient: load(outputGradient, member: member))
      let spread = Reference.maxPoolingBackward(
        Window(2, stride: 2), outputGradient: passed, argmax: load(argmax, member: member),
        inputShape: input.shape)
      let result = Reference.batchNormalizationBackward(
        input: load(input, member: member), outputGradient: spread,
        gamma: load(gamma, member: member), mean: load(mean, member: member),
        inverseStandardDeviation: load(inverseStandardDeviation, member: member))
      store(result.input, in: inputGradient, member: member)
      store(result.gamma, in: gammaGradient, member: member)
      store(result.beta, in: betaGradient, member: member)
    }
  }

  package func batchNormalizationInference(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation {
    ReferenceOperation("batch-normalization-inference", outputs: [output]) { member in
      let result = Reference.batchNormalizationInference(
        input: load(input, member: member), gamma: load(gamma, member: member),
        beta: load(beta, member: member), runningMean: load(runningMean, member: member),
        runningVariance: load(runningVariance, member: member), epsilon: Double(epsilon))
      store(result, in: output, member: member)
    }
  }
}
