import Foundation
import TopoEvaluation
import TopoFoundation

extension FigureCatalog {
  /// Shares of pairs of units by correlation.
  static func correlationHistogram(_ source: FigureSource) -> Figure? {
    let curves = source.curves("correlation-histogram", position: "from", value: "pre-relu")
    let width = binWidth(curves)
    return familyFigure(
      source, "correlation-histogram", "Correlations of pairs of units",
      "Share of all pairs of units by the correlation of their responses before ReLU, in bins of "
        + "\(EpsilonText.text((width * 1e6).rounded() / 1e6)). ",
      x: Axis("Pearson's r", shown: [-1, 1]), y: Axis("pairs (%)", shown: [0]),
      normalized(curves, shift: width / 2))
  }

  /// Correlation over the distance of units.
  static func correlationByDistance(_ source: FigureSource) -> Figure? {
    familyFigure(
      source, "correlation-by-distance", "Correlation over distance",
      "Mean correlation of responses before ReLU of pairs of units by their distance. ",
      x: Axis("distance (steps of the sheet)"), y: Axis("Pearson's r"),
      source.curves("correlation-by-distance", position: "distance", value: "mean"))
  }

  /// Numbers of experts over the threshold.
  static func expertsByThreshold(_ source: FigureSource) -> Figure? {
    var curves = source.curves("experts-by-threshold", position: "threshold", value: "units")
    // A hundredth is fine enough for a curve.
    curves.values = curves.values.mapValues { curve in
      curve.filter { abs(($0.key * 100).rounded() - $0.key * 100) < 1e-6 }
    }
    return familyFigure(
      source, "experts-by-threshold", "Expert units over the threshold",
      "Units whose average precision for some class is at least the threshold. ",
      x: Axis("average precision"), y: Axis("units", shown: [0]), curves)
  }

  /// Eigenvalues of the covariance of responses.
  static func eigenvalues(_ source: FigureSource) -> Figure? {
    var shares = normalized(
      source.curves("eigenvalues", position: "rank", value: "pre-relu"), shift: 0)
    // Means over some of the networks would be too large.
    shares.values = shares.values.mapValues { curve in
      curve.filter { $0.value.values.allSatisfy { $0 >= 1e-3 } }
    }
    return familyFigure(
      source, "eigenvalues", "Spectra of responses",
      "Share of the variance of responses before ReLU along each principal component, down to "
        + "0.001 %. ",
      x: Axis("component", kind: .logarithmic), y: Axis("variance (%)", kind: .logarithmic), shares)
  }

  /// Shares of units by preferred orientation.
  static func orientations(_ source: FigureSource) -> Figure? {
    let panels = [("bars", "bar"), ("gratings", "grating")].flatMap { title, name -> [Panel] in
      let curves = normalized(
        source.curves("\(name)-orientation-histogram", position: "degrees", value: "units"),
        shift: 0)
      return source.byFamily(
        title, x: Axis("degrees"), y: Axis("units (%)", shown: [0]), images: curves.images
      ) { curves[$0] }
    }
    return Figure(
      "orientations", title: "Preferred orientations",
      caption: "Share of tuned units by the orientation that they prefer; 0 is horizontal. "
        + curveReading, columns: source.curveColumns, panels)
  }

  /// Responses by distance from the center of the image.
  static func eccentricity(_ source: FigureSource) -> Figure? {
    let names = [
      ("apertures", "aperture-profile", "response"),
      ("gradients", "gradient-profile", "gradient"), ("spots", "spot-profile", "response"),
    ]
    let panels = names.flatMap { title, table, unit -> [Panel] in
      let curves = source.curves(table, position: "eccentricity", value: "mean")
      return source.byFamily(
        title, x: Axis("eccentricity (half sides)"), y: Axis(unit), images: curves.images
      ) { curves[$0] }
    }
    return Figure(
      "eccentricity", title: "Eccentricity profiles",
      caption: "Mean over units by distance from the center of the image. " + curveReading,
      columns: source.curveColumns, panels)
  }

  /// Similarities within and between conditions.
  static func similarity(_ source: FigureSource) -> Figure? {
    let found = source.study.rows(
      \.similarities, ["measure", "first-condition", "second-condition", "mean"],
      on: \.origin.images)
    let images = found.images.map(source.study.text) ?? ""
    let names = source.study.conditions
    let panels = [
      ("RSA, r squared, before ReLU", "rsa-r-squared-pre-relu", "r squared"),
      ("RSA, r squared, classes", "rsa-r-squared-class-means-pre-relu", "r squared"),
      ("RSA, r squared, weights", "rsa-r-squared-weights", "r squared"),
      ("CKA, debiased, before ReLU", "cka-debiased-pre-relu", "CKA"),
    ].map { title, measure, unit in
      var values = [[Double?]](
        repeating: [Double?](repeating: nil, count: names.count), count: names.count)
      for row in found.rows where row[0] == measure {
        guard let first = names.firstIndex(of: row[1]), let second = names.firstIndex(of: row[2]),
          let mean = Double(row[3]), values[first][second] == nil
        else { continue }
        (values[first][second], values[second][first]) = (mean, mean)
      }
      return Panel(title, names: names, values, unit: unit, images: images)
    }
    return Figure(
      "similarity", title: "Similarity of conditions (RSA and CKA)",
      caption:
        "Means over pairs of networks of different seeds, within conditions on the diagonal. "
        + "Of several folders, the first that compares two conditions counts, because networks of "
        + "two folders are not compared.", columns: 2, panels)
  }

  // MARK: Helpers

  private static let curveReading =
    "A panel per penalty, a line per lambda. Bands are Student's 95 % intervals over seeds; the "
    + "dashed line is control."

  private static func familyFigure(
    _ source: FigureSource, _ name: String, _ title: String, _ caption: String, x: Axis, y: Axis,
    _ curves: FigureSource.Curves
  ) -> Figure? {
    Figure(
      name, title: title, caption: caption + curveReading,
      source.byFamily("", x: x, y: y, images: curves.images) { curves[$0] })
  }

  /// The distance of the first two positions.
  private static func binWidth(_ curves: FigureSource.Curves) -> Double {
    let positions = (curves.values.values.first ?? [:]).keys.sorted().prefix(2)
    return positions.count == 2 ? positions[1] - positions[0] : 0
  }

  /// Counts as percentages of all counts of a network, at positions that are moved.
  private static func normalized(
    _ curves: FigureSource.Curves, shift: Double
  ) -> FigureSource.Curves {
    var normalized = curves
    normalized.values = curves.values.mapValues { curve in
      var totals: [UInt64: Double] = [:]
      for (_, seeds) in curve.sorted(by: { $0.key < $1.key }) {
        for (seed, count) in seeds { totals[seed, default: 0] += count }
      }
      var shares: [Double: [UInt64: Double]] = [:]
      for (position, seeds) in curve {
        // One value of several that differ by rounding.
        let center = ((position + shift) * 1e9).rounded() / 1e9
        shares[center] = seeds.reduce(into: [:]) { result, entry in
          if let total = totals[entry.key], total > 0 {
            result[entry.key] = 100 * entry.value / total
          }
        }
      }
      return shares
    }
    return normalized
  }
}
