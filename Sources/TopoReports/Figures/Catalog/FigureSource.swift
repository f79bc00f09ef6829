import TopoEvaluation
import TopoFoundation

/// What figures are made from: the results of a study, and how its conditions look.
struct FigureSource {
  let study: StudyResults
  private let styles: [String: SeriesStyle]

  init(_ study: StudyResults) {
    self.study = study
    // AS and WS look the same in all reports; the others take what is left.
    var styles: [String: SeriesStyle] = [:]
    var free = Array(SeriesStyle.palette.indices)
    for (index, matches) in Self.usual.enumerated() {
      guard let family = study.families.first(where: { matches($0) && styles[$0.name] == nil })
      else { continue }
      styles[family.name] = .numbered(index)
      free.removeAll { $0 == index }
    }
    var next = 0
    for family in study.families where styles[family.name] == nil {
      styles[family.name] = .numbered(free.isEmpty ? next : free[next % free.count])
      next += 1
    }
    self.styles = styles
  }

  private static let usual: [@Sendable (ConditionFamily) -> Bool] = [
    { $0.penalty == "as" && !$0.isUntransposed }, { $0.penalty == "ws" },
    { $0.penalty == "as" && $0.isUntransposed },
  ]

  /// All lambdas of the study, ascending.
  var lambdas: [Double] {
    Set(study.families.flatMap { $0.members.map(\.lambda) }).sorted()
  }

  /// The axis of lambdas as categories, as the paper has it.
  var lambdaAxis: Axis {
    study.families.allSatisfy { $0.penalty == "unknown" }
      ? .categories("condition", [""])
      : .categories("lambda (weight of the penalty)", lambdas.map { EpsilonText.text($0) })
  }

  /// Panels in a row of figures with a panel per penalty: all of a kind beside each other.
  var curveColumns: Int {
    switch study.families.count {
    case 0: 3
    case 1, 2: 4
    case let count: count
    }
  }

  // MARK: Panels

  /// A measure over lambda, a series per penalty, control as a band.
  /// - Parameters:
  ///   - scale: what values are multiplied by.
  ///   - severity: that of the perturbation; the mean over all by default.
  func overLambda(
    _ title: String, _ measure: ComparedMeasure, unit: String, scale: Double = 1,
    at severity: Double? = nil
  ) -> Panel {
    overLambda(title, measure, y: Axis(unit), scale: scale, at: severity)
  }

  /// A measure over lambda, on a given vertical axis.
  func overLambda(
    _ title: String, _ measure: ComparedMeasure, y: Axis, scale: Double = 1,
    at severity: Double? = nil
  ) -> Panel {
    func seeds(_ condition: String) -> [UInt64: Double] {
      study.seeds(measure, of: condition, at: severity).mapValues { $0 * scale }
    }
    let lambdas = lambdas
    let series = study.families.map { family in
      Series(
        name: family.name, style: style(of: family),
        points: family.members.map { member in
          SeriesPoint(
            x: Double(lambdas.firstIndex(of: member.lambda) ?? 0), seeds: seeds(member.condition))
        })
    }
    let reference = study.control.map { control in
      Series(name: control, style: .reference, points: [SeriesPoint(x: 0, seeds: seeds(control))])
    }
    return Panel(
      title, x: lambdaAxis, y: y, series, reference: reference, images: study.imageText(measure))
  }

  /// Curves of each condition: a panel per penalty, a series per lambda, control in each panel.
  /// - Parameters:
  ///   - images: what the values are about.
  ///   - curves: values by position and seed, of a condition.
  func byFamily(
    _ title: String, x: Axis, y: Axis, images: String,
    _ curves: (String) -> [Double: [UInt64: Double]]
  ) -> [Panel] {
    func points(_ condition: String) -> [SeriesPoint] {
      curves(condition).sorted { $0.key < $1.key }.map { SeriesPoint(x: $0.key, seeds: $0.value) }
    }
    let reference = study.control.map {
      Series(name: $0, style: .reference, points: points($0))
    }
    guard !study.families.isEmpty else {
      return [Panel(title, x: x, y: y, reference.map { [$0] } ?? [], images: images)]
    }
    // One scale for the panels, so that they compare.
    let all = study.families.map { family in family.members.map { points($0.condition) } }
    var values: [Double] = []
    for point in all.flatMap({ $0.flatMap { $0 } }) + (reference?.points ?? []) {
      values += point.values
      if let mean = point.mean { values.append(mean) }
    }
    var y = y
    y.shown += [values.min(), values.max()].compactMap { $0 }
    return zip(study.families, all).map { family, curves in
      let series = zip(family.members, curves).enumerated().map { index, pair in
        Series(
          name: family.members.count == 1 && family.penalty == "unknown"
            ? family.name : "lambda \(EpsilonText.text(pair.0.lambda))",
          style: .step(index, of: family.members.count), points: pair.1)
      }
      return Panel(
        title.isEmpty ? family.name : "\(title), \(family.name)", x: x, y: y, series,
        reference: reference, images: images)
    }
  }

  /// The look of a family.
  func style(of family: ConditionFamily) -> SeriesStyle { styles[family.name] ?? .numbered(0) }

  // MARK: Tables

  /// Values of a table of curves.
  struct Curves {
    /// By condition, position and seed.
    var values: [String: [Double: [UInt64: Double]]] = [:]
    /// What they are about: `500 test images`; empty if about none.
    var images = ""

    subscript(condition: String) -> [Double: [UInt64: Double]] { values[condition] ?? [:] }
  }

  /// Values of a table of `analyses/`.
  /// - Parameters:
  ///   - name: that of the table.
  ///   - position: the column of positions.
  ///   - value: that of values.
  func curves(_ name: String, position: String, value: String) -> Curves {
    curves(
      study.rows(
        { $0.curves[name] }, ["condition", "seed", position, value], ofEpoch: true,
        on: \.origin.images))
  }

  /// Rows of condition, seed, position and value, without dead networks.
  func curves(_ found: StudyResults.Rows) -> Curves {
    let dead = Set(study.dead.map(\.name))
    var curves = Curves(images: found.images.map(study.text) ?? "")
    for row in found.rows {
      guard let seed = UInt64(row[1]), let x = Double(row[2]), let y = Double(row[3]),
        !dead.contains("\(row[0]), seed \(seed)")
      else { continue }
      curves.values[row[0], default: [:]][x, default: [:]][seed] = y
    }
    return curves
  }
}
