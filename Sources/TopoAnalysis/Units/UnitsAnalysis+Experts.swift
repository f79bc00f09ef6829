import TopoFoundation

extension UnitsAnalysis {
  /// Adds counts, curves and clustering of the experts of classes.
  /// - Parameters:
  ///   - labels: without classes that have no images.
  ///   - numbers: the number of each of these classes in the layer.
  func addExperts(
    _ separations: [ClassSeparation], _ labels: ClassLabels, _ numbers: [Int],
    _ layout: UnitLayout?, to result: inout AnalysisResult
  ) {
    let experts = ExpertUnits(averagePrecisions: Self.byClass(separations, labels))
    let none = MeasuredValue.undefined("no class has images")
    result.add(
      units: "expert-class",
      experts.preferred.map { $0.map { .value(Double(numbers[$0])) } ?? none })
    Self.expertPrecision.add(experts.best.map { $0.map { .value($0) } ?? none }, to: &result)
    Self.expertArea.add(
      zip(separations, experts.preferred).map { separation, label in
        guard let area = label.flatMap({ separation.areas[$0] }) else {
          return .undefined("all images are of one class")
        }
        return .value(area)
      }, to: &result)
    result.add("largest-average-precision", experts.largestByClass)
    for threshold in ExpertUnits.thresholds {
      result.add("expert-units-\(threshold)", .value(Double(experts.count(threshold))))
      result.add("multiple-expert-units-\(threshold)", .value(Double(experts.multiple(threshold))))
      result.add("expert-gini-\(threshold)", experts.gini(threshold))
      let clustering = layout.map { layout in
        GroupClustering(
          (0..<labels.classes).map { experts.experts(of: $0, threshold) }, layout: layout,
          permutations: permutations, seed: seed)
      }
      let unknown = MeasuredValue.undefined("the layer has no positions")
      result.add("expert-distance-\(threshold)", clustering?.distance ?? unknown)
      result.add("expert-distance-ratio-\(threshold)", clustering?.ratio ?? unknown)
      result.add("expert-distance-z-\(threshold)", clustering?.z ?? unknown)
      result.add("expert-distance-p-\(threshold)", clustering?.probability ?? unknown)
    }
    result.tables.append(
      .init(
        "experts-by-threshold", columns: ["threshold", "units"],
        rows: experts.curve.map { [$0.threshold, Double($0.units)] }))
    result.tables.append(Self.byClassTable(experts, separations, labels, numbers))
  }

  /// A row per class with images.
  private static func byClassTable(
    _ experts: ExpertUnits, _ separations: [ClassSeparation], _ labels: ClassLabels,
    _ numbers: [Int]
  ) -> AnalysisResult.Table {
    let counts = ExpertUnits.thresholds.map { experts.counts($0) }
    let rows: [[Double?]] = (0..<labels.classes).map { label in
      let precisions = experts.averagePrecisions[label]
      let areas = separations.compactMap { $0.areas[label] }
      return [Double(numbers[label]), Double(labels.counts[label])]
        + counts.map { $0[label].map(Double.init) }
        + [precisions?.max(), precisions.map(Statistics.mean), areas.max()]
        + [Double(experts.preferred.count { $0 == label })]
    }
    return .init(
      "experts-by-class",
      columns: ["class", "images"] + ExpertUnits.thresholds.map { "experts-\($0)" }
        + ["largest-ap", "mean-ap", "largest-auc", "units-of-expert-class"],
      rows: rows)
  }

  /// Adds everything that needs classes as undefined.
  func addWithoutLabels(
    _ none: MeasuredValue, units: Int, to result: inout AnalysisResult
  ) {
    let column = Array(repeating: none, count: units)
    result.add(units: "preferred-class-by-mean", column)
    result.add(units: "expert-class", column)
    Self.expertPrecision.add(column, to: &result)
    Self.expertArea.add(column, to: &result)
    result.add("largest-average-precision", none)
    for threshold in ExpertUnits.thresholds {
      for family in Self.expertFamilies { result.add("\(family)-\(threshold)", none) }
      result.add("negative-expert-units-\(threshold)", none)
    }
  }
}
