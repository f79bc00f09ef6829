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
  /// Responses to images that were shown, by their number and checksum.
  private var known: [Key: [Activations]] = [:]

  private struct Key: Hashable {
    var count: Int
    var checksum: UInt32
  }

  /// A responder for the networks of a pack.
  /// - Parameters:
  ///   - normalization: that of the networks.
  ///   - infer: the responses of each network to images in [0, 1].
  init(
    _ context: EvaluationContext, normalization: Normalization,
    infer: @escaping ([Float]) throws -> [Activations]
  ) {
    (self.context, self.normalization, self.infer) = (context, normalization, infer)
  }

  /// One network of the pack.
  /// - Parameter member: its number in the pack.
  func network(_ member: Int) -> any ImageResponder { Network(pack: self, member: member) }

  private func responses(to images: [Float], of member: Int) throws -> Activations {
    var checksum = Checksum()
    images.withUnsafeBytes { checksum.add($0) }
    let key = Key(count: images.count, checksum: checksum.value)
    if let found = known[key] { return found[member] }
    let fresh = try infer(images)
    known[key] = fresh
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
  }
}
