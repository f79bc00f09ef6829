import TopoCompute

extension ReferenceDevice {
  package func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    ReferenceOperation("convolution", outputs: [output]) { member in
      let result = Reference.convolution(
        window, input: load(input, member: member), weight: load(weight, member: member),
        bias: load(bias, member: member))
      store(result, in: output, member: member)
    }
  }

  package func convolutionBackwardData(
    _ window: Window, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation("convolution-backward-data", outputs: [inputGradient]) { member in
      let result = Reference.convolutionBackwardData(
        window, outputGradient: load(outputGradient, member: member),
        weight: load(weight, member: member), inputShape: inputGradient.shape)
      store(result, in: inputGradient, member: member)
    }
  }

  package func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation(
      "convolution-backward-weight", outputs: [weightGradient, biasGradient]
    ) { member in
      let result = Reference.convolutionBackwardWeight(
        window, input: load(input, member: member),
        outputGradient: load(outputGradient, member: member), weightShape: weightGradient.shape)
      store(result.weight, in: weightGradient, member: member)
      store(result.bias, in: biasGradient, member: member)
    }
  }

  package func maxPooling(
    _ window: Window, input: Tensor, output: Tensor, argmax: Tensor
  ) throws -> any Operation {
    ReferenceOperation("max-pooling", outputs: [output, argmax]) { member in
      let result = Reference.maxPooling(window, input: load(input, member: member))
      store(result.output, in: output, member: member)
      store(result.argmax, in: argmax, member: member)
    }
  }

  package func maxPoolingBackward(
    _ window: Window, outputGradient: Tensor, argmax: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation("max-pooling-backward", outputs: [inputGradient]) { member in
      let result = Reference.maxPoolingBackward(
        window, outputGradient: load(outputGradient, member: member),
        argmax: load(argmax, member: member), inputShape: inputGradient.shape)
      store(result, in: inputGradient, member: member)
    }
  }

  package func globalAveragePooling(input: Tensor, output: Tensor) throws -> any Operation {
    ReferenceOperation("global-average-pooling", outputs: [output]) { member in
      let result = Reference.globalAveragePooling(input: load(input, member: member))
      store(result, in: output, member: member)
    }
  }

  package func globalAveragePoolingBackward(
    outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    ReferenceOperation("global-average-pooling-backward", outputs: [inputGradient]) { member in
      let result = Reference.globalAveragePoolingBackward(
        outputGradient: load(outputGradient, member: member), inputShape: inputGradient.shape)
      store(result, in: inputGradient, member: member)
    }
  }
}
