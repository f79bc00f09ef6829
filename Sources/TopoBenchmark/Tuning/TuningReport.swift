import TopoCompute
import TopoFoundation
import TopoReports

/// What tuning found.
public struct TuningReport: Sendable {
  /// One kind of operations.
  public struct Row: Sendable {
    /// Pass and class, or `linear`.
    public var kind: String
    /// The sizes that were timed.
    public var sizes: [String]
    /// What ships.
    public var shipped: String
    /// What is best; what ships, where nothing is faster for sure.
    public var best: String
    /// Floating-point operations of all sizes.
    public var flops: Int
    /// Seconds of what ships for all sizes.
    public var shippedSeconds: Double
    /// Its time over that of the best; 1 where nothing is faster.
    public var gain: Double
    /// Candidates that were tried.
    public var tried = 0
    /// Those that did not build or do not apply.
    public var refused = 0
    /// Those that computed wrongly.
    public var wrong = 0
  }

  /// The device.
  public let device: DeviceInformation
  /// What was timed.
  public var rows: [Row] = []
  /// What is better than what ships.
  public var table = TuningTable()

  /// A heading, and a row for each kind of operations.
  public var text: String {
    var text = TextTable([
      .init("operations", .left), .init("sizes", .left), .init("GFLOP/s", .right),
      .init("best", .right), .init("gain", .right), .init("tried", .right),
      .init("discarded", .right), .init("choice", .left),
    ])
    for row in rows {
      let rate = Double(row.flops) / max(row.shippedSeconds, 1e-12) * 1e-9
      text.append([
        row.kind, row.sizes.joined(separator: "; "), BenchmarkReport.number(rate),
        BenchmarkReport.number(rate * row.gain), BenchmarkReport.number(row.gain),
        "\(row.tried)", "\(row.refused + row.wrong)",
        row.best == row.shipped ? "as it ships: \(row.shipped)" : row.best,
      ])
    }
    let (refused, wrong, tried) = (
      rows.reduce(0) { $0 + $1.refused }, rows.reduce(0) { $0 + $1.wrong },
      rows.reduce(0) { $0 + $1.tried }
    )
    text.notes = [
      "GFLOP/s is that of what ships. Of \(tried.counted("candidate")), \(refused) "
        + "did not build or apply and \(wrong) gave wrong results."
    ]
    return "\(device.identifier)  \(device.name), \(device.driver)\n\(text)"
  }
}
