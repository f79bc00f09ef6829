import TopoFoundation

/// How much each unit depends on parts of images at some distance from the center, and summaries.
///
/// Units that read a global average pool respond alike to shifted parts: their profiles reflect the
/// phase of pooling and the padding of convolutions more than what was learned.
///
/// ```swift
/// let apertures = Apertures(shape)
/// // by ring: responses to apertures.images(images, ring: k, fill: fill); blank: to the blank image
/// let profile = EccentricityProfile(rings, blank: blank, apertures: apertures)
/// profile.centers[0]     // 0 at the center, 1 at half of the smaller side
/// ```
public struct EccentricityProfile: Sendable, Hashable {
  /// What profiles are made of; it begins the names of their measures.
  public enum Probe: String, Sendable, Hashable, CaseIterable {
    /// Images of which only a ring shows.
    case aperture
    /// The sensitivity to pixels.
    case gradient
    /// Small spots.
    case spot

    /// `P_k`, as part of a formula.
    var formula: String {
      switch self {
      case .aperture: "P_k the mean of |z - z_blank| over images of which only ring k shows"
      case .gradient: "P_k the mean over ring k of the sensitivity G"
      case .spot:
        "P_k the mean of |z - z_blank| over spots in ring k; behind a global average pool it "
          + "reflects the padding at the border"
      }
    }

    /// The largest eccentricity: spots are also beyond the rings, in the corners.
    var largest: String { self == .spot ? "sqrt 2" : "1" }
  }

  /// By ring: its eccentricity, 1 at half of the smaller side of the image.
  public let eccentricities: [Double]
  /// By unit and ring, `[unit][ring]`; none is negative.
  public let values: [[Double]]

  /// Known profiles.
  public init(eccentricities: [Double], values: [[Double]]) {
    precondition(values.allSatisfy { $0.count == eccentricities.count }, "a value per ring")
    (self.eccentricities, self.values) = (eccentricities, values)
  }

  /// `P_u(k)`: the mean over images of `|z_u(ring k of the image) - z_u(blank)|`.
  /// - Parameters:
  ///   - responses: by ring, to the images of which only the ring shows.
  ///   - blank: responses to the blank image, by unit.
  ///   - perPixel: whether values are divided by the number of pixels of their ring.
  public init(
    _ responses: [Activations], blank: [Float], apertures: Apertures, perPixel: Bool = false
  ) {
    precondition(responses.count == apertures.counts.count, "responses for each ring")
    precondition(responses.allSatisfy { $0.units == blank.count }, "a blank response per unit")
    let rows = zip(responses, apertures.counts).map { layer, pixels in
      var sums = [Double](repeating: 0, count: layer.units)
      for image in 0..<layer.images {
        for unit in 0..<layer.units {
          sums[unit] += abs(Double(layer[image, unit]) - Double(blank[unit]))
        }
      }
      let count = Double(max(layer.images, 1)) * (perPixel ? Double(max(pixels, 1)) : 1)
      return sums.map { $0 / count }
    }
    self.init(
      eccentricities: apertures.eccentricities,
      values: blank.indices.map { unit in rows.map { $0[unit] } })
  }

  /// Means over rings of maps of sensitivity.
  /// - Parameter maps: by unit, dense `[row, column]`; none is negative.
  public init(maps: [[Double]], apertures: Apertures) {
    self.init(
      eccentricities: apertures.eccentricities, values: maps.map { apertures.means(of: $0) })
  }

  private static let none = MeasuredValue.undefined("unit does not respond in any ring")

  /// By unit: the center of mass `sum_k e_k P_k / sum_k P_k`; undefined if all `P` are 0.
  public var centers: [MeasuredValue] {
    values.map { profile in
      let total = profile.reduce(0, +)
      guard total > 0 else { return Self.none }
      return MeasuredValue(zip(eccentricities, profile).reduce(0) { $0 + $1.0 * $1.1 } / total)
    }
  }

  /// By unit: the slope of the line of `P` on eccentricity (least squares); undefined for one ring.
  public var slopes: [MeasuredValue] {
    let mean = Statistics.mean(eccentricities)
    let spread = eccentricities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return values.map { profile in
      guard spread > 0 else { return .undefined("there is only one ring") }
      let level = Statistics.mean(profile)
      let product = zip(eccentricities, profile).reduce(0) {
        $0 + ($1.0 - mean) * ($1.1 - level)
      }
      return MeasuredValue(product / spread)
    }
  }

  /// By unit: the eccentricity beyond the largest `P` at which `P` falls to half of it, with linear
  /// interpolation; undefined if all are 0 or it does not fall so far.
  public var halfRadii: [MeasuredValue] {
    values.map { profile in
      guard let largest = profile.max(), largest > 0, let peak = profile.firstIndex(of: largest)
      else { return Self.none }
      for ring in profile.indices.dropFirst(peak + 1) where profile[ring] <= largest / 2 {
        let (before, after) = (profile[ring - 1], profile[ring])
        let part = (before - largest / 2) / (before - after)
        return MeasuredValue(
          eccentricities[ring - 1] + part * (eccentricities[ring] - eccentricities[ring - 1]))
      }
      return .undefined("profile does not fall to half of its peak")
    }
  }

  /// All summaries of units, and the mean profile as a table.
  public func result(_ probe: Probe) -> AnalysisResult {
    var result = AnalysisResult()
    for (measure, values) in zip(Self.unitMeasures(probe), [centers, slopes, halfRadii]) {
      measure.add(values, to: &result)
    }
    result.tables.append(
      .init(
        "\(probe.rawValue)-profile", columns: ["eccentricity", "mean"],
        rows: eccentricities.indices.map { ring in
          [eccentricities[ring], Statistics.mean(values.map { $0[ring] })]
        }))
    return result
  }

  /// Descriptions of the measures of `result`.
  public static func measures(_ probe: Probe) -> [MeasureDescription] {
    unitMeasures(probe).flatMap(\.descriptions)
  }

  private static func unitMeasures(_ probe: Probe) -> [SummarizedMeasure] {
    let name = probe.rawValue
    return [
      .units(
        "\(name)-eccentricity", "sum_k e_k P_k / sum_k P_k over rings k, \(probe.formula)",
        unit: "half sides", range: "[0, \(probe.largest)]",
        undefined: "the unit does not respond in any ring"),
      .units(
        "\(name)-slope", "least-squares slope of P_k on e_k",
        unit: probe == .gradient ? "sensitivity per half side" : "response per half side",
        range: "(-inf, inf)", undefined: "there is only one ring"),
      .units(
        "\(name)-half-radius", "eccentricity beyond the peak at which P is half of the peak",
        unit: "half sides", range: "[0, \(probe.largest)]", undefined: "P does not fall so far"),
    ]
  }
}
