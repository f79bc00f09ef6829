import TopoFoundation

/// What an analysis found out about a layer.
public struct AnalysisResult: Sendable, Hashable {
  /// A value of the layer.
  public struct Scalar: Sendable, Hashable {
    /// Name of the measure.
    public var measure: String
    /// Its value, or the reason why it has none.
    public var value: MeasuredValue

    /// A value.
    public init(_ measure: String, _ value: MeasuredValue) {
      (self.measure, self.value) = (measure, value)
    }
  }

  /// Values of all units: a column of `units.csv`.
  public struct UnitColumn: Sendable, Hashable {
    /// Name of the measure.
    public var measure: String
    /// By unit.
    public var values: [MeasuredValue]

    /// The values of a measure.
    public init(_ measure: String, _ values: [MeasuredValue]) {
      (self.measure, self.values) = (measure, values)
    }
  }

  /// A curve, a histogram or a matrix: a file of its own.
  public struct Table: Sendable, Hashable {
    /// Its name, and that of its file: `correlation-by-distance`.
    public var name: String
    /// Names of the columns.
    public var columns: [String]
    /// Rows; nil where a value is undefined.
    public var rows: [[Double?]]

    /// A table with one value per column in each row.
    public init(_ name: String, columns: [String], rows: [[Double?]]) {
      precondition(rows.allSatisfy { $0.count == columns.count }, "one value per column")
      (self.name, self.columns, self.rows) = (name, columns, rows)
    }
  }

  /// Values of the layer, in the order of the analysis.
  public var scalars: [Scalar] = []
  /// Values of all units.
  public var units: [UnitColumn] = []
  /// Curves, histograms and matrices.
  public var tables: [Table] = []

  /// A result without values.
  public init() {}

  /// Adds a value of the layer.
  public mutating func add(_ measure: String, _ value: MeasuredValue) {
    scalars.append(Scalar(measure, value))
  }

  /// Adds values of all units.
  public mutating func add(units measure: String, _ values: [MeasuredValue]) {
    units.append(UnitColumn(measure, values))
  }

  /// The value of a measure; nil if there is none of that name.
  public subscript(_ measure: String) -> MeasuredValue? {
    scalars.first { $0.measure == measure }?.value
  }

  /// The values of a measure of units; nil if there is none of that name.
  public subscript(units measure: String) -> [MeasuredValue]? {
    units.first { $0.measure == measure }?.values
  }
}
