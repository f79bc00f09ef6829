import TopoEvaluation
import TopoFoundation

/// Tables of measures by condition.
struct MeasureTables {
  private struct Column {
    var title: String
    var measure: ComparedMeasure
    var scale: Double
  }

  private let study: StudyResults

  init(_ study: StudyResults) { self.study = study }

  /// Tables for a page, without columns that no network has.
  var tables: [ReportPage.Table] {
    let groups =
      [("Clean images", clean), ("Accuracy of perturbed images and weights, %", perturbed)]
      + SummaryTable.analysisColumns.map { title, columns in
        (
          title,
          columns.map {
            Column(title: $0.title, measure: ComparedMeasure($0.measure), scale: 1)
          }
        )
      }
    return groups.compactMap { title, columns in
      let known = columns.filter { study.has($0.measure) }
      return known.isEmpty ? nil : table(title, known)
    }
  }

  private var clean: [Column] {
    [
      ("accuracy %", MeasureName.accuracy, 100.0), ("ECE %", MeasureName.calibrationError, 100),
      ("NLL", MeasureName.negativeLogLikelihood, 1), ("Brier", MeasureName.brierScore, 1),
      ("Moran's I", MeasureName.moransI, 1), ("silent units %", MeasureName.silentUnits, 100),
    ].map { Column(title: $0, measure: ComparedMeasure($1), scale: $2) }
  }

  private var perturbed: [Column] {
    study.perturbations.map { name in
      let short = name.replacing("/topographic", with: "")
      return Column(
        title: short, measure: ComparedMeasure(MeasureName.accuracy, under: name), scale: 100)
    }
  }

  private func table(_ title: String, _ columns: [Column]) -> ReportPage.Table {
    let heads =
      [("condition", ""), ("n", "number")] + columns.map { ($0.title, "number") }
    let rows = study.conditions.enumerated().map { index, condition in
      let values = columns.map { column in
        study.seeds(column.measure, of: condition).sorted { $0.key < $1.key }
          .map { $0.value * column.scale }
      }
      let count = values.map(\.count).max() ?? 0
      return ReportPage.Row(
        cells: [
          .init(text: condition, value: "\(index)", kind: ""),
          .init(text: "\(count)", value: "\(count)", kind: "number"),
        ] + values.map { Self.cell($0, of: count) })
    }
    let images = ImageNote.text(
      columns.map { (name: $0.title, images: study.imageText($0.measure)) })
    return ReportPage.Table(
      title: title, note: images.isEmpty ? nil : images,
      columns: heads.map { .init(name: $0.0, kind: $0.1) }, rows: rows)
  }

  private static func cell(_ values: [Double], of count: Int) -> ReportPage.Cell {
    guard !values.isEmpty else { return .init(text: "", value: "", kind: "number") }
    let mean = Statistics.mean(values)
    let text =
      values.count > 1
      ? ReportNumbers.spread(mean, Statistics.sampleStandardDeviation(values))
      : ReportNumbers.text(mean)
    let note = values.count < count ? " (\(values.count))" : ""
    return .init(
      text: text + note, value: "\(mean)", kind: "number")
  }

  /// The columns of `csv`.
  static let columns = [
    "dataset", "condition", "measure", "perturbation", "images", "n", "mean",
    "standard-deviation",
  ]

  /// Every measure of every condition, means over severities. Cells without a value are empty.
  var csv: String {
    CSV.line(Self.columns)
      + study.conditions.flatMap { condition in
        study.measures.compactMap { measure -> String? in
          let values = study.seeds(measure, of: condition).sorted { $0.key < $1.key }
            .map(\.value)
          guard !study.values(measure, of: condition).isEmpty else { return nil }
          let spread = Statistics.sampleStandardDeviation(values)
          return CSV.line([
            study.setting.dataset, condition, measure.name, measure.perturbation,
            study.imageText(measure),
            "\(values.count)", values.isEmpty ? "" : "\(Statistics.mean(values))",
            spread.isFinite ? "\(spread)" : "",
          ])
        }
      }.joined()
  }
}
