import Foundation
import TopoCompute
import TopoData
import TopoNetworks

/// Attacks networks of one architecture on a device. All start from the same images; each network
/// has attacked images of its own in the end.
public final class Attacker {
  /// The outputs of the networks for clean images.
  public struct CleanOutputs: Sendable {
    /// By member: dense `[image, class]`.
    public let logits: [[Float]]
    /// By member: the Euclidean norm of the gradient of each image's cross-entropy with respect to
    /// its pixels.
    public let gradientNorms: [[Double]]
  }

  /// The architecture of the networks.
  public let architecture: Architecture
  /// Number of networks on the device.
  public private(set) var members: Int
  /// Number of images on the device.
  public private(set) var count = 0
  private let device: any Device
  private let batch: Int
  private let normalization: Normalization
  private let parameters: ParameterArena
  private let tensors: Tensors
  private let program: InputGradientProgram
  private let steps: [AttackNorm: Steps]
  /// Whether the gradient on the device is that of the clean images.
  private var holdsCleanGradient = false
  private var values: [Float] = []

  private struct Tensors {
    var clean: Tensor
    var start: Tensor
    var targets: Tensor
    var stepAndRadius: Tensor
    var images: Tensor
    var input: Tensor
  }

  /// The operations that move images.
  private struct Steps {
    /// Moves the images to the start.
    var begin: any TopoCompute.Operation
    /// A step from the clean images.
    var single: any TopoCompute.Operation
    /// A step from the current images.
    var next: any TopoCompute.Operation
  }

  /// Default number of images that are attacked together.
  public static let batch = 128

  /// Allocates memory for `capacity` networks and a batch of images; `replace` and `place` fill it.
  /// - Throws: `DeviceError`.
  public init(
    architecture: Architecture, capacity: Int, normalization: Normalization,
    batch: Int = Attacker.batch, device: any Device
  ) throws {
    precondition(batch > 0 && capacity > 0)
    precondition(normalization.mean.count == architecture.input.channels)
    (self.architecture, self.batch, self.device) = (architecture, batch, device)
    self.normalization = normalization
    members = 0
    let parameters = try ParameterArena(
      architecture: architecture, members: capacity, device: device)
    let tensors = try Self.makeTensors(architecture, capacity, batch, device)
    program = try device.sharingStepMemory {
      try InputGradientProgram(
        parameters: parameters, input: tensors.input, targets: tensors.targets, device: device)
    }
    let gradient = program.inputGradient
    steps = try Dictionary(
      uniqueKeysWithValues: AttackNorm.allCases.map { norm in
        func step(from: Tensor, _ gradient: Tensor?) throws -> any TopoCompute.Operation {
          try device.attackStep(
            norm, clean: tensors.clean, from: from, gradient: gradient,
            stepAndRadius: tensors.stepAndRadius, mean: normalization.mean,
            standardDeviation: normalization.standardDeviation, images: tensors.images,
            input: tensors.input
          )
        }
        return (
          norm,
          Steps(
            begin: try step(from: tensors.start, nil),
            single: try step(from: tensors.clean, gradient),
            next: try step(from: tensors.images, gradient))
        )
      })
    (self.parameters, self.tensors) = (parameters, tensors)
  }

  private static func makeTensors(
    _ architecture: Architecture, _ members: Int, _ batch: Int, _ device: any Device
  ) throws -> Tensors {
    let shape = architecture.input
    func images(_ members: Int) throws -> Tensor {
      try device.makeActivation(
        members: members, shape: [batch, shape.channels, shape.rows, shape.columns],
        elementType: .float32, lifetime: .persistent)
    }
    return Tensors(
      clean: try images(1), start: try images(1),
      targets: try device.makeTensor(
        members: 1, shape: [batch], elementType: .int32, lifetime: .persistent),
      stepAndRadius: try device.makeTensor(members: 1, shape: [2]), images: try images(members),
      input: try images(members))
  }

  /// The memory of `device` that `capacity` networks need; nothing is allocated.
  /// - Throws: `DeviceError` for operations that the device does not have.
  public static func memoryUse(
    architecture: Architecture, capacity: Int, normalization: Normalization,
    batch: Int = Attacker.batch, device: any Device
  ) throws -> MemoryUse {
    try device.memoryUse {
      try Attacker(
        architecture: architecture, capacity: capacity, normalization: normalization,
        batch: batch, device: $0)
    }
  }

  /// Replaces the networks on the device by at most `capacity` others.
  /// - Throws: `DeviceError`.
  public func replace(with networks: [StateDictionary]) throws {
    members = networks.count
    holdsCleanGradient = false
    try parameters.write(networks, device: device)
  }

