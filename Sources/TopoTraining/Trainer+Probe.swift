import TopoCompute

/// A member's sheet at some moment of training.
public struct ProbedSheet: Sendable, Hashable {
  /// Responses to the probe images before ReLU, dense `[image, unit]`.
  public let responses: [Float]
  /// Incoming weights, dense `[unit, input]`.
  public let weights: [Float]
}

extension Trainer {
  /// The sheet of every member, by member index; nil without probe images. Inference mode: no
  /// dropout, batch normalization by running statistics. Training is not affected.
  /// - Throws: `DeviceError`.
  public func probedSheets() throws -> [ProbedSheet]? {
    guard let probe = prepared.probe else { return nil }
    let weights = prepared.tensors.parameters.tensors[configuration.architecture.sheetWeightIndex]
    let values = try device.read(weights, as: Float.self)
    return try probe.responses(on: device).enumerated().map { member, responses in
      let start = member * weights.count
      return ProbedSheet(
        responses: responses, weights: Array(values[start..<start + weights.count]))
    }
  }
}
