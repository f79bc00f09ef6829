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
  /// - Parameter progress: called on this thread with the share that is done, from 0 to 1.
  /// - Throws: `UserError` if LAPACK does not converge.
  public func similarities(
    progress: (Double) -> Void = { _ in }
  ) throws -> [PopulationSimilarities] {
    var all: [PopulationSimilarities] = []
    var (done, share) = (0.0, 0.0)
    // Shares of the time for sheets of 121 units.
    func begin(_ next: Double) {
      done += share
      share = next
      report(0)
    }
    func report(_ part: Double) { progress(min(done + part * share, 1)) }
    for view in RepresentationView.allCases {
      begin(view.isOfClasses ? 0.01 : view == .weights ? 0.03 : 0.1)
      all += try representations(view)
    }
    for view in [RepresentationView.preReLU, .postReLU] {
      begin(0.1)
      all += try alignments(view, report)
    }
    begin(0.35)
    all += try matchings(report)
    begin(0.2)
    all += try maps(report)
    progress(1)
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

  /// Results of `body` for all pairs, in order, computed on all cores.
  /// - Parameter progress: called with the share of the pairs that is done.
  func mapPairs<Value: Sendable>(
    _ progress: (Double) -> Void, _ body: @Sendable (_ pair: Int) throws -> Value
  ) throws -> [Value] {
    let count = pairs.count
    var values: [Value] = []
    while values.count < count {
      // Some pairs for each core, about once a second.
      let first = values.count
      values += try concurrentMap(min(64, count - first)) { try body(first + $0) }
      progress(Double(values.count) / Double(count))
    }
    return values
  }

  func similarities(_ measure: String, _ values: [MeasuredValue]) -> PopulationSimilarities {
    PopulationSimilarities(measure: measure, members: members, pairs: values)
  }
}
