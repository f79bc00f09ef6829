import TopoSheets

/// Maps of a member's sheet after an epoch, of the images that sheets are measured on.
public struct EpochMaps: Sendable, Hashable {
  /// The sheet.
  public var sheet: Sheet
  /// The number of classes.
  public var classes: Int
  /// For each unit, the class whose images it responds to most; nil if there are no images.
  public var preferredClass: [Int]?
  /// For each unit, its mean activity after ReLU.
  public var meanActivity: [Double]

  /// Maps of a sheet.
  public init(sheet: Sheet, classes: Int, preferredClass: [Int]?, meanActivity: [Double]) {
    (self.sheet, self.classes) = (sheet, classes)
    (self.preferredClass, self.meanActivity) = (preferredClass, meanActivity)
  }
}
