import TopoFoundation

/// The images that values were measured on. Values of one measure on different images are never in
/// one mean.
struct EvaluatedImages: Sendable, Hashable {
  /// `test`, `validation`; nil if it is not recorded.
  var split: String?
  /// How many; nil if it is not recorded.
  var count: Int?
  /// CRC-32 of images and labels; nil if it is not recorded.
  var checksum: UInt64?
  /// The constants that normalized them.
  var normalization: String?

  /// Nothing is known about them.
  static let unknown = EvaluatedImages()

  /// Whether these may be the same images as others: a checksum that is not recorded fits any.
  func fits(_ other: EvaluatedImages) -> Bool {
    guard (self == .unknown) == (other == .unknown) else { return false }
    return split == other.split && count == other.count && normalization == other.normalization
      && (checksum == nil || other.checksum == nil || checksum == other.checksum)
  }

  /// The first so many of these.
  func first(_ number: Int?) -> EvaluatedImages {
    guard let number, number != count else { return self }
    var images = self
    images.count = number
    return images
  }

  /// `500 test images`
  var text: String {
    guard let count else { return "images that are not recorded" }
    return count.counted(split.map { "\($0) image" } ?? "image")
  }

  /// The texts of several, which differ.
  static func texts(_ all: [EvaluatedImages]) -> [String] {
    let plain = all.map(\.text)
    let sums = zip(all, plain).map { images, text in
      plain.count { $0 == text } == 1
        ? text : text + (images.checksum.map { " (CRC-32 \(String($0, radix: 16)))" } ?? "")
    }
    return zip(all, sums).map { images, text in
      sums.count { $0 == text } == 1
        ? text : text + (images.normalization.map { ", normalized by \($0)" } ?? "")
    }
  }
}

/// Rows of results about some images.
struct ImageGroup<Rows: Sendable>: Sendable {
  var images: EvaluatedImages
  var rows: Rows

  /// Which of several groups counts: that of the most networks, then of the most images, then the
  /// first.
  /// - Parameter networks: how many networks each has; a group without any never counts.
  static func chosen(_ groups: [ImageGroup], networks: (Rows) -> Int) -> Int? {
    var best: (index: Int, networks: Int, images: Int)?
    for (index, group) in groups.enumerated() {
      let (count, images) = (networks(group.rows), group.images.count ?? 0)
      guard count > 0 else { continue }
      if let known = best, (known.networks, known.images) >= (count, images) { continue }
      best = (index, count, images)
    }
    return best?.index
  }
}
