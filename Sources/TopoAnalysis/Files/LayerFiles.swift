import TopoFoundation
import TopoSheets

/// The files of a layer that another program computed: arrays of NumPy or safetensors.
///
/// ```swift
/// var files = LayerFiles(activations: "activations.npy")
/// files.labels = "labels.npy"
/// files.sheet = Sheet(rows: 11, columns: 11)
/// let layer = try files.read()
/// ```
public struct LayerFiles: Sendable, Hashable {
  /// Responses, `[image, unit]`.
  public var activations: String
  /// Classes of the images, `[image]`: whole numbers from 0.
  public var labels: String?
  /// Incoming weights, `[unit, input]`; further extents are inputs, too.
  public var weights: String?
  /// What the weights read, `[image, input]`; further extents are inputs, too.
  public var inputs: String?
  /// Positions, `[unit, 2]` or `[unit, 3]`.
  public var positions: String?
  /// The grid that the units fill, row by row.
  public var sheet: Sheet?
  /// Whether opposite edges of the grid meet, as on a torus.
  public var wraps = false
  /// Number of nearest units that are neighbors of a unit, with positions.
  public var neighbors = 8

  /// The largest label that is accepted.
  private static let mostClasses = 100_000

  /// A layer of which only the responses are known.
  public init(activations: String) { self.activations = activations }

  /// Reads and checks the files.
  /// - Throws: `UserError` that names the file if one cannot be read, or they do not agree.
  public func read() throws -> LayerData {
    let responses = try responses()
    let weights = try weights.map { try readWeights($0, responses.units) }
    return LayerData(
      activations: responses, labels: try labels.map { try classes($0, responses.images) },
      weights: weights,
      inputMagnitudes: try inputs.map { try magnitudes($0, responses.images, weights) },
      layout: try layout(responses.units))
  }

  private func responses() throws -> Activations {
    let array = try NumericArray(activations) { Float($0) }
    guard array.shape.count == 2 else {
      throw UserError(
        activations,
        "has the shape \(array.shape); activations have a row per image and a column per unit, as "
          + "in array.reshape(len(array), -1)")
    }
    guard array.shape[0] > 0, array.shape[1] > 0 else {
      throw UserError(activations, "has the shape \(array.shape), which is empty")
    }
    let responses = Activations(array.values, units: array.shape[1])
    if let (image, unit) = responses.firstNonFinite {
      throw UserError(
        activations,
        "holds \(responses[image, unit]) at image \(image), unit \(unit); leave out images or units "
          + "whose values are not finite")
    }
    return responses
  }

  private func classes(_ path: String, _ images: Int) throws -> ClassLabels {
    let array = try NumericArray(path) { $0 }
    guard array.shape.count(where: { $0 != 1 }) <= 1 else {
      throw UserError(path, "has the shape \(array.shape); labels have one number per image")
    }
    guard array.values.count == images else {
      throw UserError(
        path,
        "has \(array.values.count.counted("label")), but \(activations) has "
          + "\(images.counted("image")); give labels of the same images")
    }
    let values = try array.values.enumerated().map { index, value in
      guard value >= 0, value < Double(Self.mostClasses), value == value.rounded() else {
        throw UserError(
          path,
          "has the label \(value) at image \(index); labels are whole numbers from 0, below "
            + "\(Self.mostClasses)")
      }
      return Int32(value)
    }
    return ClassLabels(values)
  }

  private func readWeights(_ path: String, _ units: Int) throws -> LayerData.Weights {
    let array = try NumericArray(path) { Float($0) }
    guard array.shape.count >= 2, array.shape[0] == units, !array.values.isEmpty else {
      throw UserError(
        path,
        "has the shape \(array.shape); weights of \(activations) have \(units.counted("row")), one "
          + "per unit"
          + (array.shape.count == 2 && array.shape[1] == units ? "; transpose the array" : ""))
    }
    guard array.values.allSatisfy(\.isFinite) else {
      throw UserError(path, "holds weights that are not finite; leave out those units")
    }
    return LayerData.Weights(array.values, inputs: array.values.count / units)
  }

  /// The mean magnitude of each input of the weights.
  private func magnitudes(
    _ path: String, _ images: Int, _ weights: LayerData.Weights?
  ) throws -> [Double] {
    guard let weights, let file = self.weights else {
      throw UserError(path, "holds inputs of weights: give the weights, too")
    }
    let array = try NumericArray(path) { Float($0) }
    let width = array.shape.dropFirst().reduce(1, *)
    guard array.shape.count >= 2, array.shape[0] == images, width == weights.inputs else {
      throw UserError(
        path,
        "has the shape \(array.shape), but \(activations) has \(images.counted("image")) and "
          + "\(file) has \(weights.inputs.counted("input")) per unit; give what the weights read, "
          + "[image, input]")
    }
    guard array.values.allSatisfy(\.isFinite) else {
      throw UserError(path, "holds inputs that are not finite; leave out those images")
    }
    return Transmission.magnitudes(Activations(array.values, units: width))
  }

  private func layout(_ units: Int) throws -> UnitLayout? {
    if let sheet {
      guard sheet.units == units else {
        throw UserError(
          activations,
          "has \(units.counted("unit")), but a sheet of \(sheet) has \(sheet.units); give the sheet "
            + "of this layer")
      }
      return UnitLayout(sheet, neighborhood: Neighborhood(wraps: wraps))
    }
    guard let positions else { return nil }
    let array = try NumericArray(positions) { $0 }
    guard array.shape.count == 2, array.shape[0] == units, [2, 3].contains(array.shape[1]) else {
      throw UserError(
        positions,
        "has the shape \(array.shape); positions of \(activations) have the shape [\(units), 2] or "
          + "[\(units), 3]")
    }
    guard array.values.allSatisfy(\.isFinite) else {
      throw UserError(positions, "holds positions that are not finite; leave out those units")
    }
    let width = array.shape[1]
    try checkExtent(array.values, width, path: positions)
    return UnitLayout(
      positions: (0..<units).map { Array(array.values[$0 * width..<($0 + 1) * width]) },
      neighbors: neighbors)
  }

  /// Extents of positions of which squares and their sums are numbers.
  private static let extents = 1e-100...1e100

  private func checkExtent(_ values: [Double], _ width: Int, path: String) throws {
    let extents = (0..<width).map { axis in
      let places = stride(from: axis, to: values.count, by: width).map { values[$0] }
      return (places.max() ?? 0) - (places.min() ?? 0)
    }
    let extent = extents.max() ?? 0
    guard extent == 0 || Self.extents.contains(extent) else {
      throw UserError(
        path,
        "has positions that extend over \(extent), but must extend over 1e-100 to 1e100; give them "
          + "in another unit of length")
    }
  }
}
