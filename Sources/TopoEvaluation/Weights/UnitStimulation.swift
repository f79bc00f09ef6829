import TopoSheets

/// Stimulates units of a sheet: adds to their responses before ReLU.
enum UnitStimulation {
  /// The number of units that are stimulated: 9 of 121, the same share of other sheets, but at least
  /// one. It is fixed, so that the severity is how strongly each unit is stimulated.
  static func count(of sheet: Sheet) -> Int {
    max(1, WeightArithmetic.number(9.0 / 121, of: sheet.units))
  }

  /// The biases of the sheet's layer with `factor` standard deviations added for some units. The
  /// bias is the last thing that is added to a response before ReLU, so this is equivalent to
  /// stimulating the units for every image. Units that do not vary stay unchanged.
  /// - Parameters:
  ///   - biases: dense `[unit]`.
  ///   - standardDeviations: of the responses before ReLU over images, by unit. A value that is not
  ///     finite, of a network that diverged, counts as 0.
  static func shifted(
    _ biases: [Float], _ units: [Int], by factor: Double, of standardDeviations: [Double]?
  ) -> [Float] {
    guard let standardDeviations else {
      preconditionFailure("stimulations need standard deviations")
    }
    var biases = biases
    for unit in units where standardDeviations[unit].isFinite {
      biases[unit] = Float(Double(biases[unit]) + factor * standardDeviations[unit])
    }
    return biases
  }
}
