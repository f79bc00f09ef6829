import TopoAnalysis
import TopoData

/// What is measured of each network's sheet along training, and when. The images are the first test
/// images, the same ones for all networks and epochs.
///
/// ```swift
/// plan.alongTraining = AlongTraining(
///   measures: try EpochMeasures(["effective-dimensionality-pre-relu"]), every: 5)
/// ```
public struct AlongTraining: Sendable, Hashable {
  /// The measures: some always, and further ones.
  public var measures: EpochMeasures
  /// Number of test images; all if there are fewer.
  public var images: Int
  /// Sheets are measured after each epoch that is a multiple of this, and after the last one.
  public var every: Int

  /// The default number of images. Their inference takes well under 1 % of an epoch of a usual data
  /// set, as an epoch takes three times the work for each training image.
  public static let images = 500

  /// Measures of the first test images.
  public init(
    measures: EpochMeasures = .init(), images: Int = AlongTraining.images, every: Int = 1
  ) {
    (self.measures, self.images, self.every) = (measures, images, every)
  }

  /// Whether sheets are measured after an epoch.
  func isDue(_ epoch: Int, of last: Int) -> Bool { epoch.isMultiple(of: every) || epoch == last }

  /// The images of a test set that sheets are measured on; nil if it has none.
  func probe(_ test: ImageSet) -> ImageSet? { try? test.subset(min(images, test.count)) }
}
