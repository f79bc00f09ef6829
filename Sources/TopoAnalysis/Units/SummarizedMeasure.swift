import TopoFoundation

/// A measure with a value for each unit or image, which results sum up.
struct SummarizedMeasure: Sendable {
  /// What it is; its name is that of the column of units.
  let description: MeasureDescription
  /// Whether its values are of units, which results list. Those of images are only summed up.
  let isOfUnits: Bool

  /// A measure of units.
  static func units(
    _ name: String, _ formula: String, unit: String = "1", range: String,
    undefined: String? = nil, source: String = "ours"
  ) -> SummarizedMeasure {
    let description = MeasureDescription(
      name, formula, unit: unit, range: range, undefined: undefined, source: source,
      isPerUnit: true)
    return SummarizedMeasure(description: description, isOfUnits: true)
  }

  /// A measure of images.
  static func images(
    _ name: String, _ formula: String, range: String, undefined: String? = nil,
    source: String = "ours"
  ) -> SummarizedMeasure {
    let description = MeasureDescription(
      name, formula, range: range, undefined: undefined, source: source)
    return SummarizedMeasure(description: description, isOfUnits: false)
  }

  private var things: String { isOfUnits ? "units" : "images" }

  /// The descriptions of the column and of its mean, median and number of undefined values.
  var descriptions: [MeasureDescription] {
    func summary(_ suffix: String, _ text: String) -> MeasureDescription {
      var summary = description
      summary.name += suffix
      summary.formula = "\(text) over \(things): \(description.formula)"
      summary.undefined = description.undefined.map { _ in "it is undefined for all \(things)" }
      summary.isPerUnit = false
      return summary
    }
    var all = isOfUnits ? [description] : []
    all.append(summary("-mean", "mean"))
    all.append(summary("-median", "median"))
    if let undefined = description.undefined {
      all.append(
        MeasureDescription(
          description.name + "-undefined",
          "number of \(things) without a value of \(description.name), because \(undefined)",
          unit: things, range: "[0, all]"))
    }
    return all
  }

  /// Adds the values and their summaries to a result.
  func add(_ values: [MeasuredValue], to result: inout AnalysisResult) {
    let numbers = values.compactMap(\.number).sorted()
    let reason = values.lazy.compactMap(\.reason).first ?? "there are no \(things)"
    if isOfUnits { result.add(units: description.name, values) }
    guard !numbers.isEmpty else {
      result.add(description.name + "-mean", .undefined(reason))
      result.add(description.name + "-median", .undefined(reason))
      if description.undefined != nil {
        result.add(description.name + "-undefined", .value(Double(values.count)))
      }
      return
    }
    // In the order of the units, not of their values.
    result.add(
      description.name + "-mean", MeasuredValue(Statistics.mean(values.compactMap(\.number))))
    let half = numbers.count / 2
    let median =
      numbers.count.isMultiple(of: 2) ? (numbers[half - 1] + numbers[half]) / 2 : numbers[half]
    result.add(description.name + "-median", MeasuredValue(median))
    if description.undefined != nil {
      result.add(
        description.name + "-undefined", .value(Double(values.count - numbers.count)))
    }
  }
}
