/// How much a sheet's activations differ between units and between images, added up over batches.
///
/// Activations are those that the next layer reads: after ReLU if one follows the sheet.
public struct SheetActivity: Sendable, Hashable {
  /// Number of units.
  public let units: Int
  /// Whether a ReLU follows the sheet.
  public let isRectified: Bool
  /// Images seen.
  public private(set) var images = 0
  private var isPositive: [Bool]
  private var sums: [Double]
  private var squares = 0.0
  /// Sum over images of the squared sum over units.
  private var squaredImageSums = 0.0

  /// An empty sum.
  public init(units: Int, isRectified: Bool) {
    self.units = units
    self.isRectified = isRectified
    isPositive = Array(repeating: false, count: units)
    sums = Array(repeating: 0, count: units)
  }

  /// An empty sum for an architecture's sheet.
  public init(_ architecture: Architecture) {
    let next = architecture.sheetIndex + 1
    self.init(
      units: architecture.sheet.units,
      isRectified: next < architecture.layers.count && architecture.layers[next] == .relu)
  }

  /// Adds images.
  /// - Parameter sheet: before ReLU, dense `[image, unit]`.
  public mutating func add(_ sheet: ArraySlice<Float>) {
    precondition(sheet.count % units == 0, "whole images")
    var unit = 0
    var imageSum = 0.0
    for value in sheet {
      let activation = isRectified ? max(Double(value), 0) : Double(value)
      if value > 0 { isPositive[unit] = true }
      sums[unit] += activation
      squares += activation * activation
      imageSum += activation
      unit += 1
      if unit == units {
        squaredImageSums += imageSum * imageSum
        (unit, imageSum) = (0, 0)
        images += 1
      }
    }
  }

  /// The results over all images.
  public struct Summary: Sendable, Hashable {
    /// Share of the units that were not above 0 for any image; nil if no ReLU follows the sheet.
    public var silentShare: Double?
    /// Variance over units, mean over images, as a share of the mean square; nil for one unit.
    public var unitVariation: Double?
    /// Variance over images, mean over units, as a share of the mean square; nil for one image.
    public var imageVariation: Double?

    /// A summary from its parts, as records keep them.
    public init(silentShare: Double?, unitVariation: Double?, imageVariation: Double?) {
      self.silentShare = silentShare
      self.unitVariation = unitVariation
      self.imageVariation = imageVariation
    }

    /// Whether no unit passes the ReLU for any image.
    public var isSilent: Bool { silentShare == 1 }

    /// Below this share of the mean square, activations are almost equal: 1 % in root mean square.
    public static let leastVariation = 1e-4

    /// Whether units or images are almost equal.
    public var isCollapsed: Bool {
      [unitVariation, imageVariation].compactMap { $0 }.contains { $0 < Self.leastVariation }
    }
  }

  /// The results over all images; nil without images.
  public var summary: Summary? {
    guard images > 0, units > 0 else { return nil }
    let silent = Double(isPositive.count { !$0 }) / Double(units)
    /// Activations that are all 0 are all equal.
    func variation(_ explained: Double) -> Double {
      squares > 0 ? max(1 - explained / squares, 0) : 0
    }
    return Summary(
      silentShare: isRectified ? silent : nil,
      unitVariation: units > 1 ? variation(squaredImageSums / Double(units)) : nil,
      imageVariation: images > 1
        ? variation(sums.reduce(0) { $0 + $1 * $1 } / Double(images)) : nil)
  }
}
