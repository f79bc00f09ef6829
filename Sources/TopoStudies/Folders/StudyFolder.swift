import Foundation
import TopoCompute
import TopoFoundation
import TopoTraining

/// The folder of one study: who may write to it, and what it is a study of.
///
/// `study.json` says what is trained, on what, by what; `progress.json` how far it is. Both appear
/// whole or not at all.
public final class StudyFolder: Sendable {
  /// The folder.
  public var url: URL { run.url }
  private let run: RunFolder<Description>

  /// The file that says what the folder is a study of.
  static var marker: String { Description.marker }

  /// What makes two runs the same study. A member's bits follow from this, the kind of device and
  /// this program's version.
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

  /// Takes possession of a folder, making it where there is none, and removes what processes left
  /// that were killed in it.
  /// - Parameters:
  ///   - identity: the study to run in it.
  ///   - resume: whether to go on with a study that the folder holds.
  ///   - anyDevice: whether to go on, and record it, on a device or with a version of this program
  ///     whose bits differ from those that the study was begun with.
  /// - Throws: `UserError` when the folder cannot be written to, holds another study or, without
  ///   `resume`, this one; when another process is at work in it; or when its bits would differ.
  public init(
    _ url: URL, identity: Identity, device: DeviceInformation, resume: Bool,
    anyDevice: Bool = false
  ) throws {
    run = try RunFolder(
      url, Description(identity: identity, device: device, version: toposheetVersion),
      resume: resume, anyDevice: anyDevice)
    removeLeftovers(identity.members)
  }

  /// What folders of studies hold beside their networks.
  private static let files: Set<String> = [
    Description.marker, "progress.json", "training.csv", "plan.yaml", "suite.json", "metrics.csv",
    "metrics.json", "confusion.csv",
  ]

  private func removeLeftovers(_ members: [Member]) {
    AtomicFile.removeLeftovers(in: url, others: true, isOwn: Self.files.contains)
    for member in members {
      AtomicFile.removeLeftovers(in: folder(member), others: true) {
        $0 == "model.safetensors" || $0.hasPrefix("checkpoint-")
      }
    }
  }

  /// Another run in this folder: the evaluation of the networks.
  /// - Throws: as `RunFolder.inner`.
  func inner<Other: RunDescription>(
    _ wanted: Other, resume: Bool, anyDevice: Bool
  ) throws -> RunFolder<Other> {
    try run.inner(wanted, resume: resume, anyDevice: anyDevice)
  }

  /// Its networks, in the order of its records: that of the plan that it was begun with.
  var members: [Member] { run.description.identity.members }

  /// The devices that worked on it, where their bits differ: for the records of results.
  var mixedDevices: String? { run.mixedDevices }

  /// Makes sure that the folder is still this process's.
  /// - Throws: `UserError` where it was removed or renamed.
  func requireInPlace() throws { try run.requireInPlace() }

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

  /// Makes the folder of a member where there is none. The study's own is not made again where it
  /// was removed.
  /// - Throws: `UserError`.
  func makeFolder(_ member: Member) throws {
    try requireInPlace()
    var place = url
    for part in member.path.split(separator: "/") {
      place = place.appending(path: String(part))
      guard mkdir(place.path, 0o777) == 0 || errno == EEXIST else {
        throw UserError(
          "\(place.path): cannot be made (\(UserError.systemReason)); make its folder one that you "
            + "may write to, and go on with --resume")
      }
    }
  }

  /// Removes a member's checkpoints of other epochs than `kept`, also those that a process left
  /// which was killed before it could.
  /// - Throws: `UserError`.
  func removeCheckpoints(_ member: Member, but kept: Int?) throws {
    let keep = kept.map { checkpoint(member, epoch: $0).lastPathComponent }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(member).path)) ?? []
    for name in names where name != keep && name.hasPrefix("checkpoint-") {
      let place = folder(member).appending(path: name)
      guard unlink(place.path) == 0 || errno == ENOENT else {
        throw UserError(
          place, "cannot be removed (\(UserError.systemReason)); remove it and go on with --resume")
      }
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
    var resumedOn: [BitSource]?
    var version: String

    /// In any order of its networks.
    static func isSame(_ found: Identity, _ wanted: Identity) -> Bool {
      var reordered = wanted
      if found.members.count == wanted.members.count, Set(found.members) == Set(wanted.members) {
        reordered.members = found.members
      }
      return found == reordered
    }

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
        return "it has \(old.epochs.counted("epoch")), not \(new.epochs)"
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
