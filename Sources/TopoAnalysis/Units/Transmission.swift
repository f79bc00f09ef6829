/// What each unit receives through its connections: `sum_i |w_ui| mean(|x_i|)` over its inputs `i`,
/// with `mean(|x_i|)` over images. It is the mean over images of what all connections of the unit
/// carry, whatever their signs, and so a cost of transmission. Defined by this project.
///
/// ```swift
/// let transmission = Transmission(.init([1, -2, 0, 3], inputs: 2), inputMagnitudes: [0.5, 2])
/// transmission.values   // [4.5, 6]
/// ```
public struct Transmission: Sendable, Hashable {
  /// By unit, in the unit of responses.
  public let values: [Double]

  /// The transmission of a layer.
  /// - Parameter inputMagnitudes: by input, the mean over images of its magnitude.
  public init(_ weights: LayerData.Weights, inputMagnitudes: [Double]) {
    precondition(inputMagnitudes.count == weights.inputs, "a magnitude per input")
    values = (0..<weights.units).map { unit in
      var sum = 0.0
      for input in 0..<weights.inputs {
        sum += abs(Double(weights.values[unit * weights.inputs + input])) * inputMagnitudes[input]
      }
      return sum
    }
  }

  /// The mean over images of the magnitude of each input.
  /// - Parameter inputs: dense `[image, input]`.
  public static func magnitudes(_ inputs: Activations) -> [Double] {
    var sums = [Double](repeating: 0, count: inputs.units)
    for image in 0..<inputs.images {
      for input in sums.indices { sums[input] += abs(Double(inputs[image, input])) }
    }
    return sums.map { $0 / Double(max(inputs.images, 1)) }
  }
}
