extension MeasureName {
  /// Mean over units of the Euclidean norm of their incoming weights in the sheet's layer: how
  /// large the weights are that absolute noise is added to.
  public static let weightNorm = "weight-norm"
  /// `audc` divided by the accuracy of the network as it is.
  public static let normalizedAreaUnderAccuracy = "audc-normalized"
  /// Severity at which accuracy has fallen half way from that of the network as it is to chance.
  public static let halfLevel = "half-level"
  /// Accuracy after a lesion of random units less that after a patch of as many.
  public static let patchEffect = "patch-effect"
  /// Standard deviation over classes (`ddof` 0) of the classes' drops in accuracy, mean over draws.
  public static let classSpecificity = "class-specificity"
  /// Drop in accuracy on the images of the class whose units were silenced.
  public static let selectiveDrop = "selective-drop"
  /// Mean drop in accuracy over the other classes.
  public static let selectiveDropOfOthers = "selective-drop-others"
}
