import TopoFoundation

/// What a layer represents: in how many dimensions, and which images and classes are similar.
public struct RepresentationAnalysis: Analysis {
  public static let name = "representation"
  public static let summary =
    "effective dimensionality, dissimilarities of images and classes, agreement with a given "
    + "dissimilarity matrix"
  public static let needs: Set<LayerData.Part> = []
  public static let usesLayout = false

  /// The most images of each class that dissimilarities of images use, of 1,000 in all
  /// (`ImageChoice`).
  public var imagesPerClass = 100
  /// A dissimilarity matrix to compare with, such as that of a brain area: of the chosen images, of
  /// the classes, or of the units.
  public var external: DissimilarityMatrix?
  /// Whether dissimilarities of images become a table, with a row per image.
  public var includesImageTables = false

  public init() {}

  /// Its measures; those of given dissimilarities only with such.
  public var results: [MeasureDescription] {
    external == nil
      ? Self.measures.filter { !$0.name.hasPrefix(Self.externalPrefix) } : Self.measures
  }

  private static let externalPrefix = "rsa-external-"

  /// An analysis with other settings.
  public init(
    imagesPerClass: Int = 100, external: DissimilarityMatrix? = nil,
    includesImageTables: Bool = false
  ) {
    self.imagesPerClass = imagesPerClass
    self.external = external
    self.includesImageTables = includesImageTables
  }

  /// With dissimilarities of images, and their numbers.
  public func withLargeTables() -> Self {
    var analysis = self
    analysis.includesImageTables = true
    return analysis
  }

  public func cost(images: Int, units: Int) -> Double {
    let (n, u) = (Double(images), Double(units))
    let chosen = min(n, Double(ImageChoice.most))
    // Two Gram matrices, their eigenvalues, two dissimilarity matrices.
    return n * u * min(n, u) + 3 * u * u * min(n, u) + chosen * chosen * u
  }

  public func result(for layer: LayerStatistics) throws -> AnalysisResult {
    var result = AnalysisResult()
    try addDimensionality(of: layer, to: &result)
    addDissimilarities(of: layer.layer, to: &result)
    return result
  }

  private func addDimensionality(
    of layer: LayerStatistics, to result: inout AnalysisResult
  ) throws {
    let none = EffectiveDimensionality(eigenvalues: [])
    // One after the other, so that only one is in memory.
    let weights = try layer.layer.weights.map { try EffectiveDimensionality(FeatureMatrix($0)) }
    let before = try EffectiveDimensionality(FeatureMatrix(layer.layer.activations))
    let after = try EffectiveDimensionality(FeatureMatrix(layer.rectified))
    let missing = MeasuredValue.undefined("the layer has no weights")
    let sources: [(String, EffectiveDimensionality?)] = [
      ("weights", weights), ("pre-relu", before), ("post-relu", after),
    ]
    for (source, value) in sources {
      result.add(
        "effective-dimensionality-\(source)", value.map(\.participationRatio) ?? missing)
      result.add("effective-dimensionality-entropy-\(source)", value.map(\.entropy) ?? missing)
      result.add("effective-dimensionality-maximum-\(source)", value.map(\.maximum) ?? missing)
    }
    let spectra = [weights ?? none, before, after].map(\.eigenvalues)
    var rows: [[Double?]] = []
    for index in 0..<(spectra.map(\.count).max() ?? 0) {
      rows.append([Double(index + 1)] + spectra.map { index < $0.count ? $0[index] : nil })
    }
    result.tables.append(
      AnalysisResult.Table(
        "eigenvalues", columns: ["rank", "weights", "pre-relu", "post-relu"], rows: rows))
  }

  private func addDissimilarities(of layer: LayerData, to result: inout AnalysisResult) {
    let images = ImageChoice.of(layer, perClass: imagesPerClass)
    let classes = layer.labels?.present ?? []
    let external = external.map { selecting(classes, of: $0, layer.labels?.classes) }
    if includesImageTables {
      result.tables.append(
        AnalysisResult.Table(
          "chosen-images", columns: ["image", "label"],
          rows: images.map { image in
            [Double(image), layer.labels.map { Double($0.values[image]) }]
          }))
    }
    for view in RepresentationView.allCases {
      let features = view.features(of: layer, images: images)
      let isWanted =
        view.isOfClasses || includesImageTables && view != .weights
        || external.map { $0(view).items == features?.rows } ?? false
      // Dissimilarities of images and units are the costly ones.
      let needed = isWanted || view == .preReLU || view == .postReLU
      let matrix = needed ? features.map { DissimilarityMatrix($0) } : nil
      if view != .weights {
        result.add(
          "dissimilarities-\(view.rawValue)-undefined",
          matrix.map { .value(Double($0.undefinedEntries)) } ?? .undefined(view.missing))
      }
      if let matrix, view.isOfClasses || includesImageTables && view != .weights {
        result.tables.append(
          AnalysisResult.Table(
            "dissimilarities-\(view.rawValue)",
            columns: (view.isOfClasses ? classes : images).map { "\($0)" },
            rows: matrix.rows))
      }
      if let external {
        add(similarity(matrix, external(view), rows: features?.rows, view), view, to: &result)
      }
    }
  }

  /// The given matrix for a view. One of all classes is reduced to the classes with images, which
  /// are the rows of class means.
  private func selecting(
    _ present: [Int], of external: DissimilarityMatrix, _ classes: Int?
  ) -> (RepresentationView) -> DissimilarityMatrix {
    guard external.items == classes, present.count < external.items else {
      return { _ in external }
    }
    let reduced = external.selecting(present)
    return { $0.isOfClasses ? reduced : external }
  }

  private func similarity(
    _ matrix: DissimilarityMatrix?, _ external: DissimilarityMatrix, rows: Int?,
    _ view: RepresentationView
  ) -> RepresentationalSimilarity {
    if let matrix, matrix.items == external.items {
      return RepresentationalSimilarity(matrix, external)
    }
    let reason =
      rows.map { "given dissimilarities are of \(external.items) items, not of \($0)" }
      ?? view.missing
    return RepresentationalSimilarity(
      pearson: .undefined(reason), spearman: .undefined(reason), entries: 0)
  }

  private func add(
    _ similarity: RepresentationalSimilarity, _ view: RepresentationView,
    to result: inout AnalysisResult
  ) {
    result.add("rsa-external-pearson-\(view.rawValue)", similarity.pearson)
    result.add("rsa-external-r-squared-\(view.rawValue)", similarity.rSquared)
    result.add("rsa-external-spearman-\(view.rawValue)", similarity.spearman)
  }
}
