extension MeasureName {
  /// Mean over images of the Euclidean norm of the gradient of an image's cross-entropy with
  /// respect to its pixels: how sensitive the loss is to small changes.
  public static let inputGradientNorm = "input-gradient-norm"
  /// Area under the curve of accuracy over severity from 0 to the largest one, by trapezoids,
  /// divided by the largest severity: the mean accuracy over that range.
  public static let areaUnderAccuracy = "audc"
}
