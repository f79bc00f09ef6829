import Foundation
import Toposheet

/// The order of models that were found in a folder. Models of one study have its order. Others are
/// ordered by penalty (control, WS, AS), metric, lambda and path.
enum ModelOrder {
  static func sorted(_ files: [URL]) -> [URL] {
    let byPath = files.sorted { $0.path.compare($1.path, options: .numeric) == .orderedAscending }
    if let positions = study(of: byPath) {
      return stable(byPath, { positions[name($0)] ?? Int.max }, by: { $0 < $1 })
    }
    return stable(byPath, { Condition(name($0)) }, by: { $0.precedes($1) })
  }

  /// A network's name in its study.
  private static func name(_ file: URL) -> String {
    let parts = file.standardizedFileURL.pathComponents.suffix(3)
    guard let seed = parts.dropLast().last, seed.hasPrefix("seed-"), parts.count == 3 else {
      return file.deletingPathExtension().lastPathComponent
    }
    return parts.dropLast().joined(separator: "/")
  }

  /// Positions by name if all files are of one study; otherwise nil.
  private static func study(of files: [URL]) -> [String: Int]? {
    let roots = Set(
      files.map { file in
        (0..<3).reduce(file.standardizedFileURL) { url, _ in url.deletingLastPathComponent() }.path
      })
    guard roots.count == 1, let root = roots.first,
      let members = StudyFolder.members(in: URL(filePath: root, directoryHint: .isDirectory))
    else { return nil }
    return Dictionary(members.enumerated().map { ($1.path, $0) }) { first, _ in first }
  }

  /// Sorts by keys; files with equal keys keep their order.
  private static func stable<Key>(
    _ files: [URL], _ key: (URL) -> Key, by precedes: (Key, Key) -> Bool
  ) -> [URL] {
    files.map { (file: $0, key: key($0)) }.enumerated().sorted { left, right in
      if precedes(left.element.key, right.element.key) { return true }
      if precedes(right.element.key, left.element.key) { return false }
      return left.offset < right.offset
    }.map(\.element.file)
  }

  /// A condition as far as a name states it: `as-euclidean-0.3/seed-1`, `control_seed0`.
  private struct Condition {
    private let kind: Int
    private let metric: Int
    private let lambda: Double

    init(_ name: String) {
      let parts = name.lowercased().split { "-_/ ".contains($0) }.map(String.init)
      let kinds = Penalty.Kind.allCases.map(\.rawValue)
      kind = parts.first.flatMap(kinds.firstIndex) ?? kinds.count
      let metrics = PenaltyMetric.allCases.map(\.rawValue)
      metric = parts.compactMap(metrics.firstIndex).first ?? metrics.count
      lambda = parts.dropFirst().compactMap(Double.init).first ?? 0
    }

    func precedes(_ other: Condition) -> Bool {
      (kind, metric, lambda) < (other.kind, other.metric, other.lambda)
    }
  }
}
