import TopoCompute
import TopoData
import TopoNetworks

/// Runs inference for networks of one architecture on a device. All networks get the same images.
///
/// ```swift
/// let evaluator = try Evaluator(networks: networks, device: device)
/// let outputs = try evaluator.outputs(of: images, normalization: normalization)
/// let logits = outputs.logits[0]  // of the first network, [image, class]
/// ```
public final class Evaluator {
  /// The outputs of the networks.
  public struct Outputs: Sendable {
    /// Number of images.
    public let images: Int
    /// Number of units of the sheet.
    public let units: Int
    /// Number of classes.
    public let classes: Int
    /// By member: dense `[image, class]`.
    public fileprivate(set) var logits: [[Float]]
    /// By member: activations of the sheet before ReLU, dense `[image, unit]`.
    public fileprivate(set) var sheet: [[Float]]
    /// Inputs of the requested layers, by layer and member: dense `[image, feature]`.
    public fileprivate(set) var features: [Int: [[Float]]]
  }

  /// The architecture of the networks.
  public let architecture: Architecture
  private let device: any Device
  /// Number of networks on the device.
  public private(set) var members: Int
  private let batch: Int
  private let parameters: ParameterArena
  /// The images of a batch or slice.
  private let input: Tensor
  /// The layers before the first one that reads flat features, which run on a slice of the batch at
  /// a time, and the tensor that collects their outputs for the remaining layers. Nil if all layers
  /// run on the whole batch.
  private let slices: (segment: ForwardPass, features: Tensor)?
  /// The remaining layers, or all.
  private let segment: ForwardPass
  /// Layers whose inputs are among the outputs.
  private let features: [Int]

  /// Puts networks, all of one architecture, on a device.
  /// - Parameter batch: images per inference.
  /// - Throws: `DeviceError`.
  public convenience init(
    networks: [StateDictionary], batch: Int = Evaluator.batch, device: any Device
  ) throws {
    precondition(!networks.isEmpty)
    try self.init(
      architecture: networks[0].architecture, capacity: networks.count, batch: batch,
      device: device)
    try replace(with: networks)
  }

  /// Default number of images per inference.
  public static let batch = 256

  /// Number of images of a batch that go through the layers with rows and columns together. On the
  /// CPU it is small, so that the output of a layer is still in the cache when the next layer reads
  /// it. It changes no bit of the results, because these layers compute each image independently.
  /// The matrix products of the remaining layers may not, so these run on the whole batch.
  static func slice(on device: any Device) -> Int {
    device.information.kind == .cpu ? 32 : Int.max
  }

  /// Allocates memory for `capacity` networks; `replace` puts them there.
  /// - Parameter features: indices of layers after global average pooling whose inputs are among
  ///   the outputs.
  /// - Throws: `DeviceError`.
  public convenience init(
    architecture: Architecture, capacity: Int, batch: Int = Evaluator.batch,
    features: [Int] = [], device: any Device
  ) throws {
    try self.init(
      architecture: architecture, capacity: capacity, batch: batch, features: features,
      slice: Evaluator.slice(on: device), device: device)
  }

  init(
    architecture: Architecture, capacity: Int, batch: Int, features: [Int], slice: Int,
    device: any Device
  ) throws {
    precondition(batch > 0 && slice > 0)
    precondition(features.allSatisfy { architecture.inputShape(ofLayer: $0).count == 1 })
    self.features = features
    self.architecture = architecture
    self.batch = batch
    self.device = device
    members = 0
    let parameters = try ParameterArena(
      architecture: architecture, members: capacity, device: device)
    let layers = architecture.layers.indices
    let head =
      layers.first {
        switch architecture.layers[$0] {
        case .sheet, .linear: true
        default: false
        }
      } ?? 0
    func segment(
      _ range: Range<Int>, _ input: Tensor, _ kept: ForwardPass.Kept
    ) throws -> ForwardPass {
      try device.sharingStepMemory {
        try ForwardPass(
          architecture, layers: range, parameters: parameters.tensors, members: capacity,
          input: input, keeping: kept, device: device)
      }
    }
    let isSliced = slice < batch && head > 0
    let shape = architecture.input
    // One copy for all members.
    let input = try device.makeActivation(
      members: 1, shape: [isSliced ? slice : batch, shape.channels, shape.rows, shape.columns],
      elementType: .float32, lifetime: .persistent)
    let kept: ForwardPass.Kept = features.isEmpty ? .outputs : .features
    if isSliced {
      let flat = try device.makeTensor(
        members: capacity, shape: [batch, architecture.inputShape(ofLayer: head)[0]])
      slices = (try segment(0..<head, input, .features), flat)
      self.segment = try segment(head..<layers.upperBound, flat, kept)
    } else {
      slices = nil
      self.segment = try segment(layers, input, kept)
    }
    (self.parameters, self.input) = (parameters, input)
  }

