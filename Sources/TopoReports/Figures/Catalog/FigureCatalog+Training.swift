import TopoEvaluation

extension FigureCatalog {
  /// Accuracy of clean images.
  static func accuracy(_ source: FigureSource) -> Figure? {
    Figure(
      "accuracy", title: "Accuracy over lambda",
      caption: "Accuracy of clean test images. " + reading,
      [
        source.overLambda(
          "accuracy", ComparedMeasure(MeasureName.accuracy), y: .accuracy, scale: 100)
      ])
  }

  /// Losses and accuracies of training after each epoch.
  static func training(_ source: FigureSource) -> Figure? {
    let panels = [
      ("training cross-entropy", "cross-entropy", Axis("nats"), 1.0),
      ("penalty times lambda", "weighted-penalty", Axis("penalty"), 1),
      ("validation accuracy", "validation-accuracy", .accuracy, 100),
    ].flatMap { title, column, y, scale -> [Panel] in
      let curves = source.curves(
        source.study.rows(\.training, ["condition", "seed", "epoch", column], on: { _ in nil }))
      return source.byFamily(title, x: Axis("epoch", kind: .whole), y: y, images: "") { condition in
        curves[condition].mapValues { $0.mapValues { $0 * scale } }
      }
    }
    return Figure(
      "training", title: "Losses and accuracy over epochs", caption: epochReading,
      columns: source.curveColumns, panels)
  }

  /// Measures of sheets after each epoch.
  static func sheetsByEpoch(_ source: FigureSource) -> Figure? {
    let found = source.study.rows(
      \.epochs, ["condition", "seed", "epoch", "value", "measure"], on: \.origin.training?.probe)
    let panels = [
      ("Moran's I before ReLU", "morans-i-pre-relu", "Moran's I"),
      ("Moran's I of weights", "morans-i-weights", "Moran's I"),
      ("r of neighbors", "correlation-neighbors-pre-relu", "Pearson's r"),
      ("norm of weights", "weight-norm-mean", "norm"),
    ].flatMap { title, measure, unit -> [Panel] in
      var rows = found
      rows.rows.removeAll { $0[4] != measure }
      let curves = source.curves(rows)
      return source.byFamily(
        title, x: Axis("epoch", kind: .whole), y: Axis(unit), images: curves.images
      ) { curves[$0] }
    }
    return Figure(
      "sheets-by-epoch", title: "Sheets over epochs", caption: epochReading,
      columns: source.curveColumns, panels)
  }

  private static let epochReading =
    "A panel per penalty, a line per lambda. Bands are Student's 95 % intervals over seeds, points "
    + "single networks, the dashed line is control."

  /// What several networks that classify together gain.
  static func ensembles(_ source: FigureSource) -> Figure? {
    let found = source.study.rows(
      \.ensembles, ["measure", "condition", "members", "mean"], on: \.origin.images)
    func values(_ measure: String) -> [String: [Double: Double]] {
      var values: [String: [Double: Double]] = [:]
      for row in found.rows where row[0] == measure {
        guard let members = Double(row[2]), let mean = Double(row[3]) else { continue }
        values[row[1], default: [:]][members] = values[row[1]]?[members] ?? mean
      }
      return values
    }
    let (ensemble, single) = (values("ensemble-accuracy"), values("member-accuracy"))
    let lambdas = source.lambdas
    let sizes = Set(ensemble.values.flatMap(\.keys)).sorted()
    func gain(_ condition: String, _ size: Double) -> Double? {
      guard let both = ensemble[condition]?[size], let own = single[condition]?[size] else {
        return nil
      }
      return 100 * (both - own)
    }
    func point(_ x: Double, _ condition: String, _ size: Double) -> SeriesPoint {
      gain(condition, size).map { SeriesPoint(x: x, mean: $0, interval: nil) }
        ?? SeriesPoint(x: x, seeds: [:])
    }
    let panels = sizes.map { size in
      Panel(
        "\(Int(size)) networks together", x: source.lambdaAxis, y: Axis("gain (points)"),
        source.study.families.map { family in
          Series(
            name: family.name, style: source.style(of: family),
            points: family.members.map { member in
              point(
                Double(lambdas.firstIndex(of: member.lambda) ?? 0), member.condition, size)
            })
        },
        reference: source.study.control.map {
          Series(name: $0, style: .reference, points: [point(0, $0, size)])
        }, images: found.images.map(source.study.text) ?? "")
    }
    return Figure(
      "ensembles", title: "Ensembles",
      caption: "Accuracy of the mean probability of several seeds less the mean accuracy of these "
        + "networks, in percentage points; mean over groups of seeds, which share networks and "
        + "have no interval. With results of several folders, those of the first count.", panels)
  }
}
