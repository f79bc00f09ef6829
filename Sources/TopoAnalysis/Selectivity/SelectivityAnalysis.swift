import TopoFoundation
import TopoSheets
import TopoStatistics

/// Which classes units prefer, and whether units that prefer the same class form patches.
public struct SelectivityAnalysis: Analysis {
  public static let name = "selectivity"
  public static let summary = "d' and t of units by class, preferred classes, patches, islands"
  public static let needs: Set<LayerData.Part> = [.labels]

  /// Whether responses after ReLU are compared; otherwise those before it.
  public var isRectified = true
  /// The denominator of d'.
  public var pooling = ClassSelectivity.Pooling.variances
  /// A unit is selective for a class from this d' on: for patches and islands.
  public var threshold = 1.0
  /// The fewest units of a patch.
  public var smallestPatch = 2
  /// Permutations of places for the null of patches.
  public var permutations = 1000
  /// Chooses permutations.
  public var seed: UInt64 = 0

  /// Responses after ReLU, d' of at least 1, patches of at least 2 units, 1,000 permutations.
  public init() {}

  public func cost(images: Int, units: Int) -> Double {
    4 * Double(images) * Double(units) + 200 * Double(permutations) * Double(units)
  }

  public func result(for layer: LayerStatistics) throws -> AnalysisResult {
    var result = AnalysisResult()
    guard let given = layer.layer.labels else {
      for measure in Self.measures where !measure.isPerUnit {
        result.add(measure.name, .undefined("the layer has no labels"))
      }
      return result
    }
    let activations = isRectified ? layer.rectified : layer.layer.activations
    // Classes without images have neither rows nor columns; `numbers` are those of the others.
    let (labels, numbers) = (given.compact, given.present)
    let selectivity = ClassSelectivity(activations, labels, pooling: pooling)
    addUnits(selectivity, numbers, to: &result)
    addDiscoveries(selectivity, to: &result)
    addMaps(selectivity, layer.layer.layout, to: &result)
    addPatches(selectivity, numbers, layer.layer.layout, to: &result)
    addRadius(selectivity, layer.layer.layout, to: &result)
    addTables(selectivity, numbers, to: &result)
    return result
  }

  // MARK: Units

  private func addUnits(
    _ selectivity: ClassSelectivity, _ numbers: [Int], to result: inout AnalysisResult
  ) {
    let units = 0..<selectivity.units
    let preferred = units.map { selectivity.preferredClass(of: $0) }
    let reason = MeasuredValue.undefined("d' is 0 for all classes")
    result.add(
      units: "preferred-class",
      preferred.map { $0.map { .value(Double(numbers[$0])) } ?? reason })
    let best = units.map { unit in
      preferred[unit].flatMap { selectivity.dPrime($0, unit) }
    }
    result.add(units: "preferred-d-prime", best.map { $0.map { .value($0) } ?? reason })
    result.add("preferred-class-undefined", .value(Double(preferred.count { $0 == nil })))
    for (text, threshold) in Self.thresholds {
      let selective = best.count { ($0 ?? 0) >= threshold }
      result.add(
        "selective-fraction-\(text)", .value(Double(selective) / Double(selectivity.units)))
    }
    var counts = [Int](repeating: 0, count: selectivity.classes)
    for label in preferred { if let label { counts[label] += 1 } }
    result.add(
      "preferred-class-entropy",
      counts.contains { $0 > 0 }
        ? .value(ResponseEntropy.ofCounts(counts)) : .undefined("no unit prefers a class"))
    result.tables.append(
      .init(
        "preferred-class-units", columns: ["class", "units"],
        rows: zip(numbers, counts).map { [Double($0), Double($1)] }))
  }

  private func addDiscoveries(_ selectivity: ClassSelectivity, to result: inout AnalysisResult) {
    let units = selectivity.units
    let adjusted = FalseDiscoveryRate.adjusted(
      (0..<selectivity.classes * units).map { selectivity.p($0 / units, $0 % units) })
    var classes = [Int](repeating: 0, count: units)
    var (found, tests) = (0, 0)
    for (index, value) in adjusted.enumerated() {
      guard let value else { continue }
      tests += 1
      if value <= 0.05, (selectivity.welchT(index / units, index % units) ?? 0) > 0 {
        found += 1
        classes[index % units] += 1
      }
    }
    let none = MeasuredValue.undefined("no unit and class have a test")
    func measured(_ value: Double) -> MeasuredValue { tests > 0 ? .value(value) : none }
    result.add(units: "significant-classes", classes.map { measured(Double($0)) })
    result.add("significant-pairs", measured(Double(found) / Double(tests)))
    result.add("significant-units", measured(Double(classes.count { $0 > 0 }) / Double(units)))
  }

  // MARK: Sheet

  private func addMaps(
    _ selectivity: ClassSelectivity, _ layout: UnitLayout?, to result: inout AnalysisResult
  ) {
    guard let layout else {
      addUndefined(Self.mapMeasures, to: &result)
      return
    }
    let statistic = MoransI(neighbors: layout.neighbors)
    let finder = PatchFinder(neighbors: layout.neighbors)
    let labels = (0..<selectivity.classes).filter { selectivity.isDefined[$0] }
    let maps = labels.compactMap { selectivity.map($0) }
    let empty = "no class has images and others do"
    let order = DefinedMean(maps.map { statistic.value(of: $0) }, orUndefined: empty)
    let islands = DefinedMean(
      maps.map { map in
        Islands.moransI(map.map { $0 >= threshold }, finder: finder, statistic: statistic)
      }, orUndefined: empty)
    let values = [
      order.mean, .value(Double(order.undefined)), islands.mean,
      .value(Double(islands.undefined)),
    ]
    for (measure, value) in zip(Self.mapMeasures, values) { result.add(measure.name, value) }
  }

  private func addRadius(
    _ selectivity: ClassSelectivity, _ layout: UnitLayout?, to result: inout AnalysisResult
  ) {
    guard let layout, let sheet = layout.sheet else {
      let reason = MeasuredValue.undefined(
        layout == nil ? "the layer has no positions" : "the units are not on a sheet")
      result.add("cluster-radius-mean", reason)
      result.add("cluster-radius-undefined", reason)
      result.add(
        units: "cluster-radius", [MeasuredValue](repeating: reason, count: selectivity.units))
      return
    }
    let radius = ClusterRadius(
      preferred: (0..<sheet.units).map { selectivity.preferredClass(of: $0) }, sheet: sheet,
      wraps: layout.wraps)
    let mean = DefinedMean(radius.values, orUndefined: "no unit prefers a class")
    result.add("cluster-radius-mean", mean.mean)
    result.add("cluster-radius-undefined", .value(Double(mean.undefined)))
    result.add(units: "cluster-radius", radius.values)
  }

  func addUndefined(_ measures: [MeasureDescription], to result: inout AnalysisResult) {
    for measure in measures { result.add(measure.name, .undefined("the layer has no positions")) }
  }

  private func addTables(
    _ selectivity: ClassSelectivity, _ numbers: [Int], to result: inout AnalysisResult
  ) {
    func table(_ name: String, _ value: (Int, Int) -> Double?) {
      result.tables.append(
        .init(
          name, columns: ["unit"] + numbers.map { "class-\($0)" },
          rows: (0..<selectivity.units).map { unit in
            [Double(unit)] + (0..<selectivity.classes).map { value($0, unit) }
          }))
    }
    table("selectivity-d-prime") { selectivity.dPrime($0, $1) }
    table("selectivity-t") { selectivity.t($0, $1) }
    table("selectivity-welch-t") { selectivity.welchT($0, $1) }
  }
}
