import TopoFoundation

/// Measures of what a layer learned that are computed together, as a value.
///
/// Each group has its own folder in this module and an entry in `AnalysisCatalog.kinds`.
public protocol Analysis: Sendable {
  /// Its name in plans and on the command line: `organization`.
  static var name: String { get }

  /// What it finds out, in one line.
  static var summary: String { get }

  /// Its measures, in the order of results.
  static var measures: [MeasureDescription] { get }

  /// The arrays that all of its measures need. Measures that need others are undefined without
  /// them.
  static var needs: Set<LayerData.Part> { get }

  /// Whether any measure depends on where units are.
  static var usesLayout: Bool { get }

  /// The analysis with its published constants.
  init()

  /// Its measures that have results with its settings, in their order.
  var results: [MeasureDescription] { get }

  /// The analysis with matrices and lists among its tables that are too large for many networks.
  func withLargeTables() -> Self

  /// The multiply-accumulates of an analysis, roughly. Estimates of the time left use it.
  /// - Parameters:
  ///   - images: number of images.
  ///   - units: number of units.
  func cost(images: Int, units: Int) -> Double

  /// Computes all measures.
  /// - Parameter layer: the layer, whose responses are finite, with what analyses share.
  /// - Throws: `UserError` if the layer cannot be analyzed for a reason that the user can change.
  func result(for layer: LayerStatistics) throws -> AnalysisResult
}

extension Analysis {
  public static var usesLayout: Bool { true }

  public var results: [MeasureDescription] { Self.measures }

  public func withLargeTables() -> Self { self }
}
