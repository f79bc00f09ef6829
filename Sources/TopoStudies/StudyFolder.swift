import Foundation
import TopoCompute
import TopoTraining

/// The folder of one study: who may write to it, and what it is a study of.
///
/// `study.json` says what is trained, on what, by what; `progress.json` how far it is. Both appear
/// whole or not at all.
public final class StudyFolder: Sendable {
  /// The folder.
  public var url: URL { run.url }
  private let run: RunFolder<Description>

  /// What makes two runs the same study. A member's bits follow from this and the kind of device.
  public struct Identity: Sendable, Hashable, Codable {
    /// Training protocol.
    public var configuration: TrainingConfiguration
    /// Networks, in order.
    public var members: [Member]
    /// Images of the training files in use, and a checksum of them and their labels.
    public var images: Int
    /// CRC-32 of images and labels.
    public var checksum: UInt32

    /// A study of `members` on images with a checksum.
    public init(
      configuration: TrainingConfiguration, members: [Member], images: Int, checksum: UInt32
    ) {
      self.configuration = configuration
      self.members = members
      self.images = images
      self.checksum = checksum
    }
  }

  /// Takes possession of a folder, making it where there is none.
  /// - Parameters:
  ///   - identity: the study to run in it.
  ///   - resume: whether to go on with a study that the folder holds.
  /// - Throws: `StudyError` when the folder cannot be written to, holds another study or, without
  ///   `resume`, this one; or when another process is at work in it.
  public init(
    _ url: URL, identity: Identity, device: DeviceInformation, resume: Bool
  ) throws {
    run = try RunFolder(
      url, Description(identity: identity, device: device, version: toposheetVersion),
      resume: resume)
  }

  /// Lets others have the folder, though somebody may still hold this value.
  func giveUp() { run.giveUp() }

  /// The folder of a member.
  public func folder(_ member: Member) -> URL { url.appending(path: member.path) }
  /// Where a member's finished network is.
  public func model(_ member: Member) -> URL {
    folder(member).appending(path: "model.safetensors")
  }
  func checkpoint(_ member: Member, epoch: Int) -> URL {
    folder(member).appending(path: "checkpoint-\(epoch).safetensors")
  }

  /// Removes a member's checkpoints of other epochs than `kept`, also those and the half files
  /// that a process left which was killed before it could.
  func removeCheckpoints(_ member: Member, but kept: Int?) throws {
    let keep = kept.map { checkpoint(member, epoch: $0).lastPathComponent }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder(member).path)
    where name != keep && (name.hasPrefix("checkpoint-") || name.hasSuffix(".partial")) {
      try FileManager.default.removeItem(at: folder(member).appending(path: name))
    }
  }
}

extension StudyFolder {
  /// What `study.json` holds.
  struct Description: RunDescription {
    static let marker = "study.json"
    static let what = "study"

    var identity: Identity
    var device: DeviceInformation
    var version: String

    static func difference(_ found: Identity, _ wanted: Identity) -> String {
      if found.members != wanted.members {
        let labels = { (members: [Member]) in
          let names = members.map(\.path)
          return names.count > 2
            ? "\(names[0]) and \(names.count - 1) more" : names.joined(separator: ", ")
        }
        return "it trains \(labels(found.members)), not \(labels(wanted.members))"
      }
      let (old, new) = (found.configuration, wanted.configuration)
      if old.dataset != new.dataset { return "its data is \(old.dataset), not \(new.dataset)" }
      if old.epochs != new.epochs {
        return "it has \(old.epochs.counted("epoch")), not "
          + "\(new.epochs)"
      }
      if old.batch != new.batch { return "its batch is \(old.batch), not \(new.batch)" }
      if old.architecture != new.architecture {
        return
          "its architecture is \(old.architecture.name), not \(new.architecture.name), or differs "
          + "in size"
      }
      if found.images != wanted.images {
        return "it uses \(found.images.counted("image")), not \(wanted.images)"
      }
      return found.checksum != wanted.checksum
        ? "its images differ" : "its optimiser or split differs"
    }
  }
}

/// How studies write JSON: sorted and indented, for people and version control.
enum StudyJSON {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(value)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: data)
  }

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
