import TopoFoundation

/// The responses of the units of a layer to images.
///
/// ```swift
/// let layer = Activations(values, units: 121)   // values: dense [image, unit]
/// let first = layer.responses(of: 0)            // of unit 0 to every image
/// ```
public struct Activations: Sendable, Hashable {
  /// Number of images.
  public let images: Int
  /// Number of units.
  public let units: Int
  /// Dense `[image, unit]`.
  public let values: [Float]

  /// Responses, dense `[image, unit]`.
  public init(_ values: [Float], units: Int) {
    precondition(units > 0 && values.count.isMultiple(of: units), "one row of units per image")
    (self.values, self.units) = (values, units)
    images = values.count / units
  }

  /// The response of a unit to an image.
  public subscript(image: Int, unit: Int) -> Float { values[image * units + unit] }

  /// The responses of a unit to all images.
  public func responses(of unit: Int) -> [Double] {
    (0..<images).map { Double(values[$0 * units + unit]) }
  }

  /// The responses of all units to an image: a map on the sheet.
  public func map(of image: Int) -> [Double] {
    values[image * units..<(image + 1) * units].map(Double.init)
  }

  /// The responses after ReLU: `max(z, 0)`.
  public func rectified() -> Activations {
    Activations(values.map { max($0, 0) }, units: units)
  }

  /// The responses to some of the images, in the order of `indices`.
  public func selecting(images indices: [Int]) -> Activations {
    Activations(indices.flatMap { values[$0 * units..<($0 + 1) * units] }, units: units)
  }

  /// The first image and unit whose response is NaN or infinite; nil if there is none.
  public var firstNonFinite: (image: Int, unit: Int)? {
    values.firstIndex { !$0.isFinite }.map { ($0 / units, $0 % units) }
  }
}
