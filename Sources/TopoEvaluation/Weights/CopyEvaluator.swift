import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// Damaged copies of networks of one architecture on a device, ready to be shown images.
///
/// Copies of a network differ from a certain layer on. What that layer reads is the same for all of
/// them, so only the rest of the network is computed for each copy: where the layer comes after the
/// global average pool, from features that were computed before; else everything before it is
/// computed once for each batch.
final class CopyEvaluator {
  /// What is prepared.
  struct Extent: Sendable, Hashable {
    var architecture: Architecture
    /// Index of the first layer in which copies differ.
    var first: Int
    /// Number of networks.
    var models: Int
    /// Copies of each.
    var copies: Int

    /// Where the copies' common way ends.
    var entrance: Entrance {
      first == 0
        ? .images
        : architecture.inputShape(ofLayer: first).count == 1 ? .features : .activations
    }

    /// Multiply-accumulates of a copy for one image.
    var multiplyAccumulates: Int { architecture.multiplyAccumulates(fromLayer: first) }
  }

  /// What the first layer in which copies differ reads.
  enum Entrance: Sendable {
    /// The images, the same for all networks.
    case images
    /// Activations with rows and columns, of one network.
    case activations
    /// Flat features of each network.
    case features
  }

  /// What is prepared.
  let extent: Extent
  private let batch: Int
  private let device: any Device
  /// Images or features.
  private let input: Tensor
  private let common: (parameters: SegmentParameters, segment: ForwardPass)?
  private let parameters: SegmentParameters
  private let segment: ForwardPass
  private let operations: [any Operation]

  /// Makes room for copies.
  /// - Throws: `DeviceError`.
  init(_ extent: Extent, batch: Int = Evaluator.batch, device: any Device) throws {
    precondition(extent.entrance != .activations || extent.models == 1)
    let (architecture, first) = (extent.architecture, extent.first)
    let (shape, layers) = (architecture.input, first..<architecture.layers.count)
    let members = extent.models * extent.copies
    input =
      extent.entrance == .features
      ? try device.makeTensor(
        members: extent.models, shape: [batch, architecture.inputShape(ofLayer: first)[0]])
      : try device.makeActivation(
        members: 1, shape: [batch, shape.channels, shape.rows, shape.columns],
        elementType: .float32, lifetime: .persistent)
    var entrance = input
    if extent.entrance == .activations {
      let own = try SegmentParameters(
        architecture, layers: 0..<first, members: 1, device: device)
      let segment = try ForwardPass(
        architecture, layers: 0..<first, parameters: own.tensors, members: 1, input: input,
        keeping: .everything, device: device)
      common = (own, segment)
      entrance = segment.output
    } else {
      common = nil
    }
    parameters = try SegmentParameters(
      architecture, layers: layers, members: members, device: device)
    segment = try ForwardPass(
      architecture, layers: layers, parameters: parameters.tensors, members: members,
      input: entrance, device: device)
    operations = (common?.segment.operations ?? []) + segment.operations
    self.extent = extent
    self.batch = batch
    self.device = device
  }

  /// The memory of `device` that copies take, without taking any.
  /// - Throws: `DeviceError` for operations that the device does not have.
  static func memoryUse(_ extent: Extent, device: any Device) throws -> MemoryUse {
    try device.memoryUse { try CopyEvaluator(extent, device: $0) }
  }

  /// How well copies classify.
  /// - Parameters:
  ///   - copies: by model, then by copy; at most as many models as there is room for, and as many
  ///     copies of each. A copy differs from its model in layers from `extent.first` on only.
  ///   - features: by model, what the first layer reads: dense `[image, feature]`; nil unless the
  ///     entrance is `features`.
  ///   - progress: called with the number of images of each batch.
  /// - Returns: by model, then by copy.
  /// - Throws: `DeviceError`.
  func measure(
    _ copies: [[StateDictionary]], features: [[Float]]?, images: ImageSet,
    normalization: Normalization, progress: (_ images: Int) -> Void = { _ in }
  ) throws -> [[ClassificationMeasures]] {
    precondition((1...extent.models).contains(copies.count))
    precondition(copies.allSatisfy { (1...extent.copies).contains($0.count) })
    // Nobody reads what the others answer.
    func filled<Value>(_ values: [Value], _ count: Int) -> [Value] {
      values + Array(repeating: values[0], count: count - values.count)
    }
    let members = filled(copies, extent.models).flatMap { filled($0, extent.copies) }
    try parameters.write(members, device: device)
    try common?.parameters.write([members[0]], device: device)
    let sources = features.map { filled($0, extent.models) }
    let classes = extent.architecture.classes
    var tallies = members.map { _ in ClassificationTally(classes: classes) }
    let table = Self.table(normalization)
    var values = [Float](repeating: 0, count: input.members * input.count)
    for first in stride(from: 0, to: images.count, by: batch) {
      let shown = min(batch, images.count - first)
      // Places beyond the last image keep what an earlier batch left there.
      if let sources {
        let width = input.shape[1]
        for (model, source) in sources.enumerated() {
          let start = model * input.count
          values.replaceSubrange(
            start..<start + shown * width, with: source[first * width..<(first + shown) * width])
        }
      } else {
        Self.normalize(images, first..<first + shown, table, into: &values)
      }
      try device.write(values, to: input)
      try device.run(operations)
      let logits = try device.read(segment.output, as: Float.self)
      let row = batch * classes
      logits.withUnsafeBufferPointer { logits in
        images.labels.withUnsafeBufferPointer { labels in
          let answers = Answers(
            logits: logits, labels: UnsafeBufferPointer(rebasing: labels[first..<first + shown]))
          concurrentUpdate(&tallies) { member, tally in
            tally.add(
              logits: UnsafeBufferPointer(
                rebasing: answers.logits[member * row..<member * row + shown * classes]),
              labels: answers.labels)
          }
        }
      }
      progress(shown)
    }
    return copies.enumerated().map { model, own in
      own.indices.map { ClassificationMeasures(tallies[model * extent.copies + $0]) }
    }
  }

  private struct Answers: @unchecked Sendable {
    let logits: UnsafeBufferPointer<Float>
    let labels: UnsafeBufferPointer<Int32>
  }

  /// The normalised value of every byte, by channel: the same bits as `Evaluator`'s.
  private static func table(_ normalization: Normalization) -> [Float] {
    zip(normalization.mean, normalization.standardDeviation).flatMap { mean, deviation in
      ImageSet.unitValues.map { ($0 - mean) / deviation }
    }
  }

  private static func normalize(
    _ set: ImageSet, _ range: Range<Int>, _ table: [Float], into values: inout [Float]
  ) {
    let (channels, pixels) = (set.shape.channels, set.shape.rows * set.shape.columns)
    let start = range.lowerBound * set.shape.count
    set.images.withUnsafeBufferPointer { bytes in
      values.withUnsafeMutableBufferPointer { values in
        for plane in 0..<range.count * channels {
          let row = (plane % channels) << 8
          for index in plane * pixels..<(plane + 1) * pixels {
            values[index] = table[row | Int(bytes[start + index])]
          }
        }
      }
    }
  }
}
