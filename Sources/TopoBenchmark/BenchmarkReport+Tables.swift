import Foundation
import TopoReports

extension BenchmarkReport {
  /// The report as text: a heading, the peak, and a table for each part.
  public var text: String { text(width: nil) }

  /// The report as text for a terminal.
  /// - Parameter width: columns of the terminal, to which tables are divided; nil for undivided
  ///   tables.
  public func text(width: Int?) -> String {
    func text(_ table: TextTable, keys: Int) -> String {
      guard let width else { return table.description }
      return table.divided(width: width, keys: keys).map { $0.text(width: width) }
        .joined(separator: "\n")
    }
    var parts = ["\(device.heading)\n"]
    if let peak {
      parts.append(
        "peak: \(Self.number(peak.flopsPerSecond * 1e-9)) GFLOP/s (fused multiply-adds), "
          + "\(Self.number(peak.bytesPerSecond * 1e-9)) GB/s (streaming triad)\n"
          + (device.precision == .float32
            ? "" : "% of peak is of this float32 peak, which tensor cores may exceed.\n"))
    }
    if !operations.isEmpty { parts.append(text(operationTable, keys: 3)) }
    if !workloads.isEmpty { parts.append(text(workloadTable, keys: 3)) }
    if corruptions != nil { parts.append(text(corruptionTable, keys: 1)) }
    if analyses != nil { parts.append(text(analysisTable, keys: 1)) }
    parts += profiles.map { profile in
      let condition = "\(profile.members) x \(profile.condition)"
      return "\(profile.architecture), training \(condition), batch \(profile.batch): "
        + "\(Self.time(profile.seconds)) a step\n" + text(profile.table, keys: 1)
    }
    return parts.joined(separator: "\n")
  }

  /// A table with a row for each operation.
  public var operationTable: TextTable {
    var table = TextTable([
      .init("network", .left), .init("operation", .left), .init("sizes", .left),
      .init("algorithm", .left), .init("time", .right), .init("GFLOP/s", .right),
      .init("% of peak", .right), .init("GB/s", .right), .init("% of bandwidth", .right),
    ])
    for timing in operations {
      let algorithms = timing.algorithms.map {
        $0.split(separator: "/").last.map(String.init) ?? ""
      }
      table.append([
        timing.architecture, timing.operation, timing.name,
        algorithms.joined(separator: " "), Self.time(timing.seconds),
        timing.flops > 0 ? Self.number(timing.flopsPerSecond * 1e-9) : "-",
        Self.percent(timing.shareOfPeak), Self.number(timing.bytesPerSecond * 1e-9),
        Self.percent(timing.shareOfBandwidth),
      ])
    }
    table.notes = ["GB/s counts each byte once; above 100 % of the bandwidth, caches help."]
    return table
  }

  /// A table with a row for each workload.
  public var workloadTable: TextTable {
    var table = TextTable([
      .init("network", .left), .init("workload", .left), .init("condition", .left),
      .init("members", .right), .init("batch", .right), .init("step", .right),
      .init("fastest to slowest", .right), .init("images/s", .right), .init("GFLOP/s", .right),
      .init("% of peak", .right),
    ])
    for timing in workloads {
      table.append([
        timing.architecture, timing.kind.rawValue, timing.condition ?? "any", "\(timing.members)",
        "\(timing.batch)", Self.time(timing.seconds),
        "\(Self.time(timing.fastest)) to \(Self.time(timing.slowest))",
        Self.number(timing.imagesPerSecond), Self.number(timing.flopsPerSecond * 1e-9),
        Self.percent(timing.shareOfPeak),
      ])
    }
    return table
  }

  /// `1.23 ms`
  static func time(_ seconds: Double) -> String {
    let (value, unit) =
      seconds < 1e-3 ? (seconds * 1e6, "us") : seconds < 1 ? (seconds * 1e3, "ms") : (seconds, "s")
    return "\(number(value)) \(unit)"
  }

  /// A number with three significant digits, or all digits before the point.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let digits = abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
    return String(format: "%.\(digits)f", value)
  }

  /// `54.3`, or a dash if the share is unknown.
  static func percent(_ share: Double?) -> String {
    share.map { String(format: "%.1f", 100 * $0) } ?? "-"
  }
}

extension StepProfile {
  /// A table with a row for each name.
  public var table: TextTable {
    var table = TextTable([
      .init("operation", .left), .init("count", .right), .init("time", .right),
      .init("% of the step", .right),
    ])
    for entry in entries {
      table.append([
        entry.name, "\(entry.count)", BenchmarkReport.time(entry.seconds),
        BenchmarkReport.percent(entry.share),
      ])
    }
    return table
  }
}
