import TopoFoundation

/// What units of a network are tuned to: orientation, symmetry, reflected images, the distance from
/// the center of the image, positions; and their receptive fields. It shows made-up images to the
/// network and needs its gradients, so that arrays of responses are not enough.
///
/// All constants are ours: the paper does not publish its own. Units that read a global average
/// pool respond alike to shifted parts of images; their eccentricity and positions reflect pooling
/// and padding more than what was learned.
public struct TuningAnalysis: Analysis {
  public static let name = "tuning"
  public static let summary =
    "orientation, symmetry, eccentricity and position tuning of units; receptive fields"
  public static let needs: Set<LayerData.Part> = [.network]

  /// Images of which parts are shown through apertures, and that are reflected.
  public var images = 1000
  /// Shuffles of each map of orientations for the null of its smoothness.
  public var shuffles = 100
  /// Seed of random patterns.
  public var seed: UInt64 = 0

  public init() {}

  public static let measures: [MeasureDescription] =
    OrientationTuning.measures(prefix: "grating") + OrientationTuning.measures(prefix: "bar")
    + ImageReflection.allCases.flatMap { reflection in
      SymmetrySensitivity.measures(prefix: "symmetry-patterns-\(reflection.rawValue)")
        + SymmetrySensitivity.measures(prefix: "symmetry-images-\(reflection.rawValue)")
        + ReflectionInvariance.measures(reflection)
    } + EccentricityProfile.measures(.aperture) + EccentricityProfile.measures(.spot)
    + PositionTuning.measures + ReceptiveField.measures + EccentricityProfile.measures(.gradient)

  /// The number of images whose gradients are averaged for receptive fields: 256, and fewer for
  /// layers of more than 128 units, since each image takes a backward pass per unit; 32 at least.
  public static func gradientImages(units: Int) -> Int {
    min(max(32_768 / max(units, 1), 32), 256)
  }

  public func cost(images: Int, units: Int) -> Double {
    // Most of it are about 15,000 images of a network of some million operations, and a backward
    // pass for each unit and image of receptive fields.
    (15_000 + 1.5 * Double(Self.gradientImages(units: units) * units)) * 5e6
      + 40 * Double(shuffles) * Double(units) * Double(units)
  }

  public func result(for layer: LayerStatistics) throws -> AnalysisResult {
    guard let network = layer.network else { return AnalysisResult() }
    var result = try orientation(network, layer.layer.layout)
    result.append(try symmetry(network))
    result.append(try eccentricity(network))
    result.append(try positions(network))
    result.append(try receptiveFields(network, units: layer.layer.activations.units))
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
        OrientationTuning(responses, stimuli: stimuli)
          .result(prefix: prefix, layout: layout, shuffles: shuffles))
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
      .result(.aperture)
  }

  /// Spots and patches of noise at positions.
  private func positions(_ network: any ImageResponder) throws -> AnalysisResult {
    let spots = SpotStimuli(network.shape)
    let blank = try network.responses(to: spots.blank)
    var result = spots.profile(
      try network.responses(to: spots.images), blank: blank.values, period: network.period
    ).result(.spot)
    let patches = PositionStimuli(network.shape, seed: seed)
    result.append(
      PositionTuning(try network.responses(to: patches.images), stimuli: patches).result)
    return result
  }

  private func receptiveFields(
    _ network: any ImageResponder, units: Int
  ) throws -> AnalysisResult {
    let maps = try network.sensitivity(
      to: network.images(first: Self.gradientImages(units: units)))
    let fields = (0..<maps.units).map {
      ReceptiveField(maps.map(of: $0), rows: maps.rows, columns: maps.columns)
    }
    var result = ReceptiveField.result(fields)
    result.append(
      EccentricityProfile(
        maps: (0..<maps.units).map(maps.map), apertures: Apertures(network.shape)
      ).result(.gradient))
    return result
  }
}
