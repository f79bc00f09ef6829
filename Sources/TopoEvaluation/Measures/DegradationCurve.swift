import TopoFoundation

/// The curve of accuracy over severity.
public enum DegradationCurve {
  /// The area under the curve for each network and perturbation, divided by the largest severity:
  /// the mean accuracy between severity 0 and the largest one. Accuracy is first averaged over
  /// draws. Its value at severity 0 is the perturbation's own if it has one, otherwise that of the
  /// clean images.
  /// - Parameter includes: whether a perturbation counts, by name.
  /// - Returns: records in the order of the perturbations' first appearance, for each network;
  ///   their severity is the largest one.
  public static func areas(
    _ records: [Record], of includes: (String) -> Bool
  ) -> [Record] {
    var networks = NetworkOrder<[String: [Double: [Double]]]>()
    var perturbations: [String] = []
    for record in records where record.measure == MeasureName.accuracy {
      let isClean = record.perturbation == Record.clean
      guard isClean || includes(record.perturbation), let value = record.value.number else {
        continue
      }
      networks.update(record) {
        $0[record.perturbation, default: [:]][record.severity, default: []].append(value)
      }
      if !isClean, !perturbations.contains(record.perturbation) {
        perturbations.append(record.perturbation)
      }
    }
    return networks.all.flatMap { network, curves in
      perturbations.compactMap { name -> Record? in
        guard var curve = curves[name] else { return nil }
        if curve[0] == nil { curve[0] = curves[Record.clean]?[0] }
        let points = curve.sorted { $0.key < $1.key }.map {
          ($0.key, Statistics.mean($0.value))
        }
        guard let last = points.last?.0, last > 0 else { return nil }
        return network.derived(
          MeasureName.areaUnderAccuracy, perturbation: name, severity: last,
          points.first?.0 == 0
            ? MeasuredValue(Statistics.area(under: points) / last)
            : .undefined("the clean images were not evaluated"))
      }
    }
  }
}
