import Foundation
import TopoCompute
import TopoFoundation
import TopoNetworks

/// The state of a member after an epoch or within one, from which its training continues.
public struct MemberCheckpoint: Sendable {
  /// Epochs done.
  public var epoch: Int
  /// Steps done of the next epoch; 0 between epochs.
  public var step = 0
  /// Within an epoch: its sums so far, that is, of cross-entropies, correct predictions, images and
  /// penalties without lambda. Empty between epochs.
  public var sums: [Float] = []
  /// Parameters and running statistics.
  public var network: StateDictionary
  /// Optimizer state by slot, then by trainable tensor in the order of the architecture.
  public var optimizer: [[[Float]]]
  /// Set if the member has left training.
  public var stopped: StoppedMember?
}

extension MemberCheckpoint {
  private static let epochKey = "toposheet.epoch"
  private static let stepKey = "toposheet.step"
  private static let sumsName = "epoch.sums"
  private static let stoppedKey = "toposheet.stopped"

  private static func optimizerName(_ slot: Int, _ name: String) -> String {
    "optimizer.\(slot).\(name)"
  }

  /// Writes the checkpoint: a safetensors file with the networks' tensors by their usual names and
  /// the optimizer's as `optimizer.<slot>.<name>`; within an epoch also its sums, `epoch.sums`.
  /// - Throws: `UserError`.
  public func save(to url: URL) throws {
    let parameters = network.architecture.parameters
    var tensors = zip(parameters, network.tensors).map { parameter, values in
      SafetensorsWriter.Tensor(
        name: parameter.name, shape: parameter.shape, values: .float32(values))
    }
    for (slot, state) in optimizer.enumerated() {
      for (parameter, values) in zip(parameters.filter(\.isTrainable), state) {
        tensors.append(
          .init(
            name: Self.optimizerName(slot, parameter.name), shape: parameter.shape,
            values: .float32(values)))
      }
    }
    var metadata = [Self.epochKey: "\(epoch)"]
    if step > 0 {
      metadata[Self.stepKey] = "\(step)"
      tensors.append(.init(name: Self.sumsName, shape: [EpochSums.count], values: .float32(sums)))
    }
    if let stopped {
      // In another order of keys, each process would write other bytes.
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      metadata[Self.stoppedKey] = String(decoding: try encoder.encode(stopped), as: UTF8.self)
    }
    try SafetensorsWriter.write(tensors, metadata: metadata, to: url)
  }

  /// Reads a checkpoint of a member of `architecture` whose optimizer has `slots`.
  /// - Throws: `UserError` if it is corrupt or belongs to another network.
  public init(contentsOf url: URL, architecture: Architecture, slots: Int) throws {
    let file = try SafetensorsFile(contentsOf: url)
    let step = file.metadata[Self.stepKey].flatMap(Int.init) ?? 0
    guard let epoch = file.metadata[Self.epochKey].flatMap(Int.init), epoch >= 0, step >= 0,
      epoch > 0 || step > 0
    else {
      throw UserError(url, "is no checkpoint; train again in another folder")
    }
    func values(_ name: String, _ shape: [Int]) throws -> [Float] {
      guard let entry = file.entries.first(where: { $0.name == name }), entry.shape == shape,
        let values = file.floats(entry)
      else {
        throw UserError(
          url,
          "has no \(name) of shape \(shape); it is another network's, train again in another "
            + "folder")
      }
      return values
    }
    let parameters = architecture.parameters
    (self.epoch, self.step) = (epoch, step)
    sums = step > 0 ? try values(Self.sumsName, [EpochSums.count]) : []
    network = StateDictionary(
      architecture: architecture, tensors: try parameters.map { try values($0.name, $0.shape) })
    optimizer = try (0..<slots).map { slot in
      try parameters.filter(\.isTrainable).map {
        try values(Self.optimizerName(slot, $0.name), $0.shape)
      }
    }
    stopped = try file.metadata[Self.stoppedKey].map { text in
      guard let member = try? JSONDecoder().decode(StoppedMember.self, from: Data(text.utf8)) else {
        throw UserError(
          url,
          "has metadata \(Self.stoppedKey) that cannot be understood; train again elsewhere")
      }
      return member
    }
  }
}
