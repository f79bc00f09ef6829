import Foundation
import TopoData
import TopoFoundation

/// Perturbed images in a NumPy file, block after block, with a description beside it.
public struct PerturbedImagesFile: Sendable {
  /// All images under one perturbation, severity and draw.
  public struct Block: Sendable {
    /// What perturbs the images.
    public var perturbation: any ImagePerturbation
    /// How much.
    public var severity: Double
    /// From 0.
    public var draw: Int
    /// Seed of the draws.
    public var seed: UInt64
  }

  /// Order of an image's values.
  public enum Layout: String, Sendable, Codable, CaseIterable {
    /// `[row, column, channel]`, as CIFAR-10-C's and MNIST-C's files have it.
    case nhwc
    /// `[channel, row, column]`, as networks take it.
    case nchw
  }

  /// The clean images.
  public let images: ImageSet
  /// Blocks in the order of the file.
  public let blocks: [Block]
  /// Whether values are float32 in [0, 1]; otherwise bytes, `value * 255` rounded.
  public let isFloat: Bool
  /// Order of values.
  public let layout: Layout

  /// Images that are in memory at once.
  private static let portion = 1000

  /// A file to be written: a block for each perturbation, severity and draw, draws fastest.
  public init(images: ImageSet, sweeps: [PerturbationSweep], isFloat: Bool, layout: Layout) {
    self.images = images
    blocks = sweeps.flatMap { sweep in
      sweep.severities.flatMap { severity in
        (0..<sweep.draws).map {
          Block(
            perturbation: sweep.perturbation, severity: severity, draw: $0, seed: sweep.seed)
        }
      }
    }
    self.isFloat = isFloat
    self.layout = layout
  }

  /// Extents of the array.
  public var shape: [Int] {
    let image = images.shape
    return [blocks.count * images.count]
      + (layout == .nhwc
        ? [image.rows, image.columns, image.channels]
        : [image.channels, image.rows, image.columns])
  }

  /// The path of the description of an array: `fog.json` of `fog.npy`.
  public static func description(of path: String) -> String { stem(path) + ".json" }

  /// The path of the labels of an array's images: `fog-labels.npy` of `fog.npy`.
  public static func labels(of path: String) -> String { stem(path) + "-labels.npy" }

  private static func stem(_ path: String) -> String {
    path.hasSuffix(".npy") ? String(path.dropLast(4)) : path
  }

  /// Writes the array, the labels of a block's images (int64), then the description; each whole or
  /// not at all.
  /// - Parameters:
  ///   - provenance: further entries of the description.
  ///   - progress: called with how many blocks are done, and how many there are.
  /// - Throws: `UserError`, or what perturbations throw.
  public func write(
    to url: URL, provenance: [String: String] = [:], progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let size = images.shape.count
    try NPYArray.write(code: isFloat ? "<f4" : "|u1", shape: shape, to: url) { file in
      for (index, block) in blocks.enumerated() {
        progress(index, blocks.count)
        for start in stride(from: 0, to: images.count, by: Self.portion) {
          let range = start..<min(start + Self.portion, images.count)
          let values = try block.perturbation.apply(
            to: images.images, shape: images.shape, range: range, severity: block.severity,
            draw: block.draw, seed: block.seed)
          let ordered =
            layout == .nchw || images.shape.channels == 1 ? values : channelsLast(values)
          precondition(ordered.count == range.count * size, "a value for each of the images'")
          if isFloat {
            try file.append(ordered)
          } else {
            try file.append(ordered.map { UInt8(($0 * 255).rounded()) })
          }
        }
      }
    }
    let labels = URL(filePath: Self.labels(of: url.path))
    try NPYArray(.int64(images.labels.map(Int64.init)), shape: [images.count]).write(to: labels)
    try AtomicFile.write(
      try description(provenance, labels: labels.lastPathComponent),
      to: URL(filePath: Self.description(of: url.path)))
  }

  private func channelsLast(_ values: [Float]) -> [Float] {
    let shape = images.shape
    let pixels = shape.rows * shape.columns
    return [Float](unsafeUninitializedCapacity: values.count) { target, count in
      values.withUnsafeBufferPointer { values in
        for first in stride(from: 0, to: values.count, by: shape.count) {
          for channel in 0..<shape.channels {
            for pixel in 0..<pixels {
              target[first + pixel * shape.channels + channel] =
                values[first + channel * pixels + pixel]
            }
          }
        }
      }
      count = values.count
    }
  }
}

extension PerturbedImagesFile {
  private struct Description: Encodable {
    struct Block: Encodable {
      var perturbation: String
      var severity: Double
      var draw: Int
      var seed: UInt64
      /// Index of its first image in the array.
      var first: Int
      var reference: String
      var summary: String
      /// Files that the images come from or are made with.
      var origin: String?
    }

    var provenance: [String: String]
    var shape: [Int]
    var elements: String
    var layout: Layout
    /// Images of a block.
    var images: Int
    var blocks: [Block]
    /// The file of the classes of a block's images.
    var labels: String
  }

  private func description(_ provenance: [String: String], labels: String) throws -> Data {
    let description = Description(
      provenance: provenance, shape: shape,
      elements: isFloat ? "float32, from 0 to 1" : "uint8, from 0 to 255", layout: layout,
      images: images.count,
      blocks: blocks.enumerated().map { index, block in
        Description.Block(
          perturbation: block.perturbation.label, severity: block.severity, draw: block.draw,
          seed: block.seed, first: index * images.count, reference: block.perturbation.reference,
          summary: block.perturbation.summary, origin: block.perturbation.origin)
      }, labels: labels)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(description)
  }
}
