import TopoAnalysis
import TopoFoundation
import TopoSheets

/// What an atlas shows of the layer of a network.
///
/// ```swift
/// try evaluation.forEachLayer { model, statistics in
///   networks.append(try AtlasNetwork(name: "ws, seed 0", condition: "ws", statistics))
/// }
/// ```
public struct AtlasNetwork: Sendable {
  /// Its name in menus.
  public let name: String
  /// The label of its condition. At first the page shows networks of two conditions.
  let condition: String
  /// By unit.
  let positions: [[Double]]
  /// The grid that the units fill; nil for other positions.
  let sheet: Sheet?
  /// Measures of units, in the order of the analyses.
  let columns: [AnalysisResult.UnitColumn]
  /// By unit; empty if responses are not finite.
  let extremes: [UnitExtremes]
  /// The responses to the images of `extremes`, by unit.
  let responses: [(best: [Double], worst: [Double])]
  /// Mean response of each unit to each class, `[unit][class]`; nil for a class without images.
  /// Empty without labels.
  let classMeans: [[Double?]]
  /// `CorrelationBytes` of the units; nil if there are too many units or responses are not finite.
  let correlations: String?
  /// Tuning to gratings; nil if only arrays are known.
  let tuning: Tuning?
  /// Where in images units are sensitive; nil if only arrays are known, or values are not finite.
  let fields: SensitivityBytes?
  /// Whether only arrays of the network are known.
  let isArray: Bool

  /// Tuning to the orientation of gratings.
  struct Tuning: Sendable, Hashable {
    /// Mean responses over phases, `[unit][orientation]`; orientations are evenly spaced over 180
    /// degrees.
    var curves: [[Double]]
    /// Pixels per period at which the curve was measured, by unit.
    var wavelengths: [Double]
  }

  /// Images of each kind that are shown of a unit.
  static let images = 8
  /// The most units whose correlations are shown: those of 4,096 take 11 MB.
  static let mostCorrelatedUnits = 4096

  /// Analyzes a layer that has a layout.
  /// - Parameter condition: of the network; its name by default.
  /// - Throws: what analyses and inference throw.
  public init(
    name: String, condition: String? = nil, _ statistics: LayerStatistics
  ) throws {
    let (layer, network) = (statistics.layer, statistics.network)
    guard let layout = layer.layout else { preconditionFailure("the layer has a layout") }
    (self.name, self.condition) = (name, condition ?? name)
    (positions, sheet) = (layout.positions, layout.sheet)
    isArray = network == nil
    columns = try Self.analyses().flatMap {
      try LayerAnalysis.result(of: $0, statistics).units
    }
    let activations = layer.activations
    guard activations.firstNonFinite == nil else {
      (extremes, responses, classMeans) = ([], [], [])
      (correlations, tuning, fields) = (nil, nil, nil)
      return
    }
    let units = 0..<activations.units
    extremes = units.map { UnitExtremes(activations, unit: $0, count: Self.images) }
    responses = zip(units, extremes).map { unit, extremes in
      (
        extremes.best.map { Double(activations[$0, unit]) },
        extremes.worst.map { Double(activations[$0, unit]) }
      )
    }
    let means = statistics.classMeans
    classMeans = means.isEmpty ? [] : units.map { unit in means.map { $0?[unit] } }
    correlations =
      activations.units <= Self.mostCorrelatedUnits
      ? CorrelationBytes.text(statistics.correlations) : nil
    tuning = try network.flatMap { try Self.tuning($0) }
    fields = try network.flatMap { try Self.fields($0, units: activations.units) }
  }

  /// The analyses with measures of units. Permutations only matter to measures of layers, which
  /// are not shown here.
  private static func analyses() -> [any Analysis] {
    var selectivity = SelectivityAnalysis()
    selectivity.permutations = 1
    selectivity.shuffles = 1
    var units = UnitsAnalysis()
    units.permutations = 1
    var tuning = TuningAnalysis()
    tuning.shuffles = 1
    return [selectivity, units, tuning]
  }

  /// The maps of the analysis, which the network remembers.
  private static func fields(
    _ network: any ImageResponder, units: Int
  ) throws -> SensitivityBytes? {
    let images = network.images(first: TuningAnalysis.gradientImages(units: units))
    let maps = try network.sensitivity(to: images)
    return SensitivityBytes(maps, images: images.count / network.shape.count)
  }

  /// The network has already been shown these gratings by the analysis, and remembers its
  /// responses.
  private static func tuning(_ network: any ImageResponder) throws -> Tuning? {
    let stimuli = OrientationStimuli.gratings(network.shape)
    let responses = try network.responses(to: stimuli.images)
    guard responses.firstNonFinite == nil else { return nil }
    let tuning = OrientationTuning(responses, stimuli: stimuli)
    return Tuning(
      curves: tuning.curves.map(\.responses),
      wavelengths: tuning.wavelengths.map { tuning.pixels[$0] })
  }
}
