extension MeasureName {
  /// Mean over units of the Euclidean norm of their incoming weights in the sheet's layer. Absolute
  /// noise is to be compared with it.
  public static let weightNorm = "weight-norm"
  /// `audc` divided by the accuracy of the unperturbed network.
  public static let normalizedAreaUnderAccuracy = "audc-normalized"
  /// Severity at which accuracy has fallen halfway from that of the unperturbed network to chance;
  /// for quantization, the step between codes (`WeightPerturbation.level`).
  public static let halfLevel = "half-level"
  /// Accuracy after a lesion or stimulation of random units minus that after one of a patch of as
  /// many units.
  public static let patchEffect = "patch-effect"
  /// Standard deviation over classes of the drop in accuracy of each class, mean over draws.
  public static let classSpecificity = "class-specificity"
  /// Drop in accuracy on the images of the class whose units were silenced.
  public static let selectiveDrop = "selective-drop"
  /// Mean drop in accuracy over the other classes.
  public static let selectiveDropOfOthers = "selective-drop-others"
  /// Largest magnitude over classes of the change of their mean probabilities.
  public static let largestProbabilityChange = "largest-probability-change"
  /// Mean probability of a class over all images, minus that of the unperturbed network.
  public static func probabilityChange(ofClass label: Int) -> String {
    "probability-change-class-\(label)"
  }
}
