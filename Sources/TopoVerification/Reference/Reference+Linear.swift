extension Reference {
  /// `input weight^T + bias`: `[B, in]`, `[out, in]`, `[out]` to `[B, out]`.
  public static func linear(input: Dense, weight: Dense, bias: Dense) -> Dense {
    let (batch, inputs, outputs) = (input.shape[0], input.shape[1], weight.shape[0])
    var output = Dense(zeros: [batch, outputs])
    for image in 0..<batch {
      for unit in 0..<outputs {
        let products = (0..<inputs).map {
          input.values[image * inputs + $0] * weight.values[unit * inputs + $0]
        }
        output.values[image * outputs + unit] = products.reduce(bias.values[unit], +)
      }
    }
    return output
  }

  /// `outputGradient weight`: `[B, out]`, `[out, in]` to `[B, in]`.
  public static func linearBackwardData(outputGradient: Dense, weight: Dense) -> Dense {
    let (batch, outputs, inputs) = (
      outputGradient.shape[0], weight.shape[0], weight.shape[1]
    )
    var inputGradient = Dense(zeros: [batch, inputs])
    for image in 0..<batch {
      for unit in 0..<outputs {
        let gradient = outputGradient.values[image * outputs + unit]
        for feature in 0..<inputs {
          inputGradient.values[image * inputs + feature] +=
            gradient * weight.values[unit * inputs + feature]
        }
      }
    }
    return inputGradient
  }

  /// `outputGradient^T input`, and the sum of `outputGradient` over the batch.
  public static func linearBackwardWeight(
    input: Dense, outputGradient: Dense
  ) -> (weight: Dense, bias: Dense) {
    let (batch, inputs, outputs) = (input.shape[0], input.shape[1], outputGradient.shape[1])
    var weightGradient = Dense(zeros: [outputs, inputs])
    var biasGradient = Dense(zeros: [outputs])
    for image in 0..<batch {
      for unit in 0..<outputs {
        let gradient = outputGradient.values[image * outputs + unit]
        biasGradient.values[unit] += gradient
        for feature in 0..<inputs {
          weightGradient.values[unit * inputs + feature] +=
            gradient * input.values[image * inputs + feature]
        }
      }
    }
    return (weightGradient, biasGradient)
  }
}
