import TopoCompute
import TopoFoundation
import TopoReports

/// The results of tuning.
public struct TuningReport: Sendable {
  /// The results for one kind of operation.
  public struct Row: Sendable {
    /// Pass and class of a convolution, or `linear`.
    public var kind: String
    /// The sizes that were timed.
    public var sizes: [String]
    /// The shipped choice.
    public var shipped: String
    /// The best choice; the shipped one if none is reliably faster.
    public var best: String
    /// Floating-point operations of all sizes.
    public var flops: Int
    /// Seconds of the shipped choice for all sizes.
    public var shippedSeconds: Double
    /// Time of the shipped choice over that of the best one; 1 if they are the same.
    public var gain: Double
    /// Number of candidates that were tried.
    public var tried = 0
    /// Number of candidates that did not build or do not apply.
    public var refused = 0
    /// Number of candidates with wrong results.
    public var wrong = 0
  }

  /// The device that was tuned.
  public let device: DeviceInformation
  /// The results for each kind of operation.
  public var rows: [Row] = []
  /// The choices that are better than the shipped ones.
  public var table = TuningTable()

  /// The report as text: a heading, and a row for each kind of operation.
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
        row.best == row.shipped ? "as shipped: \(row.shipped)" : row.best,
      ])
    }
    let (refused, wrong, tried) = (
      rows.reduce(0) { $0 + $1.refused }, rows.reduce(0) { $0 + $1.wrong },
      rows.reduce(0) { $0 + $1.tried }
    )
    text.notes = [
      "GFLOP/s is that of the shipped choice. Of \(tried.counted("candidate")), \(refused) "
        + "did not build or apply and \(wrong) gave wrong results."
    ]
    return "\(device.heading)\n\(text)"
  }
}
