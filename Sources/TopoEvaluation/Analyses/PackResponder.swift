import TopoAnalysis
import TopoCompute
import TopoData
import TopoFoundation

/// The responses of a pack of networks to images that analyses show them. All networks are shown
/// the same images, so that inference runs once for the pack.
final class PackResponder {
  private let context: EvaluationContext
  private let normalization: Normalization
  private let infer: ([Float]) throws -> [Activations]
  private let mapSensitivity: ([Float]) throws -> [SensitivityMaps]
  private let period: Int
  /// Responses to images that were shown, by their number and checksum.
  private var known: [Key: [Activations]] = [:]
  /// Sensitivity to images, likewise.
  private var knownMaps: [Key: [SensitivityMaps]] = [:]

  private struct Key: Hashable {
    var count: Int
    var checksum: UInt32

    init(_ images: [Float]) {
      var checksum = Checksum()
      images.withUnsafeBytes { checksum.add($0) }
      (count, self.checksum) = (images.count, checksum.value)
    }
  }

  /// A responder for the networks of a pack.
  /// - Parameters:
  ///   - normalization: that of the networks.
  ///   - period: the product of strides in front of their sheet.
  ///   - infer: the responses of each network to images in [0, 1].
  ///   - sensitivity: the sensitivity of each network to pixels of such images.
  init(
    _ context: EvaluationContext, normalization: Normalization, period: Int,
    infer: @escaping ([Float]) throws -> [Activations],
    sensitivity: @escaping ([Float]) throws -> [SensitivityMaps]
  ) {
    (self.context, self.normalization, self.period) = (context, normalization, period)
    (self.infer, mapSensitivity) = (infer, sensitivity)
  }

  /// One network of the pack.
  /// - Parameter member: its number in the pack.
  func network(_ member: Int) -> any ImageResponder { Network(pack: self, member: member) }

  private func responses(to images: [Float], of member: Int) throws -> Activations {
    let key = Key(images)
    if let found = known[key] { return found[member] }
    let fresh = try infer(images)
    known[key] = fresh
    return fresh[member]
  }

  private func sensitivity(to images: [Float], of member: Int) throws -> SensitivityMaps {
    let key = Key(images)
    if let found = knownMaps[key] { return found[member] }
    let fresh = try mapSensitivity(images)
    knownMaps[key] = fresh
    return fresh[member]
  }

  private struct Network: ImageResponder {
    let pack: PackResponder
    let member: Int

    var shape: ImageShape { pack.context.images.shape }
    var meanColor: [Float] { pack.normalization.mean.map { min(max($0, 0), 1) } }

    func images(first count: Int) -> [Float] {
      let images = pack.context.images
      return images.images.prefix(count * images.shape.count).map {
        ImageSet.unitValues[Int($0)]
      }
    }

    func responses(to images: [Float]) throws -> Activations {
      try pack.responses(to: images, of: member)
    }

    func sensitivity(to images: [Float]) throws -> SensitivityMaps {
      try pack.sensitivity(to: images, of: member)
    }

    var period: Int { pack.period }
  }
}
