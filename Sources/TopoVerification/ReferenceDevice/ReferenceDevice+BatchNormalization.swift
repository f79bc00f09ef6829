import TopoCompute

extension ReferenceDevice {
  package func batchNormalization(
    input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseDeviation: Tensor, output: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization",
      outputs: [output, mean, inverseDeviation, runningMean, runningVariance]
    ) { member in
      let result = Reference.batchNormalization(
        input: load(input, member: member), scale: load(scale, member: member),
        shift: load(shift, member: member), runningMean: load(runningMean, member: member),
        runningVariance: load(runningVariance, member: member), momentum: Double(momentum),
        epsilon: Double(epsilon))
      store(result.output, in: output, member: member)
      store(result.mean, in: mean, member: member)
      store(result.inverseDeviation, in: inverseDeviation, member: member)
      store(result.runningMean, in: runningMean, member: member)
      store(result.runningVariance, in: runningVariance, member: member)
    }
  }

  package func batchNormalizationBackward(
    input: Tensor, outputGradient: Tensor, scale: Tensor, mean: Tensor, inverseDeviation: Tensor,
    inputGradient: Tensor, scaleGradient: Tensor, shiftGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization-backward", outputs: [inputGradient, scaleGradient, shiftGradient]
    ) { member in
      let result = Reference.batchNormalizationBackward(
        input: load(input, member: member),
        outputGradient: load(outputGradient, member: member), scale: load(scale, member: member),
        mean: load(mean, member: member),
        inverseDeviation: load(inverseDeviation, member: member))
      store(result.input, in: inputGradient, member: member)
      store(result.scale, in: scaleGradient, member: member)
      store(result.shift, in: shiftGradient, member: member)
    }
  }

  package func batchNormalizationPooled(
    input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseDeviation: Tensor, output: Tensor,
    indices: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization-pooled",
      outputs: [output, indices, mean, inverseDeviation, runningMean, runningVariance]
    ) { member in
      let result = Reference.batchNormalization(
        input: load(input, member: member), scale: load(scale, member: member),
        shift: load(shift, member: member), runningMean: load(runningMean, member: member),
        runningVariance: load(runningVariance, member: member), momentum: Double(momentum),
        epsilon: Double(epsilon))
      let pooled = Reference.maxPooling(Window(2, stride: 2), input: result.output)
      store(Reference.relu(pooled.output), in: output, member: member)
      store(pooled.indices, in: indices, member: member)
      store(result.mean, in: mean, member: member)
      store(result.inverseDeviation, in: inverseDeviation, member: member)
      store(result.runningMean, in: runningMean, member: member)
      store(result.runningVariance, in: runningVariance, member: member)
    }
  }

  package func batchNormalizationPooledBackward(
    input: Tensor, output: Tensor, indices: Tensor, outputGradient: Tensor, scale: Tensor,
    mean: Tensor, inverseDeviation: Tensor, inputGradient: Tensor, scaleGradient: Tensor,
    shiftGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "batch-normalization-pooled-backward",
      outputs: [inputGradient, scaleGradient, shiftGradient]
    ) { member in
      let passed = Reference.reluBackward(
        output: load(output, member: member),
        outputGradient: load(outputGradient, member: member))
      let spread = Reference.maxPoolingBackward(
        Window(2, stride: 2), outputGradient: passed, indices: load(indices, member: member),
        inputShape: input.shape)
      let result = Reference.batchNormalizationBackward(
        input: load(input, member: member), outputGradient: spread,
        scale: load(scale, member: member), mean: load(mean, member: member),
        inverseDeviation: load(inverseDeviation, member: member))
      store(result.input, in: inputGradient, member: member)
      store(result.scale, in: scaleGradient, member: member)
      store(result.shift, in: shiftGradient, member: member)
    }
  }

  package func batchNormalizationInference(
    input: Tensor, scale: Tensor, shift: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Float, output: Tensor
  ) throws -> any Operation {
    ReferenceOperation("batch-normalization-inference", outputs: [output]) { member in
      let result = Reference.batchNormalizationInference(
        input: load(input, member: member), scale: load(scale, member: member),
        shift: load(shift, member: member), runningMean: load(runningMean, member: member),
        runningVariance: load(runningVariance, member: member), epsilon: Double(epsilon))
      store(result, in: output, member: member)
    }
  }
}
