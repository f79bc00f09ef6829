import TopoFoundation

extension SelectivityAnalysis {
  /// In the order of results.
  static let smoothnessMeasures: [MeasureDescription] =
    MapSmoothness.measures(
      "smoothness-d-prime",
      "mean over maps of d' for a class of (max c - c_1) / max c, c_k the mean of |m_u - m_v| in "
        + "distance bin k of at least 30 pairs",
      over: "classes", undefined: "no map of d' has different values, or pairs are too few")
    + [
      .init(
        "smoothness-d-prime-undefined", "number of maps of d' without smoothness", unit: "maps",
        range: "[0, K]", undefined: "the layer has no positions")
    ]

  /// Adds how smooth the maps of d' are.
  func addSmoothness(
    _ selectivity: ClassSelectivity, _ layout: UnitLayout?, to result: inout AnalysisResult
  ) {
    guard let layout else {
      addUndefined(Self.smoothnessMeasures, to: &result)
      return
    }
    let maps = (0..<selectivity.classes).filter { selectivity.isDefined[$0] }
      .compactMap { selectivity.map($0) }
    let smoothness = MapSmoothness(
      maps, Smoothness(DistanceBins(UnitDistances(layout))),
      shuffles: Permutations(
        count: shuffles, seed: seed, stream: OrganizationStream.dPrimeSmoothness),
      orUndefined: "no class has images and others do")
    let found = smoothness.all + [.value(Double(smoothness.undefined))]
    for (measure, value) in zip(Self.smoothnessMeasures, found) { result.add(measure.name, value) }
  }
}
