import TopoCompute

extension Reference {
  /// `conv2d` of PyTorch: `output[b,o,r,c] = bias[o] + sum over i, k, l of
  /// weight[o,i,k,l] * input[b, i, r * stride + k - padding, c * stride + l - padding]`.
  /// - Parameters:
  ///   - input: `[B, in, row, column]`.
  ///   - weight: `[out, in, kernel rows, kernel columns]`.
  ///   - bias: `[out]`.
  /// - Returns: `[B, out, row', column']`.
  public static func convolution(
    _ window: Window, input: Dense, weight: Dense, bias: Dense
  ) -> Dense {
    let taps = ConvolutionTaps(window, input: input.shape, weight: weight.shape)
    var output = Dense(zeros: taps.outputShape)
    let plane = taps.outputShape[2] * taps.outputShape[3]
    for index in output.values.indices {
      output.values[index] = bias.values[index / plane % bias.count]
    }
    output.values.withUnsafeMutableBufferPointer { output in
      input.values.withUnsafeBufferPointer { input in
        taps.forEachSpan { span in
          let factor = weight.values[span.weight]
          var step = 0
          while step < span.count {
            output[span.output &+ step] += factor * input[span.input &+ step &* span.inputStep]
            step &+= 1
          }
        }
      }
    }
    return output
  }

  /// Gradient of `convolution` with respect to an input of shape `inputShape`.
  public static func convolutionBackwardData(
    _ window: Window, outputGradient: Dense, weight: Dense, inputShape: [Int]
  ) -> Dense {
    let taps = ConvolutionTaps(window, input: inputShape, weight: weight.shape)
    var inputGradient = Dense(zeros: inputShape)
    inputGradient.values.withUnsafeMutableBufferPointer { inputGradient in
      outputGradient.values.withUnsafeBufferPointer { outputGradient in
        taps.forEachSpan { span in
          let factor = weight.values[span.weight]
          var step = 0
          while step < span.count {
            inputGradient[span.input &+ step &* span.inputStep] +=
              factor * outputGradient[span.output &+ step]
            step &+= 1
          }
        }
      }
    }
    return inputGradient
  }

  /// Gradients of `convolution` with respect to a weight of shape `weightShape` and the bias.
  public static func convolutionBackwardWeight(
    _ window: Window, input: Dense, outputGradient: Dense, weightShape: [Int]
  ) -> (weight: Dense, bias: Dense) {
    let taps = ConvolutionTaps(window, input: input.shape, weight: weightShape)
    var weightGradient = Dense(zeros: weightShape)
    input.values.withUnsafeBufferPointer { input in
      outputGradient.values.withUnsafeBufferPointer { outputGradient in
        taps.forEachSpan { span in
          var (sum, step) = (0.0, 0)
          while step < span.count {
            sum +=
              input[span.input &+ step &* span.inputStep] * outputGradient[span.output &+ step]
            step &+= 1
          }
          weightGradient.values[span.weight] += sum
        }
      }
    }
    var biasGradient = Dense(zeros: [weightShape[0]])
    let plane = taps.outputShape[2] * taps.outputShape[3]
    for (index, value) in outputGradient.values.enumerated() {
      biasGradient.values[index / plane % biasGradient.count] += value
    }
    return (weightGradient, biasGradient)
  }
}

/// The products of a convolution: which input, weight and output elements meet. The three passes
/// differ only in which of the three they compute from the other two.
private struct ConvolutionTaps {
  let window: Window
  let input: [Int]
  let weight: [Int]
  let outputShape: [Int]

  /// Products along one output row: `output + step` meets `input + step * inputStep`.
  struct Span {
    var output = 0
    var input = 0
    var weight = 0
    var count = 0
    var inputStep = 0
  }

  init(_ window: Window, input: [Int], weight: [Int]) {
    precondition(weight[1] == input[1] && weight[2] == window.kernel.rows)
    precondition(weight[3] == window.kernel.columns)
    let extent = window.output(of: .init(rows: input[2], columns: input[3]))
    self.window = window
    self.input = input
    self.weight = weight
    outputShape = [input[0], weight[0], extent.rows, extent.columns]
  }

  func forEachSpan(_ body: (Span) -> Void) {
    for kernelRow in 0..<window.kernel.rows {
      for kernelColumn in 0..<window.kernel.columns {
        let rows = Self.outputs(
          outputShape[2], input[2], window.stride.rows, kernelRow - window.padding.rows)
        let columns = Self.outputs(
          outputShape[3], input[3], window.stride.columns, kernelColumn - window.padding.columns)
        if rows.isEmpty || columns.isEmpty { continue }
        forEachPlane { batch, outChannel, inChannel in
          var span = Span(count: columns.count, inputStep: window.stride.columns)
          span.weight = (outChannel * weight[1] + inChannel) * weight[2] + kernelRow
          span.weight = span.weight * weight[3] + kernelColumn
          for row in rows {
            let inputRow = row * window.stride.rows + kernelRow - window.padding.rows
            let inputColumn =
              columns.lowerBound * window.stride.columns + kernelColumn - window.padding.columns
            span.output = (batch * outputShape[1] + outChannel) * outputShape[2] + row
            span.output = span.output * outputShape[3] + columns.lowerBound
            span.input = (batch * input[1] + inChannel) * input[2] + inputRow
            span.input = span.input * input[3] + inputColumn
            body(span)
          }
        }
      }
    }
  }

  private func forEachPlane(_ body: (_ batch: Int, _ outChannel: Int, _ inChannel: Int) -> Void) {
    for batch in 0..<input[0] {
      for outChannel in 0..<weight[0] {
        for inChannel in 0..<weight[1] { body(batch, outChannel, inChannel) }
      }
    }
  }

  /// Outputs along an axis whose input, `output * stride + shift`, is inside the image.
  private static func outputs(
    _ outputs: Int, _ inputs: Int, _ stride: Int, _ shift: Int
  ) -> Range<Int> {
    let inside = (0..<outputs).filter { (0..<inputs).contains($0 * stride + shift) }
    guard let first = inside.first, let last = inside.last else { return 0..<0 }
    return first..<last + 1
  }
}
