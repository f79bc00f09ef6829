import TopoFoundation

/// What units of a network are tuned to: orientation, symmetry, reflected images, and the distance
/// from the center of the image. It shows made-up images to the network, so that arrays of
/// responses are not enough.
///
/// All constants are ours: the paper does not publish its own. Units that read a global average
/// pool respond alike to shifted parts of images; their eccentricity reflects pooling and padding
/// more than what was learned.
public struct TuningAnalysis: Analysis {
  public static let name = "tuning"
  public static let summary = "orientation, symmetry and eccentricity tuning of units"
  public static let needs: Set<LayerData.Part> = [.network]

  /// Images of which parts are shown through apertures, and that are reflected.
  public var images = 1000
  /// Seed of random patterns.
  public var seed: UInt64 = 0

  public init() {}

  public static let measures: [MeasureDescription] =
    OrientationTuning.measures(prefix: "grating") + OrientationTuning.measures(prefix: "bar")
    + ImageReflection.allCases.flatMap { reflection in
      SymmetrySensitivity.measures(prefix: "symmetry-patterns-\(reflection.rawValue)")
        + SymmetrySensitivity.measures(prefix: "symmetry-images-\(reflection.rawValue)")
        + ReflectionInvariance.measures(reflection)
    } + EccentricityProfile.measures(prefix: "aperture")

  public func cost(images: Int, units: Int) -> Double {
    // Inference is most of it: about 14,000 images of a network of some million operations.
    14_000 * 5e6
  }

  public func result(for layer: LayerStatistics) throws -> AnalysisResult {
    guard let network = layer.network else { return AnalysisResult() }
    var result = try orientation(network, layer.layer.layout)
    result.append(try symmetry(network))
    result.append(try eccentricity(network))
    return result
  }

  private func orientation(
    _ network: any ImageResponder, _ layout: UnitLayout?
  ) throws -> AnalysisResult {
    var result = AnalysisResult()
    for (prefix, stimuli) in [
      ("grating", OrientationStimuli.gratings(network.shape)),
      ("bar", OrientationStimuli.bars(network.shape)),
    ] {
      let responses = try network.responses(to: stimuli.images)
      result.append(
        OrientationTuning(responses, stimuli: stimuli).result(prefix: prefix, layout: layout))
    }
    return result
  }

  private func symmetry(_ network: any ImageResponder) throws -> AnalysisResult {
    var result = AnalysisResult()
    let images = network.images(first: images)
    let responses = try network.responses(to: images)
    for reflection in ImageReflection.allCases {
      for (prefix, stimuli) in [
        (
          "symmetry-patterns",
          SymmetryStimuli.patterns(network.shape, reflection: reflection, seed: seed)
        ),
        (
          "symmetry-images",
          SymmetryStimuli.replacing(
            images, shape: network.shape, reflection: reflection, seed: seed)
        ),
      ] {
        let sensitivity = SymmetrySensitivity(
          symmetric: try network.responses(to: stimuli.symmetric),
          control: try network.responses(to: stimuli.control))
        result.append(sensitivity.result(prefix: "\(prefix)-\(reflection.rawValue)"))
      }
      let reflected = try network.responses(
        to: reflection.reflect(images, shape: network.shape))
      result.append(ReflectionInvariance(responses, reflected: reflected).result(reflection))
    }
    return result
  }

  private func eccentricity(_ network: any ImageResponder) throws -> AnalysisResult {
    let apertures = Apertures(network.shape)
    let (images, fill) = (network.images(first: images), network.meanColor)
    let rings = try apertures.counts.indices.map { ring in
      try network.responses(to: apertures.images(images, ring: ring, fill: fill))
    }
    let blank = try network.responses(to: apertures.blank(fill: fill))
    return EccentricityProfile(rings, blank: blank.values, apertures: apertures)
      .result(prefix: "aperture")
  }
}
