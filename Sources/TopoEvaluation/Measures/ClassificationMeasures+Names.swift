import TopoFoundation

extension ClassificationMeasures {
  /// All measures by name, in the order of the records.
  public var named: [(measure: String, value: MeasuredValue)] {
    [
      (MeasureName.accuracy, accuracy),
      (MeasureName.balancedAccuracy, balancedAccuracy),
      (MeasureName.negativeLogLikelihood, negativeLogLikelihood),
      (MeasureName.brierScore, brierScore),
      (MeasureName.calibrationError, calibration.expectedError),
      (MeasureName.maximumGap, calibration.maximumGap),
      (MeasureName.invalidImages, .value(Double(invalid))),
    ]
      + accuracyPerClass.enumerated().map { (MeasureName.accuracy(ofClass: $0.offset), $0.element) }
  }
}
