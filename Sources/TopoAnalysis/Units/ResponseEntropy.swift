import Foundation
import TopoFoundation

/// Entropies of responses, in nats.
///
/// ```swift
/// ResponseEntropy.ofCounts([2, 1, 1])                 // 1.0397207708 nats = 1.5 bits
/// ResponseEntropy.ofHistogram([0, 1, 2, 3], bins: 4)  // ln 4
/// ResponseEntropy.ofShares([0, 5, 0])                 // .value(0)
/// ```
public enum ResponseEntropy {
  /// Bins of histograms in results.
  public static let bins = 32
  /// Images whose classes count for `top-class-entropy`.
  public static let topImages = 100

  /// `-sum p ln p` of counts; 0 without any.
  public static func ofCounts(_ counts: [Int]) -> Double {
    let total = Double(counts.reduce(0, +))
    var entropy = 0.0
    for count in counts where count > 0 {
      let share = Double(count) / total
      entropy -= share * log(share)
    }
    return max(entropy, 0)
  }

  /// The entropy of the histogram of responses in equal bins; 0 for constant responses.
  /// - Parameters:
  ///   - bins: number of bins. The last one includes its upper edge.
  ///   - range: the bins cover it; by default from the smallest to the largest response.
  public static func ofHistogram(
    _ responses: [Float], bins: Int = bins, range: ClosedRange<Float>? = nil
  ) -> Double {
    let lower = Double(range?.lowerBound ?? responses.min() ?? 0)
    let upper = Double(range?.upperBound ?? responses.max() ?? 0)
    guard upper > lower else { return 0 }
    var counts = [Int](repeating: 0, count: bins)
    for response in responses {
      let place = (Double(response) - lower) / (upper - lower) * Double(bins)
      counts[min(max(Int(place), 0), bins - 1)] += 1
    }
    return ofCounts(counts)
  }

  /// `-sum p ln p / ln N` with the shares `p` of each of `N` responses in their sum, in [0, 1]: 0 if
  /// one unit has all activity, 1 if all have the same.
  ///
  /// Undefined if all responses are 0 or there is only one. None may be negative.
  public static func ofShares(_ responses: some Collection<Float>) -> MeasuredValue {
    var total = 0.0
    for response in responses { total += Double(response) }
    guard total > 0 else { return .undefined("all responses are 0") }
    guard responses.count > 1 else { return .undefined("there is only one unit") }
    var entropy = 0.0
    for response in responses where response > 0 {
      let share = Double(response) / total
      entropy -= share * log(share)
    }
    return MeasuredValue(min(max(entropy / log(Double(responses.count)), 0), 1))
  }

  /// The entropy of the classes of the `count` images with the highest scores. With fewer images,
  /// those of all.
  public static func ofTopClasses(
    _ order: ScoreOrder, labels: ClassLabels, count: Int = topImages
  ) -> Double {
    var counts = [Int](repeating: 0, count: labels.classes)
    for image in order.indices.prefix(count) { counts[Int(labels.values[Int(image)])] += 1 }
    return ofCounts(counts)
  }
}
