import TopoFoundation
import TopoSheets

/// How similar the layers of the networks of a population are: within conditions, between
/// conditions, and between networks of one seed.
///
/// ```swift
/// let comparison = try PopulationComparison([
///   (condition: "control", seed: 0, layer: first), (condition: "control", seed: 1, layer: second),
/// ])
/// let similarities = try comparison.similarities()
/// print(similarities[0].within.mean.number ?? 0)
/// ```
///
/// All layers respond to the same images. Dissimilarities of images, CKA and the matching of units
/// use chosen images (`ImageChoice`); class means use all.
public struct PopulationComparison: Sendable {
  /// The networks.
  public let members: [PopulationSimilarities.Member]
  /// By network: its layer.
  public let layers: [LayerData]
  /// The most images of each class that measures between images use, of 1,000 in all
  /// (`ImageChoice`).
  public let imagesPerClass: Int
  /// Random draws of the null of maps.
  public let draws: Int
  /// Seed of these draws.
  public let seed: UInt64
  /// Indices of the images that measures between images use.
  public let images: [Int]

  /// A comparison of networks.
  /// - Throws: `UserError` if they differ in their images or classes.
  public init(
    _ networks: [(condition: String, seed: UInt64, layer: LayerData)], imagesPerClass: Int = 100,
    draws: Int = 999, seed: UInt64 = 0
  ) throws {
    guard let first = networks.first else {
      throw UserError("a comparison needs at least one network")
    }
    for network in networks {
      guard network.layer.activations.images == first.layer.activations.images else {
        throw UserError(
          "\(network.condition) seed \(network.seed) has responses to "
            + "\(network.layer.activations.images.counted("image")), others to "
            + "\(first.layer.activations.images)")
      }
      guard network.layer.labels == first.layer.labels else {
        throw UserError(
          "\(network.condition) seed \(network.seed) has other labels of images than "
            + "\(first.condition) seed \(first.seed)")
      }
    }
    members = networks.map {
      PopulationSimilarities.Member(condition: $0.condition, seed: $0.seed)
    }
    layers = networks.map(\.layer)
    (self.imagesPerClass, self.draws, self.seed) = (imagesPerClass, draws, seed)
    images = ImageChoice.of(first.layer, perClass: imagesPerClass)
  }

  /// All similarities, in the order of `measures`.
  /// - Throws: `UserError` if LAPACK does not converge.
  public func similarities() throws -> [PopulationSimilarities] {
    var all: [PopulationSimilarities] = []
    for view in RepresentationView.allCases { all += try representations(view) }
    for view in [RepresentationView.preReLU, .postReLU] { all += try alignments(view) }
    all += try matchings()
    all += try maps()
    return all
  }

  /// The similarities of all pairs as tables, their means by condition as tables, and means within
  /// conditions, between conditions and between networks of one seed as values.
  public func result() throws -> AnalysisResult {
    var result = AnalysisResult()
    for similarities in try similarities() {
      let (within, between) = (similarities.within, similarities.between)
      let name = similarities.measure
      result.add("\(name)-within", within.mean)
      result.add("\(name)-within-standard-error", within.standardError)
      result.add("\(name)-between", between.mean)
      result.add("\(name)-between-standard-error", between.standardError)
      result.add("\(name)-between-same-seed", between.sameSeedMean)
      result.add("\(name)-undefined", .value(Double(within.undefined + between.undefined)))
      result.tables.append(similarities.table)
      result.tables.append(similarities.summaryTable)
    }
    return result
  }

  /// Index pairs `first < second`, row by row of the upper triangle.
  var pairs: [(first: Int, second: Int)] {
    layers.indices.flatMap { first in
      ((first + 1)..<max(layers.count, first + 1)).map { (first, $0) }
    }
  }

  func similarities(_ measure: String, _ values: [MeasuredValue]) -> PopulationSimilarities {
    PopulationSimilarities(measure: measure, members: members, pairs: values)
  }
}
