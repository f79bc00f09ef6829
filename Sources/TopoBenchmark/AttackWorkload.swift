import TopoCompute
import TopoData
import TopoEvaluation
import TopoNetworks

/// An attack on a population by projected gradient descent, with random images.
public final class AttackWorkload {
  private let attacker: Attacker

  /// Prepares the population and a batch of images.
  /// - Throws: `DeviceError`.
  public init(
    _ network: Architecture, members: Int, batch: Int, device: any Device
  ) throws {
    let set = ImageSet(madeUp: batch, for: network)
    attacker = try Attacker(
      architecture: network, capacity: members, normalization: Normalization(of: set),
      batch: batch, device: device)
    try attacker.replace(
      with: (0..<members).map { Initialization.pytorchDefault(network, seed: UInt64($0)) })
    try attacker.place(set.images.map { Float($0) / 255 }[...], labels: set.labels[...])
  }

  /// Runs a number of steps on the images of every member, then reads the logits.
  /// - Throws: `DeviceError`.
  public func run(_ steps: Int) throws {
    var attack = Attack(.pgdLinf)
    attack.steps = steps
    _ = try attacker.logits(under: attack, epsilon: 0.1, first: 0, seed: 0)
  }
}
