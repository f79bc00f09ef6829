import TopoCompute
import TopoData
import TopoFoundation
import TopoPerturbations

/// Images, clean and under perturbations. An image is perturbed once for all networks.
///
/// ```swift
/// let part = ImagePart(try NoiseSelection(noises: [Noise(.white)], levels: [0.1]).sweeps)
/// ```
public struct ImagePart: SuitePart {
  public static let key = "images"
  public static let options = ["severities", "draws", "seed"]

  /// Perturbations with their severities, in order.
  public private(set) var sweeps: [PerturbationSweep]

  /// Clean images, and images under perturbations.
  public init(_ sweeps: [PerturbationSweep] = []) { self.sweeps = sweeps }

  public var isRandom: Bool { sweeps.contains { Self.isRandom($0.perturbation) } }

  /// Published images are read from files and not drawn, but a suite must be valid without the
  /// files too, when the same corruption is computed and may be random.
  private static func isRandom(_ perturbation: any ImagePerturbation) -> Bool {
    perturbation.isRandom || perturbation is RecordedCorruption
  }

  public func items(on images: ImageSet) -> [SuiteItem] { sweeps.map(Self.item) }

  private static func item(_ sweep: PerturbationSweep) -> SuiteItem {
    SuiteItem(
      label: sweep.perturbation.label, summary: sweep.perturbation.summary,
      severities: sweep.severities, draws: sweep.draws, seed: sweep.seed,
      origin: sweep.perturbation.origin)
  }

  public func sorted(by rank: (SuiteItem) -> Int, on images: ImageSet) -> ImagePart {
    ImagePart(sweeps.sorted { rank(Self.item($0)) < rank(Self.item($1)) })
  }

  /// One evaluation of all parts, so that perturbing images overlaps with inference across parts.
  public static func evaluations(
    of parts: [ImagePart], in context: EvaluationContext, on device: any Device
  ) throws -> [any Evaluation] {
    [ImageEvaluation(parts.flatMap(\.sweeps), in: context, on: device)]
  }

  /// Areas under the curves of accuracy of noises, and errors under corruptions relative to those
  /// of the control networks.
  public static func derived(from records: [Record]) -> [Record] {
    DegradationCurve.areas(records) { !$0.contains("/") }
      + CorruptionError(
        PerturbationCatalog.commonCorruptions, family: "corruption"
      ).records(records)
      + CorruptionError(
        PerturbationCatalog.mnistCorruptions.map(\.label), family: "mnist-c"
      ).records(records)
  }
}

// MARK: Suite files

extension ImagePart {
  public init(
    _ mapping: YAMLMapping, catalog: PerturbationCatalog, shape: ImageShape, seed: UInt64
  ) throws {
    let names = try mapping.list(Self.key)?.map { try mapping.text($0, Self.key) } ?? []
    guard !names.isEmpty else {
      throw mapping.reader.problem(
        mapping.node, "images names no perturbation; name one, or a list of them")
    }
    let severities = try mapping.severities("severities")
    let draws = try mapping.integer("draws", 1...PerturbationSweep.mostDraws)
    let perturbations = try mapping.checked(Self.key) { try names.map(catalog.named) }
    try mapping.refuse(
      "draws", unless: perturbations.contains(where: Self.isRandom),
      "nothing of this part is drawn at random")
    sweeps = try perturbations.map { perturbation in
      try mapping.checked(mapping.has("severities") ? "severities" : Self.key) {
        try PerturbationSweep(
          perturbation, severities: severities,
          draws: draws ?? (perturbation is Noise ? Noise.defaultDraws : 1), seed: seed,
          shape: shape)
      }
    }
  }
}
