import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoTraining

/// The training runs of `Tests/Golden/training.py`: three members, each with its own seed and
/// condition, trained for four epochs of 38 images in batches of 8, the last one of 6.
enum GoldenTraining {
  static let batch = 8
  static let stepsPerEpoch = 5
  static let epochs = 4
  static let rate = 1e-3
  private static let images = 38
  private static let poolSeed: UInt64 = 2026

  static let members = [
    Member(condition: .control, seed: 11),
    Member(condition: .weightSimilarity(.euclidean, lambda: 1), seed: 12),
    Member(condition: .activationSimilarity(.correlation, lambda: 0.3), seed: 7 << 32 + 13),
  ]

  static func normalization(of architecture: String) -> Normalization {
    architecture == "mnist"
      ? Normalization(mean: [0.1307], standardDeviation: [0.3081])
      : Normalization(
        mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2470, 0.2435, 0.2616])
  }

  /// Random bytes, each spread over 1 to 4 rows and 1 to 4 columns, and the brighter the higher
  /// the class: drawn as the script draws them.
  static func pool(_ shape: ImageShape) -> ImageSet {
    var source = RandomSequence(Philox(seed: poolSeed, purpose: .test))
    let words = (0..<(images * shape.count + 3) / 4).map { _ in source.nextWord() }
    let noise = words.flatMap { word in (0..<4).map { Int(word >> (8 * $0) & 255) } }
    var (bytes, labels): ([UInt8], [Int32]) = ([], [])
    for image in 0..<images {
      let label = image % 10
      let (down, across) = (1 + image % 4, 1 + image / 4 % 4)
      labels.append(Int32(label))
      for channel in 0..<shape.channels {
        for row in 0..<shape.rows {
          let start =
            ((image * shape.channels + channel) * shape.rows + row / down)
            * shape.columns
          for column in 0..<shape.columns {
            bytes.append(UInt8(noise[start + column / across] * (label + 1) / 10))
          }
        }
      }
    }
    return ImageSet(images: bytes, labels: labels, shape: shape, classes: 10)
  }

  /// A trainer of the three members.
  static func trainer(_ architecture: Architecture, on device: any Device) throws -> Trainer {
    try Trainer(
      configuration: TrainingConfiguration(
        architecture: architecture, dataset: "golden", batch: batch, epochs: epochs,
        learningRate: Float(rate), trainingFraction: 1),
      members: members, training: pool(architecture.input),
      normalization: normalization(of: architecture.name), device: device)
  }
}
