import TopoFoundation

extension ClassificationMeasures {
  /// How the probabilities of the classes differ from those of the unperturbed network, by name:
  /// `mean_i P_ik - mean_i P'_ik` for each class `k`, over all images `i` whatever their classes,
  /// and the largest magnitude of these. The changes of all classes add up to 0.
  ///
  /// The means are over images with finite logits; a change is undefined if there are none.
  /// - Parameter clean: measures of the unperturbed network on the same images.
  func changes(from clean: ClassificationMeasures) -> [(measure: String, value: MeasuredValue)] {
    let changes = zip(meanProbabilities, clean.meanProbabilities).map { perturbed, clean in
      guard let after = perturbed.number, let before = clean.number else {
        return perturbed.number == nil ? perturbed : clean
      }
      return MeasuredValue(after - before)
    }
    let largest = changes.compactMap(\.number).map(abs).max()
    return changes.enumerated().map {
      (MeasureName.probabilityChange(ofClass: $0.offset), $0.element)
    } + [
      (
        MeasureName.largestProbabilityChange,
        largest.map { MeasuredValue($0) } ?? changes.first ?? .undefined("no classes")
      )
    ]
  }
}
