import TopoFoundation
import TopoSheets

extension PopulationComparison {
  /// Similarities of dissimilarity matrices in a view.
  func representations(_ view: RepresentationView) throws -> [PopulationSimilarities] {
    let matrices = layers.map { layer in
      view.features(of: layer, images: images).map { DissimilarityMatrix($0) }
    }
    let found = try agreements(matrices, missing: view.missing)
    var result = [
      similarities("rsa-pearson-\(view.rawValue)", found.map(\.pearson)),
      similarities("rsa-r-squared-\(view.rawValue)", found.map(\.rSquared)),
      similarities("rsa-spearman-\(view.rawValue)", found.map(\.spearman)),
    ]
    if view == .weights {
      result.append(similarities("rsa-pearson-weights-aligned", try alignedWeights(matrices)))
    }
    return result
  }

  private func agreements(
    _ matrices: [DissimilarityMatrix?], missing: String
  ) throws -> [RepresentationalSimilarity] {
    let complete = matrices.compactMap { $0 }
    if complete.count == matrices.count, Set(complete.map(\.items)).count <= 1 {
      return try RepresentationalSimilarity.pairs(complete)
    }
    return pairs.map { first, second in
      guard let a = matrices[first], let b = matrices[second] else {
        return Self.undefined(missing)
      }
      return a.items == b.items
        ? RepresentationalSimilarity(a, b) : Self.undefined("layers differ in size")
    }
  }

  private static func undefined(_ reason: String) -> RepresentationalSimilarity {
    RepresentationalSimilarity(
      pearson: .undefined(reason), spearman: .undefined(reason), entries: 0)
  }

  /// The largest correlation of weight dissimilarities over the symmetries of the sheet.
  private func alignedWeights(_ matrices: [DissimilarityMatrix?]) throws -> [MeasuredValue] {
    let pairs = pairs
    return try concurrentMap(pairs.count) { index in
      let (first, second) = pairs[index]
      guard let a = matrices[first], let b = matrices[second] else {
        return .undefined("the layer has no weights")
      }
      guard layers[first].layout != nil, layers[second].layout != nil else {
        return .undefined("the layer has no positions")
      }
      guard let sheet = sharedSheet(first, second) else {
        return .undefined("units are not on one grid")
      }
      let values = SheetSymmetry.all(of: sheet).map {
        RepresentationalSimilarity.pearson(a, b.permuted($0.order(on: sheet)))
      }
      return values.compactMap(\.number).max().map { .value($0) } ?? values[0]
    }
  }

  /// Centered kernel alignment of responses to the chosen images.
  func alignments(
    _ view: RepresentationView, _ progress: (Double) -> Void
  ) throws -> [PopulationSimilarities] {
    let sides = layers.map { layer in
      view.features(of: layer, images: images).map { CKA.Side($0) }
    }
    let pairs = pairs
    // One after the other: an alignment uses all cores.
    let found = pairs.enumerated().map { index, pair in
      let alignment = sides[pair.first].flatMap { a in sides[pair.second].map { CKA(a, $0) } }
      if index % 64 == 63 { progress(Double(index) / Double(pairs.count)) }
      return alignment
    }
    let missing = MeasuredValue.undefined("no responses")
    return [
      similarities("cka-linear-\(view.rawValue)", found.map { $0?.linear ?? missing }),
      similarities("cka-debiased-\(view.rawValue)", found.map { $0?.debiased ?? missing }),
    ]
  }

  /// Correlations of matched units before ReLU.
  func matchings(_ progress: (Double) -> Void) throws -> [PopulationSimilarities] {
    let features = layers.map { FeatureMatrix($0.activations.selecting(images: images)) }
    let pairs = pairs
    let found = try mapPairs(progress) { index in
      UnitMatching(features[pairs[index].first], features[pairs[index].second])
    }
    return [
      similarities("unit-matching-correlation", found.map(\.correlation)),
      similarities("unit-matching-held-out-correlation", found.map(\.heldOutCorrelation)),
      similarities("soft-matching-correlation", found.map(\.softCorrelation)),
    ]
  }

  /// The grid that the units of two layers fill, if it is one.
  func sharedSheet(_ first: Int, _ second: Int) -> Sheet? {
    let sheets = (layers[first].layout?.sheet, layers[second].layout?.sheet)
    return sheets.0 == sheets.1 ? sheets.0 : nil
  }
}
