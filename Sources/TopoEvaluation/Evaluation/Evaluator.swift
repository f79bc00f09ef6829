import TopoCompute
import TopoData
import TopoNetworks

/// Networks of one architecture on a device, ready to be shown images: every member sees the same
/// ones.
public final class Evaluator {
  /// What the networks answered.
  public struct Outputs: Sendable {
    /// Number of images.
    public let images: Int
    /// Number of units of the sheet.
    public let units: Int
    /// Number of classes.
    public let classes: Int
    /// By member: dense `[image, class]`.
    public fileprivate(set) var logits: [[Float]]
    /// By member: the sheet before ReLU, dense `[image, unit]`.
    public fileprivate(set) var sheet: [[Float]]
    /// What layers that were asked for read, by layer and member: dense `[image, feature]`.
    public fileprivate(set) var features: [Int: [[Float]]]
  }

  /// The networks' architecture.
  public let architecture: Architecture
  private let device: any Device
  /// Number of networks.
  public private(set) var members: Int
  private let batch: Int
  private let input: Tensor
  private let parameters: ParameterArena
  private let program: InferenceProgram
  /// Layers whose inputs are answered too.
  private let features: [Int]

  /// Puts networks, all of one architecture, on a device.
  /// - Parameter batch: images that are shown at a time; by default what suits the device.
  /// - Throws: `DeviceError`.
  public convenience init(
    networks: [StateDictionary], batch: Int? = nil, device: any Device
  ) throws {
    precondition(!networks.isEmpty)
    try self.init(
      architecture: networks[0].architecture, capacity: networks.count, batch: batch,
      device: device)
    try replace(with: networks)
  }

  /// Images that are shown at a time, where memory is far from what computes.
  public static let batch = 256

  /// Images that are shown at a time on a device: on the processor few, so that what one layer
  /// writes is in the cache when the next one reads it. The answers are the same bits.
  public static func batch(on device: any Device) -> Int {
    device.information.kind == .cpu ? 32 : batch
  }

  /// Makes room for `capacity` networks; `replace` puts them there.
  /// - Parameter features: indices of layers after the global average pool whose inputs are
  ///   answered too.
  /// - Throws: `DeviceError`.
  public init(
    architecture: Architecture, capacity: Int, batch: Int? = nil,
    features: [Int] = [], device: any Device
  ) throws {
    let batch = batch ?? Evaluator.batch(on: device)
    precondition(batch > 0)
    precondition(features.allSatisfy { architecture.inputShape(ofLayer: $0).count == 1 })
    self.features = features
    self.architecture = architecture
    self.batch = batch
    self.device = device
    members = 0
    let shape = architecture.input
    let parameters = try ParameterArena(
      architecture: architecture, members: capacity, device: device)
    // One copy for all members.
    let input = try device.makeActivation(
      members: 1, shape: [batch, shape.channels, shape.rows, shape.columns],
      elementType: .float32, lifetime: .persistent)
    program = try device.sharingStepMemory {
      try InferenceProgram(
        parameters: parameters, input: input, keepsFeatures: !features.isEmpty, device: device)
    }
    (self.parameters, self.input) = (parameters, input)
  }

  /// The memory of `device` that `capacity` networks take, without taking any.
  /// - Throws: `DeviceError` for operations that the device does not have.
  public static func memoryUse(
    architecture: Architecture, capacity: Int, batch: Int? = nil,
    features: [Int] = [], device: any Device
  ) throws -> MemoryUse {
    let counting = try device.measuring()
    let evaluator = try Evaluator(
      architecture: architecture, capacity: capacity, batch: batch, features: features,
      device: counting)
    return withExtendedLifetime(evaluator) { counting.memoryUse }
  }

  /// Puts networks in place of those on the device, at most as many as there is room for.
  /// - Throws: `DeviceError`.
  public func replace(with networks: [StateDictionary]) throws {
    precondition((1...parameters.members).contains(networks.count))
    precondition(networks.allSatisfy { $0.architecture == architecture })
    members = networks.count
    // Nobody reads what the others answer.
    let others = Array(repeating: networks[0], count: parameters.members - networks.count)
    try parameters.write(networks + others, device: device)
  }

  /// Shows images.
  /// - Parameters:
  ///   - images: values in [0, 1], dense `[image, channel, row, column]`.
  ///   - normalization: what is done to them first.
  /// - Throws: `DeviceError`.
  public func outputs(of images: [Float], normalization: Normalization) throws -> Outputs {
    var values = images
    normalization.apply(to: &values, pixels: architecture.input.rows * architecture.input.columns)
    return try outputs(ofNormalized: values)
  }

  /// Shows images that are normalised already.
  /// - Parameter images: dense `[image, channel, row, column]`.
  /// - Throws: `DeviceError`.
  func outputs(ofNormalized images: [Float]) throws -> Outputs {
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
    // Places beyond the last image keep what an earlier batch left there: nobody reads the answers.
    var values = [Float](repeating: 0, count: batch * size)
    for first in stride(from: 0, to: count, by: batch) {
      let shown = min(batch, count - first)
      values.withUnsafeMutableBufferPointer { values in
        images.withUnsafeBufferPointer { images in
          _ = values.update(
            fromContentsOf: UnsafeBufferPointer(
              rebasing: images[first * size..<(first + shown) * size]))
        }
      }
      try device.write(values, to: input)
      try device.run(program.operations)
      let logits = try device.read(program.logits, as: Float.self)
      let sheet = try device.read(program.sheet, as: Float.self)
      for member in 0..<members {
        let (row, map) = (member * batch * classes, member * batch * units)
        outputs.logits[member] += logits[row..<row + shown * classes]
        outputs.sheet[member] += sheet[map..<map + shown * units]
      }
      for layer in features {
        let read = try device.read(program.input(ofLayer: layer), as: Float.self)
        let width = architecture.inputShape(ofLayer: layer)[0]
        for member in 0..<members {
          let row = member * batch * width
          outputs.features[layer]?[member] += read[row..<row + shown * width]
        }
      }
    }
    return outputs
  }
}
