import TopoCompute

extension Reference {
  /// Largest value of each window (padding counts as minus infinity), the first on ties, the
  /// first NaN before any number; and its position in the window, `row * kernel columns + column`.
  /// - Parameter input: `[B, channel, row, column]`.
  public static func maxPooling(
    _ window: Window, input: Dense
  ) -> (output: Dense, argmax: Dense) {
    let planes = Planes(window, input: input.shape)
    var output = Dense(zeros: planes.outputShape)
    var argmax = Dense(zeros: planes.outputShape)
    planes.forEachOutput { position, places in
      var best: (value: Double, index: Int)?
      for place in places {
        let value = input.values[place.input]
        if let current = best, !(value > current.value || value.isNaN && !current.value.isNaN) {
          continue
        }
        best = (value, place.index)
      }
      output.values[position] = best?.value ?? -.infinity
      argmax.values[position] = Double(best?.index ?? 0)
    }
    return (output, argmax)
  }

  /// Gradient of `maxPooling`: each output's gradient is added to the value that `argmax` names.
  public static func maxPoolingBackward(
    _ window: Window, outputGradient: Dense, argmax: Dense, inputShape: [Int]
  ) -> Dense {
    let planes = Planes(window, input: inputShape)
    var inputGradient = Dense(zeros: inputShape)
    planes.forEachOutput { position, places in
      for place in places where Double(place.index) == argmax.values[position] {
        inputGradient.values[place.input] += outputGradient.values[position]
      }
    }
    return inputGradient
  }

  /// Mean over rows and columns: `[B, channel, row, column]` to `[B, channel]`.
  public static func globalAveragePooling(input: Dense) -> Dense {
    let plane = input.shape[2] * input.shape[3]
    var output = Dense(zeros: [input.shape[0], input.shape[1]])
    for (index, value) in input.values.enumerated() {
      output.values[index / plane] += value / Double(plane)
    }
    return output
  }

  /// Gradient of `globalAveragePooling`.
  public static func globalAveragePoolingBackward(
    outputGradient: Dense, inputShape: [Int]
  ) -> Dense {
    let plane = inputShape[2] * inputShape[3]
    var inputGradient = Dense(zeros: inputShape)
    for index in inputGradient.values.indices {
      inputGradient.values[index] = outputGradient.values[index / plane] / Double(plane)
    }
    return inputGradient
  }
}

/// The windows of a pooling and the input elements inside each.
private struct Planes {
  let window: Window
  let inputShape: [Int]
  let outputShape: [Int]

  init(_ window: Window, input: [Int]) {
    let extent = window.output(of: .init(rows: input[2], columns: input[3]))
    self.window = window
    inputShape = input
    outputShape = [input[0], input[1], extent.rows, extent.columns]
  }

  func forEachOutput(_ body: (_ position: Int, _ places: [(index: Int, input: Int)]) -> Void) {
    let (rows, columns) = (inputShape[2], inputShape[3])
    var position = 0
    for plane in 0..<inputShape[0] * inputShape[1] {
      for row in 0..<outputShape[2] {
        for column in 0..<outputShape[3] {
          var places: [(index: Int, input: Int)] = []
          for kernelRow in 0..<window.kernel.rows {
            let inputRow = row * window.stride.rows + kernelRow - window.padding.rows
            guard (0..<rows).contains(inputRow) else { continue }
            for kernelColumn in 0..<window.kernel.columns {
              let inputColumn =
                column * window.stride.columns + kernelColumn - window.padding.columns
              guard (0..<columns).contains(inputColumn) else { continue }
              places.append(
                (
                  kernelRow * window.kernel.columns + kernelColumn,
                  (plane * rows + inputRow) * columns + inputColumn
                ))
            }
          }
          body(position, places)
          position += 1
        }
      }
    }
  }
}
