import TopoFoundation

/// A layer of a network as arrays: everything that measures of what a network learned are computed
/// from. It may come from one of this project's networks or from files of any framework.
///
/// ```swift
/// let layer = LayerData(
///   activations: Activations(values, units: 121), labels: ClassLabels(labels),
///   layout: UnitLayout(Sheet(rows: 11, columns: 11)))
/// let result = try OrganizationAnalysis().result(for: LayerStatistics(layer))
/// ```
public struct LayerData: Sendable, Hashable {
  /// Incoming weights of units.
  public struct Weights: Sendable, Hashable {
    /// Number of inputs of each unit.
    public let inputs: Int
    /// Dense `[unit, input]`.
    public let values: [Float]

    /// Weights, dense `[unit, input]`.
    public init(_ values: [Float], inputs: Int) {
      precondition(inputs > 0 && values.count.isMultiple(of: inputs), "one row of inputs per unit")
      (self.values, self.inputs) = (values, inputs)
    }

    /// Number of units.
    public var units: Int { values.count / inputs }

    /// The incoming weights of a unit.
    public func row(_ unit: Int) -> [Double] {
      values[unit * inputs..<(unit + 1) * inputs].map(Double.init)
    }

    /// The weights of all units for one input: a map on the sheet.
    public func map(ofInput input: Int) -> [Double] {
      (0..<units).map { Double(values[$0 * inputs + input]) }
    }
  }

  /// Responses before the nonlinearity, if they are known, otherwise after it.
  public var activations: Activations
  /// The classes of the images; nil if unknown.
  public var labels: ClassLabels?
  /// Incoming weights; nil if unknown.
  public var weights: Weights?
  /// By input of the weights: the mean over images of the magnitude of its response; nil if unknown.
  public var inputMagnitudes: [Double]?
  /// Where the units are; nil if unknown.
  public var layout: UnitLayout?

  /// A layer whose arrays agree on the numbers of images and units.
  public init(
    activations: Activations, labels: ClassLabels? = nil, weights: Weights? = nil,
    inputMagnitudes: [Double]? = nil, layout: UnitLayout? = nil
  ) {
    precondition(labels.map { $0.values.count == activations.images } ?? true, "a label per image")
    precondition(weights.map { $0.units == activations.units } ?? true, "a row per unit")
    precondition(
      inputMagnitudes.map { $0.count == weights?.inputs } ?? true, "a magnitude per input")
    precondition(layout.map { $0.units == activations.units } ?? true, "a position per unit")
    (self.activations, self.labels) = (activations, labels)
    (self.weights, self.layout) = (weights, layout)
    self.inputMagnitudes = inputMagnitudes
  }

  /// An array of a layer that an analysis may need.
  public enum Part: String, Sendable, Hashable, CaseIterable {
    /// The classes of the images.
    case labels
    /// Incoming weights.
    case weights
    /// Where the units are.
    case layout
    /// The network itself, which can be shown images.
    case network

    /// What a layer without it lacks, as part of a sentence.
    var plural: String { self == .layout ? "positions" : rawValue }
  }

  /// The arrays that there are besides the activations.
  public var parts: Set<Part> {
    var parts: Set<Part> = []
    if labels != nil { parts.insert(.labels) }
    if weights != nil { parts.insert(.weights) }
    if layout != nil { parts.insert(.layout) }
    return parts
  }
}
