import Foundation
import TopoFoundation

/// Reads and writes the JSON of studies. Keys are sorted and lines indented, so that people and
/// version control can read it.
enum StudyJSON {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(value)
  }

  /// A value on one line, for large ones.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: data)
  }

  /// What an error says, as a part of a sentence.
  static func sentence(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "no \(key.stringValue)"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      context.debugDescription
    @unknown default: "\(error)"
    }
  }
}

extension StudyJSON {
  private static let opening = Data("{\n".utf8)
  private static let sealKey = Data("  \"file-checksum\" : \"".utf8)

  private static func seal(_ data: Data) -> Data {
    sealKey + Data(String(Checksum.of(data), radix: 16).utf8) + Data("\",\n".utf8)
  }

  /// An object whose first entry is a checksum of the rest.
  static func encodeSealed(_ value: some Encodable) throws -> Data {
    let data = try encode(value)
    return opening + seal(data) + data.dropFirst(opening.count)
  }

  /// Reads a file that `encodeSealed` made, or one of an earlier version, without a checksum.
  /// - Parameter remedy: what to do if the file is damaged: `restore it`.
  /// - Throws: `UserError` if the file is damaged, or a folder is in its place.
  static func read<Value: Decodable>(
    _ type: Value.Type, from url: URL, remedy: String
  ) throws -> Value {
    guard !FolderPath.isFolder(url) else {
      throw UserError(url, "is a folder, but a file of that name is needed; \(remedy)")
    }
    let data = Data(try FileContents.read(url))
    do {
      if data.starts(with: opening + sealKey), let end = data.dropFirst(2).firstIndex(of: 0x0A) {
        let rest = opening + data[(end + 1)...]
        guard data[opening.count...end] == seal(rest) else {
          // If the file was cut short, the decoder's reason is more specific.
          _ = try decode(type, data)
          throw UserError("\(url.path): is not as it was written; \(remedy)")
        }
      }
      return try decode(type, data)
    } catch let error as DecodingError {
      throw UserError(
        "\(url.path): cannot be understood (\(sentence(error))); \(remedy)")
    }
  }
}

extension Checksum {
  /// The CRC-32 of some bytes.
  static func of(_ bytes: some ContiguousBytes) -> UInt32 {
    var checksum = Checksum()
    bytes.withUnsafeBytes { checksum.add($0) }
    return checksum.value
  }
}
