import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations

/// Evaluates perturbed copies of networks of one architecture on a device.
///
/// Copies of a network differ only from a certain layer on, and the input of that layer is the same
/// for all of them. Only the layers from there on are computed for each copy. If the first layer
/// that differs comes after global average pooling, its input is given as features; otherwise the
/// layers before it are computed once for each batch.
final class CopyEvaluator {
  /// What memory and operations are prepared for.
  struct Extent: Sendable, Hashable {
    var architecture: Architecture
    /// Index of the first layer in which copies differ.
    var first: Int
    /// Number of networks.
    var models: Int
    /// Number of copies of each network.
    var copies: Int

    /// The input of the first layer in which copies differ.
    var entrance: Entrance {
      first == 0
        ? .images
        : architecture.inputShape(ofLayer: first).count == 1 ? .features : .activations
    }

    /// Multiply-accumulates of a copy for one image.
    var multiplyAccumulates: Int { architecture.multiplyAccumulates(fromLayer: first) }
  }

  /// Kinds of inputs of the first layer in which copies differ.
  enum Entrance: Sendable {
    /// The images, the same for all networks.
    case images
    /// Activations with rows and columns of one network.
    case activations
    /// Flat features of each network.
    case features
  }

  /// What memory and operations are prepared for.
  let extent: Extent
  private let batch: Int
  private let device: any Device
  /// Images or features.
  private let input: Tensor
  private let common: (parameters: SegmentParameters, segment: ForwardPass)?
  private let parameters: SegmentParameters
  private let segment: ForwardPass
  private let operations: [any Operation]

  /// Allocates memory for copies.
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
      let parameters = try SegmentParameters(
        architecture, layers: 0..<first, members: 1, device: device)
      let segment = try ForwardPass(
        architecture, layers: 0..<first, parameters: parameters.tensors, members: 1, input: input,
        keeping: .everything, device: device)
      common = (parameters, segment)
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

  /// The memory of `device` that copies need; nothing is allocated.
  /// - Throws: `DeviceError` for operations that the device does not have.
  static func memoryUse(_ extent: Extent, device: any Device) throws -> MemoryUse {
    try device.memoryUse { try CopyEvaluator(extent, device: $0) }
  }

  /// Measures how well copies classify.
  /// - Parameters:
  ///   - copies: by model, then by copy; at most `extent.models` models with `extent.copies` copies
  ///     each. A copy differs from its model only in layers from `extent.first` on.
  ///   - features: by model, inputs of the layer `extent.first`: dense `[image, feature]`; nil
  ///     unless the entrance is `features`.
  ///   - images: the images.
  ///   - normalization: normalization of the images.
  ///   - progress: called with the number of images of each batch.
  /// - Returns: measures by model, then by copy.
  /// - Throws: `DeviceError`.
  func measure(
    _ copies: [[StateDictionary]], features: [[Float]]?, images: ImageSet,
    normalization: Normalization, progress: (_ images: Int) -> Void = { _ in }
  ) throws -> [[ClassificationMeasures]] {
    precondition((1...extent.models).contains(copies.count))
    precondition(copies.allSatisfy { (1...extent.copies).contains($0.count) })
    // Unused positions are filled with the first value; their outputs are not read.
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
      let used = min(batch, images.count - first)
      // Positions beyond the last image keep values of an earlier batch; their outputs are not
      // read.
      if let sources {
        let width = input.shape[1]
        for (model, source) in sources.enumerated() {
          let start = model * input.count
          values.replaceSubrange(
            start..<start + used * width, with: source[first * width..<(first + used) * width])
        }
      } else {
        Self.normalize(images, first..<first + used, table, into: &values)
      }
      try device.write(values, to: input)
      try device.run(operations)
      let logits = try device.read(segment.output, as: Float.self)
      let row = batch * classes
      logits.withUnsafeBufferPointer { logits in
        images.labels.withUnsafeBufferPointer { labels in
          let outputs = Outputs(
            logits: logits, labels: UnsafeBufferPointer(rebasing: labels[first..<first + used]))
          concurrentUpdate(&tallies) { member, tally in
            tally.add(
              logits: UnsafeBufferPointer(
                rebasing: outputs.logits[member * row..<member * row + used * classes]),
              labels: outputs.labels)
          }
        }
      }
      progress(used)
    }
    return copies.enumerated().map { model, copies in
      copies.indices.map { ClassificationMeasures(tallies[model * extent.copies + $0]) }
    }
  }

  /// `Sendable`, because workers only read the buffers, which outlive them.
  private struct Outputs: @unchecked Sendable {
    let logits: UnsafeBufferPointer<Float>
    let labels: UnsafeBufferPointer<Int32>
  }

  /// The normalized value of every byte, dense `[channel, byte]`: the same bits as in `Evaluator`.
  private static func table(_ normalization: Normalization) -> [Float] {
    zip(normalization.mean, normalization.standardDeviation).flatMap { mean, standardDeviation in
      ImageSet.unitValues.map { ($0 - mean) / standardDeviation }
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
