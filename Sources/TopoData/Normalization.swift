/// What an image's values in [0, 1] become before a network sees them, per channel:
/// `(value - mean) / standardDeviation`.
public struct Normalization: Sendable, Hashable, Codable {
  /// Mean of each channel.
  public var mean: [Float]
  /// Standard deviation of each channel.
  public var standardDeviation: [Float]

  /// Models keep the name of version 0.1.0.
  private enum CodingKeys: String, CodingKey {
    case mean
    case standardDeviation = "deviation"
  }

  /// A normalization by channel.
  public init(mean: [Float], standardDeviation: [Float]) {
    precondition(
      mean.count == standardDeviation.count, "one mean and one standard deviation per channel")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// Whether values can be normalized by it: as many means as standard deviations, all
  /// finite, and standard deviations above 0.
  public var isPossible: Bool {
    !mean.isEmpty && mean.count == standardDeviation.count && mean.allSatisfy(\.isFinite)
      && standardDeviation.allSatisfy { $0.isFinite && $0 > 0 }
  }

  /// Mean and population standard deviation of each channel of `set`, from exact integer sums, so
  /// the same on every machine. A channel of one value has standard deviation 1.
  public init(of set: ImageSet) {
    let (channels, area) = (set.shape.channels, set.shape.rows * set.shape.columns)
    let values = Double(set.count * area)
    var mean = [Float](repeating: 0, count: channels)
    var standardDeviation = [Float](repeating: 1, count: channels)
    set.images.withUnsafeBufferPointer { images in
      for channel in 0..<channels where values > 0 {
        var (sum, squares): (UInt64, UInt64) = (0, 0)
        for image in 0..<set.count {
          let start = (image * channels + channel) * area
          for index in start..<start + area {
            let value = UInt64(images[index])
            sum &+= value
            squares &+= value * value
          }
        }
        let average = Double(sum) / values
        let variance = Double(squares) / values - average * average
        mean[channel] = Float(average / 255)
        if variance > 0 { standardDeviation[channel] = Float(variance.squareRoot() / 255) }
      }
    }
    self.init(mean: mean, standardDeviation: standardDeviation)
  }
}
