import Foundation
import TopoCompute
import TopoData
import TopoNetworks

/// Networks of one architecture on a device, ready to have images turned against them: all begin
/// with the same images, and each ends with its own.
public final class Attacker {
  /// What the networks answer to images as they are.
  public struct CleanAnswers: Sendable {
    /// By member: dense `[image, class]`.
    public let logits: [[Float]]
    /// By member: the Euclidean norm of the gradient of each image's cross-entropy with respect to
    /// its pixels.
    public let gradientNorms: [[Double]]
  }

  /// The networks' architecture.
  public let architecture: Architecture
  /// Number of networks.
  public private(set) var members: Int
  /// Number of images in place.
  public private(set) var count = 0
  private let device: any Device
  private let batch: Int
  private let normalization: Normalization
  private let parameters: ParameterArena
  private let tensors: Tensors
  private let program: InputGradientProgram
  private let steps: [AttackNorm: Steps]
  /// Whether the gradient on the device is that of the images as they are.
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

  /// The ways to move images.
  private struct Steps {
    /// To the start.
    var begin: any TopoCompute.Operation
    /// From the images as they are.
    var single: any TopoCompute.Operation
    /// From where the images are.
    var next: any TopoCompute.Operation
  }

  /// Images that are attacked at a time.
  public static let batch = 128

  /// Makes room for `capacity` networks; `replace` puts them there.
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

  /// The memory of `device` that `capacity` networks take, without taking any.
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

  /// Puts networks in place of those on the device, at most as many as there is room for.
  /// - Throws: `DeviceError`.
  public func replace(with networks: [StateDictionary]) throws {
    members = networks.count
    holdsCleanGradient = false
    try parameters.write(networks, device: device)
  }

  /// Puts images in place, at most a batch.
  /// - Parameters:
  ///   - images: values in [0, 1], dense `[image, channel, row, column]`.
  ///   - labels: right classes.
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

  /// Shows the images as they are.
  /// - Throws: `DeviceError`.
  public func cleanAnswers() throws -> CleanAnswers {
    try findCleanGradient()
    let answers = try logits()
    let gradients = try device.read(program.inputGradient, as: Float.self)
    let (size, area) = (
      architecture.input.count, architecture.input.rows * architecture.input.columns
    )
    // The program's gradient is that of the batch's mean loss with respect to normalised values.
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
    return CleanAnswers(logits: answers, gradientNorms: norms)
  }

  /// Attacks the images and shows the networks what became of them.
  /// - Parameters:
  ///   - first: number of the first image in its set, which random starts depend on.
  ///   - seed: seed of random starts.
  ///   - progress: called after each step.
  /// - Returns: logits by member, dense `[image, class]`.
  /// - Throws: `DeviceError`.
  public func answers(
    to attack: Attack, epsilon: Double, first: Int, seed: UInt64, progress: () -> Void = {}
  ) throws -> [[Float]] {
    guard let steps = steps[attack.norm] else { preconditionFailure("there is no such norm") }
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

  /// The images of each member as its networks saw them last before normalisation, dense
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
      let place = AttackStart(attack.norm, epsilon: epsilon, seed: seed)
      let size = architecture.input.count
      for image in 0..<count {
        place.add(to: &start[image * size..<(image + 1) * size], image: first + image)
      }
    }
    try device.write(start, to: tensors.start)
  }

  private func logits() throws -> [[Float]] { try rows(program.forward.output) }

  /// The rows of the images in place, by member.
  private func rows(_ tensor: Tensor) throws -> [[Float]] {
    let all = try device.read(tensor, as: Float.self)
    let (stride, used) = (tensor.count, tensor.count / batch * count)
    return (0..<members).map { Array(all[$0 * stride..<$0 * stride + used]) }
  }
}