  /// Replaces the images on the device by at most a batch of others.
  /// - Parameters:
  ///   - images: values in [0, 1], dense `[image, channel, row, column]`.
  ///   - labels: correct classes.
  /// - Throws: `DeviceError`.
  public func place(_ images: ArraySlice<Float>, labels: ArraySlice<Int32>) throws {
    precondition((1...batch).contains(labels.count))
    precondition(images.count == labels.count * architecture.input.count)
    count = labels.count
    holdsCleanGradient = false
    let missing = batch - count
    values = images + [Float](repeating: 0, count: missing * architecture.input.count)
    try device.write(values, to: tensors.clean)
    try device.write(labels + [Int32](repeating: -1, count: missing), to: tensors.targets)
  }

  /// Runs the networks on the clean images, forward and backward.
  /// - Throws: `DeviceError`.
  public func cleanOutputs() throws -> CleanOutputs {
    try findCleanGradient()
    let logits = try logits()
    let gradients = try device.read(program.inputGradient, as: Float.self)
    let (size, area) = (
      architecture.input.count, architecture.input.rows * architecture.input.columns
    )
    // The program computes the gradient of the mean loss of the batch with respect to normalized
    // values; the scales make it that of an image's loss with respect to its pixels.
    let scales = normalization.standardDeviation.map { Double(batch) / Double($0) }
    let norms = (0..<members).map { member in
      (0..<count).map { image in
        let first = (member * batch + image) * size
        var sum = 0.0
        for index in 0..<size {
          let slope = Double(gradients[first + index]) * scales[index / area]
          sum += slope * slope
        }
        return sum.squareRoot()
      }
    }
    return CleanOutputs(logits: logits, gradientNorms: norms)
  }

  /// Attacks the images and runs the networks on the result.
  /// - Parameters:
  ///   - attack: the attack.
  ///   - epsilon: the largest distance from the clean images.
  ///   - first: index of the first image in its set, which random starts depend on.
  ///   - seed: seed of random starts.
  ///   - progress: called after each step.
  /// - Returns: logits by member, dense `[image, class]`.
  /// - Throws: `DeviceError`.
  public func logits(
    under attack: Attack, epsilon: Double, first: Int, seed: UInt64, progress: () -> Void = {}
  ) throws -> [[Float]] {
    guard let steps = steps[attack.norm] else { preconditionFailure("the norm has no steps") }
    if attack.isSingleStep {
      try findCleanGradient()
      try write(size: attack.stepShare * Float(epsilon), radius: epsilon)
      try device.run([steps.single])
      progress()
    } else {
      holdsCleanGradient = false
      try write(size: attack.stepShare * Float(epsilon), radius: epsilon)
      try writeStart(attack, epsilon: epsilon, first: first, seed: seed)
      try device.run([steps.begin])
      for _ in 0..<attack.steps {
        try device.run(program.operations + [steps.next])
        progress()
      }
    }
    try device.run(program.forward.operations)
    return try logits()
  }

  /// The images of the last inference by member, before normalization: dense
  /// `[image, channel, row, column]`.
  /// - Throws: `DeviceError`.
  public func images() throws -> [[Float]] { try rows(tensors.images) }

  private func findCleanGradient() throws {
    if holdsCleanGradient { return }
    try write(size: 0, radius: 0)
    try device.write(values, to: tensors.start)
    guard let begin = steps[.linf]?.begin else { return }
    try device.run([begin] + program.operations)
    holdsCleanGradient = true
  }

  private func write(size: Float, radius: Double) throws {
    try device.write([size, Float(radius)], to: tensors.stepAndRadius)
  }

  private func writeStart(_ attack: Attack, epsilon: Double, first: Int, seed: UInt64) throws {
    var start = values
    if attack.randomStart {
      let randomStart = AttackStart(attack.norm, epsilon: epsilon, seed: seed)
      let size = architecture.input.count
      for image in 0..<count {
        randomStart.add(to: &start[image * size..<(image + 1) * size], image: first + image)
      }
    }
    try device.write(start, to: tensors.start)
  }

  private func logits() throws -> [[Float]] { try rows(program.forward.output) }

  /// The rows of a tensor that belong to images, by member; those beyond the last image are left
  /// out.
  private func rows(_ tensor: Tensor) throws -> [[Float]] {
    let all = try device.read(tensor, as: Float.self)
    let (stride, used) = (tensor.count, tensor.count / batch * count)
    return (0..<members).map { Array(all[$0 * stride..<$0 * stride + used]) }
  }
}