  /// The memory of `device` that `capacity` networks need; nothing is allocated.
  /// - Throws: `DeviceError` for operations that the device does not have.
  public static func memoryUse(
    architecture: Architecture, capacity: Int, batch: Int = Evaluator.batch,
    features: [Int] = [], device: any Device
  ) throws -> MemoryUse {
    try device.memoryUse {
      try Evaluator(
        architecture: architecture, capacity: capacity, batch: batch, features: features,
        device: $0)
    }
  }

  /// Replaces the networks on the device by at most `capacity` others.
  /// - Throws: `DeviceError`.
  public func replace(with networks: [StateDictionary]) throws {
    members = networks.count
    try parameters.write(networks, device: device)
  }

  /// Runs inference.
  /// - Parameters:
  ///   - images: values in [0, 1], dense `[image, channel, row, column]`.
  ///   - normalization: normalization of the images.
  ///   - readsFeatures: whether the inputs of the requested layers are among the outputs.
  /// - Throws: `DeviceError`.
  public func outputs(
    of images: [Float], normalization: Normalization, readsFeatures: Bool = true
  ) throws -> Outputs {
    var values = images
    normalization.apply(to: &values, pixels: architecture.input.rows * architecture.input.columns)
    return try outputs(ofNormalized: values, readsFeatures: readsFeatures)
  }

  /// Runs inference on normalized images.
  /// - Parameter images: dense `[image, channel, row, column]`.
  /// - Throws: `DeviceError`.
  func outputs(ofNormalized images: [Float], readsFeatures: Bool = true) throws -> Outputs {
    let features = readsFeatures ? features : []
    let size = architecture.input.count
    precondition(images.count % size == 0)
    let count = images.count / size
    let (units, classes) = (architecture.sheet.units, architecture.classes)
    var outputs = Outputs(
      images: count, units: units, classes: classes,
      logits: Array(repeating: [], count: members), sheet: Array(repeating: [], count: members),
      features: [:])
    for layer in features {
      outputs.features[layer] = Array(repeating: [], count: members)
    }
    for member in 0..<members {
      outputs.logits[member].reserveCapacity(count * classes)
      outputs.sheet[member].reserveCapacity(count * units)
    }
    // Positions beyond the last image keep values of an earlier batch; their outputs are not read.
    var values = [Float](repeating: 0, count: input.count)
    var flat = [Float](
      repeating: 0, count: slices.map { $0.features.members * $0.features.count } ?? 0)
    for first in stride(from: 0, to: count, by: batch) {
      let used = min(batch, count - first)
      if let slices {
        for start in stride(from: 0, to: used, by: input.shape[0]) {
          let sliced = min(input.shape[0], used - start)
          try put(images, (first + start) * size, sliced * size, by: &values)
          try device.run(slices.segment.operations)
          let read = try device.read(slices.segment.output, as: Float.self)
          let width = slices.features.shape[1]
          for member in 0..<members {
            let row = member * slices.segment.output.count
            flat.replaceSubrange(
              (member * batch + start) * width..<(member * batch + start + sliced) * width,
              with: read[row..<row + sliced * width])
          }
        }
        try device.write(flat, to: slices.features)
      } else {
        try put(images, first * size, used * size, by: &values)
      }
      try device.run(segment.operations)
      let logits = try device.read(segment.output, as: Float.self)
      let sheet = try device.read(segment.sheet, as: Float.self)
      for member in 0..<members {
        let (row, map) = (member * batch * classes, member * batch * units)
        outputs.logits[member] += logits[row..<row + used * classes]
        outputs.sheet[member] += sheet[map..<map + used * units]
      }
      for layer in features {
        let read = try device.read(segment.input(ofLayer: layer), as: Float.self)
        let width = architecture.inputShape(ofLayer: layer)[0]
        for member in 0..<members {
          let row = member * batch * width
          outputs.features[layer]?[member] += read[row..<row + used * width]
        }
      }
    }
    return outputs
  }

  /// Writes some images to the input tensor.
  /// - Parameters:
  ///   - first: index of the first value in `images`.
  ///   - count: number of values.
  ///   - values: the contents of the input tensor.
  private func put(
    _ images: [Float], _ first: Int, _ count: Int, by values: inout [Float]
  ) throws {
    values.withUnsafeMutableBufferPointer { values in
      images.withUnsafeBufferPointer { images in
        _ = values.update(
          fromContentsOf: UnsafeBufferPointer(rebasing: images[first..<first + count]))
      }
    }
    try device.write(values, to: input)
  }
}
