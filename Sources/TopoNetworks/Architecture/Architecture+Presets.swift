import TopoCompute
import TopoFoundation
import TopoSheets

/// The two networks of Truong and Hasson, arXiv 2508.00043. Both also take images of other sizes
/// and channels, since the layers after the global average pool do not depend on them.
extension Architecture {
  /// The names of the preset architectures.
  public static let presets = ["mnist", "cifar10"]

  /// The architecture with a preset's name.
  /// - Throws: `UserError` if the name is unknown or `input` is too small.
  public static func preset(
    _ name: String, input: ImageShape, sheet: Sheet = Sheet(rows: 11, columns: 11), classes: Int
  ) throws -> Architecture {
    switch name {
    case "mnist": try mnist(input: input, sheet: sheet, classes: classes)
    case "cifar10": try cifar10(input: input, sheet: sheet, classes: classes)
    default:
      throw UserError(
        architecture: name, "is not known; choose one of \(presets.joined(separator: ", "))")
    }
  }

  /// Two blocks of convolution (32, 64), ReLU and pooling; global average pool; sheet, ReLU,
  /// dropout; linear.
  /// - Throws: `UserError` if `input` is too small (below 4 x 4).
  public static func mnist(
    input: ImageShape = ImageShape(channels: 1, rows: 28, columns: 28),
    sheet: Sheet = Sheet(rows: 11, columns: 11), classes: Int = 10
  ) throws -> Architecture {
    try mnist(input: input, widths: [32, 64], sheet: sheet, classes: classes)
  }

  /// Four blocks of convolution (32, 64, 128, 256), batch normalization and ReLU, the first three
  /// pooled; global average pool; sheet, ReLU, dropout; linear.
  /// - Throws: `UserError` if `input` is too small (below 8 x 8).
  public static func cifar10(
    input: ImageShape = ImageShape(channels: 3, rows: 32, columns: 32),
    sheet: Sheet = Sheet(rows: 11, columns: 11), classes: Int = 10
  ) throws -> Architecture {
    try cifar10(input: input, widths: [32, 64, 128, 256], sheet: sheet, classes: classes)
  }

  static func mnist(
    input: ImageShape, widths: [Int], sheet: Sheet, classes: Int
  ) throws -> Architecture {
    let blocks = widths.enumerated().flatMap { index, width in
      [
        Layer.convolution(name: "conv\(index + 1)", outputs: width, window: Window(3, padding: 1)),
        .relu, .maxPooling(Window(2, stride: 2)),
      ]
    }
    return try Architecture(
      name: "mnist", input: input, layers: blocks + head(sheet: sheet, classes: classes))
  }

  static func cifar10(
    input: ImageShape, widths: [Int], sheet: Sheet, classes: Int
  ) throws -> Architecture {
    let blocks = widths.enumerated().flatMap { index, width in
      let block: [Layer] = [
        .convolution(name: "conv\(index + 1)", outputs: width, window: Window(3, padding: 1)),
        .batchNormalization(name: "bn\(index + 1)"), .relu,
      ]
      return index < widths.count - 1 ? block + [.maxPooling(Window(2, stride: 2))] : block
    }
    return try Architecture(
      name: "cifar10", input: input, layers: blocks + head(sheet: sheet, classes: classes))
  }

  private static func head(sheet: Sheet, classes: Int) -> [Layer] {
    [
      .globalAveragePooling, .sheet(name: "fc1", sheet), .relu, .dropout(rate: 0.5),
      .linear(name: "fc2", outputs: classes),
    ]
  }
}
