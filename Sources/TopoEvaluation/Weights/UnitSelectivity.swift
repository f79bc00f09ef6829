import Dispatch
import TopoAnalysis

/// How well each unit of a sheet distinguishes each class from the others: the average precision of
/// the unit's response as a score of the class. Responses are those before ReLU, because many are 0
/// after it and would be ties.
public struct UnitSelectivity: Sendable, Hashable {
  /// By class and unit; nil for a class without images.
  public let averagePrecisions: [[Double]?]

  /// The selectivity of a network's units.
  /// - Parameters:
  ///   - sheet: responses before ReLU, dense `[image, unit]`.
  ///   - labels: the images' classes, each in `0..<classes`.
  public init(sheet: [Float], labels: [Int32], classes: Int) {
    precondition(!labels.isEmpty && sheet.count % labels.count == 0, "one row per image")
    let units = sheet.count / labels.count
    let classLabels = ClassLabels(labels, classes: classes)
    // By unit and class; each unit is written by one worker.
    var values = [Double](repeating: 0, count: units * classes)
    values.withUnsafeMutableBufferPointer { buffer in
      let target = Target(values: buffer)
      DispatchQueue.concurrentPerform(iterations: units) { unit in
        let scores = labels.indices.map { sheet[$0 * units + unit] }
        let row = Self.averagePrecisions(scores: scores, labels: classLabels)
        for label in 0..<classes { target.values[unit * classes + label] = row[label] }
      }
    }
    averagePrecisions = (0..<classes).map { label in
      classLabels.counts[label] > 0 ? (0..<units).map { values[$0 * classes + label] } : nil
    }
  }

  private struct Target: @unchecked Sendable { let values: UnsafeMutableBufferPointer<Double> }

  /// The units from the most to the least selective for a class, by index on ties and for a class
  /// without images.
  public func ranking(ofClass label: Int) -> [Int] {
    guard let values = averagePrecisions[label] else {
      return Array(0..<(averagePrecisions.compactMap { $0?.count }.first ?? 0))
    }
    return values.indices.sorted {
      values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
    }
  }

  /// Average precision of scores for each class, by `ClassSeparation`. A class without images
  /// has 0.
  static func averagePrecisions(scores: [Float], labels: ClassLabels) -> [Double] {
    ClassSeparation(ScoreOrder(scores), labels: labels).averagePrecisions.map { $0 ?? 0 }
  }
}
