import TopoEvaluation
import TopoFoundation

extension FigureCatalog {
  /// Change of accuracy by type of noise and level, as in the paper.
  static func noise(_ source: FigureSource) -> Figure? {
    let study = source.study
    let noises = study.perturbations.filter { !$0.contains("/") }
    let levels = noises.map { study.severities[$0]?.count ?? 0 }.max() ?? 0
    let panels = noises.flatMap { noise in
      (study.severities[noise] ?? []).map { level in
        source.overLambda(
          "\(noise), level \(EpsilonText.text(level))",
          ComparedMeasure(ComparedMeasure.accuracyChange, under: noise), unit: "change (points)",
          scale: 100, at: level)
      }
    }
    return Figure(
      "noise", title: "Change of accuracy under noise",
      caption: "Accuracy under noise less the clean accuracy of the same network, in percentage "
        + "points, by type of noise and level. " + reading,
      columns: max(levels, 1), panels)
  }

  /// Errors under the corruptions of CIFAR-10-C and MNIST-C.
  static func corruptions(_ source: FigureSource) -> Figure? {
    let measures = [
      ("accuracy", MeasureName.meanCorruptionAccuracy, Axis.accuracy),
      ("mCE", MeasureName.meanCorruptionError, Axis("mCE (%)")),
      ("relative mCE", MeasureName.relativeMeanCorruptionError, Axis("relative mCE (%)")),
    ]
    let panels = [("corruption", "corruptions"), ("mnist-c", "MNIST-C")].flatMap { family, title in
      measures.map { name, measure, axis in
        source.overLambda(
          "\(title): \(name)", ComparedMeasure(measure, under: family), y: axis, scale: 100)
      }
    }
    return Figure(
      "corruptions", title: "Common corruptions",
      caption: "Mean over corruptions and severities. mCE is the error as a share of the error of "
        + "the control networks, relative mCE that of the errors added by corruption. " + reading,
      panels)
  }

  /// Accuracy under each corruption.
  static func corruptionsByKind(_ source: FigureSource) -> Figure? {
    let prefixes = ["corruption/", "mnist-c/"]
    let found = source.study.perturbations.filter { one in prefixes.contains(where: one.hasPrefix) }
    return Figure(
      "corruptions-by-kind", title: "Accuracy by corruption",
      caption: "Mean over severities. " + reading, columns: 4,
      found.map { kind in
        source.overLambda(
          kind.replacing("corruption/", with: "").replacing("mnist-c/", with: "MNIST-C: "),
          ComparedMeasure(MeasureName.accuracy, under: kind), y: .accuracy, scale: 100)
      })
  }

  /// Areas under the curves of `weights`.
  static func weightAreas(_ source: FigureSource) -> Figure? {
    let found = source.study.perturbations.filter { $0.hasPrefix("weights/") }
    return Figure(
      "weights-area", title: "Area under accuracy of perturbed weights",
      caption: "Area under the curve of accuracy over severity, from 0 to the largest, divided by "
        + "accuracy at 0: 1 if nothing is lost. " + reading, columns: 4,
      found.map { kind in
        source.overLambda(
          kind.split(separator: "/").dropFirst().joined(separator: " ").replacing(
            " topographic", with: ""),
          ComparedMeasure(MeasureName.normalizedAreaUnderAccuracy, under: kind),
          unit: "area (share)")
      })
  }

  /// Accuracy over the severity of perturbations of weights.
  static func weights(_ source: FigureSource) -> Figure? {
    curves(
      source, "weights", prefixes: ["weights/"], title: "Accuracy of perturbed weights",
      note: "SD: standard deviation. Of bits of quantization, fewer are stronger.")
  }

  /// Accuracy after lesions of units, and while units are stimulated.
  static func lesions(_ source: FigureSource) -> Figure? {
    curves(
      source, "lesions", prefixes: ["lesion/", "stimulation/"],
      title: "Accuracy after lesions and stimulation",
      note: "SD: standard deviation.")
  }

  /// Accuracy over epsilon.
  static func attacks(_ source: FigureSource) -> Figure? {
    curves(
      source, "attacks", prefixes: ["adversarial/"], title: "Accuracy under attacks",
      note: "")
  }

  private static func curves(
    _ source: FigureSource, _ name: String, prefixes: [String], title: String, note: String
  ) -> Figure? {
    let study = source.study
    let found = study.perturbations.filter { one in prefixes.contains(where: one.hasPrefix) }
    let panels = found.flatMap { perturbation -> [Panel] in
      let severities = study.severities[perturbation] ?? []
      let measure = ComparedMeasure(MeasureName.accuracy, under: perturbation)
      // Of lesions and stimulation, the first word distinguishes kinds.
      let kind = perturbation.split(separator: "/").dropFirst(prefixes.count == 1 ? 1 : 0)
        .joined(separator: " ")
      return source.byFamily(
        kind.replacing(" topographic", with: ""),
        x: .severities(SeverityLabel.text(perturbation), severities),
        y: .accuracy, images: study.imageText(measure)
      ) { condition in
        Dictionary(
          uniqueKeysWithValues: severities.map { severity in
            (
              severity,
              study.seeds(measure, of: condition, at: severity).mapValues { $0 * 100 }
            )
          })
      }
    }
    return Figure(
      name, title: title,
      caption: "Accuracy over severity, a panel per kind and penalty, a line per lambda. Bands are "
        + "Student's 95 % intervals, points single networks, the dashed line is control. " + note,
      columns: source.curveColumns, panels)
  }

  /// Calibration of clean images.
  static func calibration(_ source: FigureSource) -> Figure? {
    let panels = [
      ("expected calibration error", MeasureName.calibrationError, "ECE (%)", 100.0),
      ("largest gap of a bin", MeasureName.maximumGap, "gap (%)", 100),
      ("negative log-likelihood", MeasureName.negativeLogLikelihood, "nats", 1),
      ("Brier score", MeasureName.brierScore, "Brier score", 1),
    ].map { title, measure, unit, scale in
      source.overLambda(title, ComparedMeasure(measure), unit: unit, scale: scale)
    }
    return Figure(
      "calibration", title: "Calibration",
      caption: "Of clean images, in 15 bins of the largest probability. " + reading, columns: 2,
      panels)
  }
}
