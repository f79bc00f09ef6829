import TopoFoundation

/// Hartigan's dip of a sample: the largest difference between its empirical distribution function
/// and the unimodal distribution function that is nearest to it (J. A. and P. M. Hartigan, "The dip
/// test of unimodality", Ann. Stat. 13, 1985).
///
/// It is between `1 / (2 n)`, which samples with one mode have, and 1/4.
public enum HartigansDip {
  /// The dip; undefined without values.
  public static func value(of sample: [Double]) -> MeasuredValue {
    guard !sample.isEmpty else { return .undefined("no values") }
    var steps = Steps(sample.sorted())
    return MeasuredValue(steps.doubledDip() / (2 * Double(sample.count)))
  }

  /// The fraction of uniform samples of the same size whose dip is at least as large:
  /// `(1 + count) / (1 + samples)`. It holds for independent values; correlations of pairs of units
  /// are not.
  public static func p(of sample: [Double], samples: Int = 2000, seed: UInt64 = 0) -> MeasuredValue
  {
    guard let observed = value(of: sample).number else { return .undefined("no values") }
    let numbers = Philox(seed: seed, purpose: .analysis, stream: OrganizationStream.dip)
    let dips = parallelMap(samples) { index in
      var sequence = RandomSequence(
        numbers.subsequence(at: UInt64(index), stream: OrganizationStream.dip))
      let uniform = sample.indices.map { _ in
        // 48 bits, so that values are practically never equal.
        Double(sequence.nextUniform()) + Double(sequence.nextUniform()) * 0x1p-24
      }
      return value(of: uniform).number
    }
    return .value(PermutationNull(observed: observed, values: dips, tail: .upper).p)
  }

  /// A distribution function times the number of values: it rises from `below[i]` to `above[i]` at
  /// `points[i]`.
  private struct Steps {
    var points: [Double] = []
    var below: [Double] = []
    var above: [Double] = []

    init(_ sorted: [Double]) {
      for (index, value) in sorted.enumerated() {
        if points.last == value {
          above[above.count - 1] = Double(index + 1)
        } else {
          points.append(value)
          below.append(Double(index))
          above.append(Double(index + 1))
        }
      }
    }

    /// Twice the dip times the number of values, at least 1.
    ///
    /// The interval that has the mode shrinks: the greatest convex function below the steps and the
    /// least concave one above them differ most at a point where one of them meets the steps. The
    /// mode is between it and the next such point of the other function. Outside, the steps'
    /// distances from the convex function (left) and from the concave one (right) are lower bounds.
    /// The jump at a mode counts for neither, because unimodal functions may jump there.
    mutating func doubledDip() -> Double {
      var (low, high, dip) = (0, points.count - 1, 1.0)
      while low < high {
        let convex = hull(below, low...high, isConvex: true)
        let concave = hull(above, low...high, isConvex: false)
        let minorant = interpolate(below, convex)
        let majorant = interpolate(above, concave)
        func gap(_ index: Int) -> Double { majorant[index - low] - minorant[index - low] }
        func widest(_ knots: [Int]) -> Int {
          knots.dropFirst().reduce(low) { gap($1) > gap($0) ? $1 : $0 }
        }
        var (left, right) = (widest(convex), widest(concave))
        let largest = max(gap(left), gap(right))
        guard largest > dip else { break }
        if gap(left) > gap(right) {
          right = concave.first { $0 >= left } ?? high
        } else {
          left = convex.last { $0 <= right } ?? low
        }
        for index in low..<left { dip = max(dip, above[index] - minorant[index - low]) }
        for index in (right + 1)..<max(high + 1, right + 1) {
          dip = max(dip, majorant[index - low] - below[index])
        }
        guard (left, right) != (low, high) else { break }
        (low, high) = (left, right)
      }
      return dip
    }

    /// Indices where the convex minorant or the concave majorant of `heights` meets it.
    private func hull(_ heights: [Double], _ range: ClosedRange<Int>, isConvex: Bool) -> [Int] {
      var knots: [Int] = []
      let sign = isConvex ? 1.0 : -1
      for index in range {
        while knots.count > 1 {
          let (first, middle) = (knots[knots.count - 2], knots[knots.count - 1])
          let before = (heights[middle] - heights[first]) * (points[index] - points[middle])
          let after = (heights[index] - heights[middle]) * (points[middle] - points[first])
          guard sign * (before - after) >= 0 else { break }
          knots.removeLast()
        }
        knots.append(index)
      }
      return knots
    }

    /// Values of the line through the knots at all points from the first knot to the last.
    private func interpolate(_ heights: [Double], _ knots: [Int]) -> [Double] {
      var line = [heights[knots[0]]]
      for (first, second) in zip(knots, knots.dropFirst()) {
        let slope = (heights[second] - heights[first]) / (points[second] - points[first])
        for index in (first + 1)...second {
          line.append(
            index == second
              ? heights[second] : heights[first] + slope * (points[index] - points[first]))
        }
      }
      return line
    }
  }
}
