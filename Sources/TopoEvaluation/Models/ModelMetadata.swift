import Foundation
import TopoData
import TopoFoundation
import TopoSheets

/// The metadata of a saved model besides its architecture: how it was trained, and the
/// normalization of its images.
public struct ModelMetadata: Sendable, Hashable {
  /// The condition of the member.
  public var penalty: Penalty?
  /// Seed of the member.
  public var seed: UInt64?
  /// Name of the data set that it was trained on.
  public var data: String?
  /// CRC-32 of all training images and labels of the data set; it distinguishes data sets of one
  /// name.
  public var dataChecksum: UInt32?
  /// Number of epochs of the training.
  public var epochs: Int?
  /// Normalization of the images in its training.
  public var normalization: Normalization?
  /// Names of the classes, in the order of the logits.
  public var classNames: [String]?
  /// Version of the program that wrote the file.
  public var version: String?
  /// The devices that trained the model, if there were several whose results differ in bits.
  public var devices: String?

  static let conditionKey = "toposheet.condition"
  static let seedKey = "toposheet.seed"
  static let dataKey = "toposheet.data"
  static let dataChecksumKey = "toposheet.data-checksum"
  static let epochsKey = "toposheet.epochs"
  static let normalizationKey = "toposheet.normalization"
  static let classNamesKey = "toposheet.classes"
  static let versionKey = "toposheet.version"
  static let devicesKey = "toposheet.devices"

  /// The metadata of a member of a population.
  public init(
    penalty: Penalty, seed: UInt64, data: String, dataChecksum: UInt32? = nil, epochs: Int,
    normalization: Normalization, classNames: [String], version: String
  ) {
    self.penalty = penalty
    self.seed = seed
    self.data = data
    self.dataChecksum = dataChecksum
    self.epochs = epochs
    self.normalization = normalization
    self.classNames = classNames
    self.version = version
  }

  /// Reads the metadata of a safetensors file. What the file does not have is nil.
  /// - Throws: `UserError` if an entry cannot be understood.
  public init(_ texts: [String: String], of url: URL) throws {
    func decode<Value: Decodable>(_ key: String, _: Value.Type) throws -> Value? {
      guard let text = texts[key] else { return nil }
      do {
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
      } catch {
        throw UserError(
          url,
          "has metadata \(key) that cannot be understood; was it written by a newer version?")
      }
    }
    penalty = try decode(Self.conditionKey, Penalty.self)
    seed = texts[Self.seedKey].flatMap(UInt64.init)
    data = texts[Self.dataKey]
    dataChecksum = texts[Self.dataChecksumKey].flatMap { UInt32($0, radix: 16) }
    epochs = texts[Self.epochsKey].flatMap(Int.init)
    normalization = try decode(Self.normalizationKey, Normalization.self)
    classNames = try decode(Self.classNamesKey, [String].self)
    version = texts[Self.versionKey]
    devices = texts[Self.devicesKey]
    if let normalization, !normalization.isPossible {
      throw UserError(
        url,
        "has metadata \(Self.normalizationKey) with a standard deviation that is not above 0, or "
          + "with another number of means; remove the metadata")
    }
  }

  /// The entries of a safetensors file.
  public var texts: [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: (some Encodable)?) -> String? {
      value.flatMap { try? encoder.encode($0) }.map { String(decoding: $0, as: UTF8.self) }
    }
    return [
      Self.conditionKey: json(penalty), Self.seedKey: seed.map { "\($0)" }, Self.dataKey: data,
      Self.dataChecksumKey: dataChecksum.map { String($0, radix: 16) },
      Self.epochsKey: epochs.map { "\($0)" }, Self.normalizationKey: json(normalization),
      Self.classNamesKey: json(classNames), Self.versionKey: version,
      Self.devicesKey: devices,
    ].compactMapValues { $0 }
  }
}
