import Foundation
import TopoCompute
import TopoData
import TopoFoundation
import TopoTraining

/// The locked folder of one study.
///
/// `study.json` describes the study: members, data, protocol and device. `progress.json` holds its
/// progress. Both are written atomically.
public final class StudyFolder: Sendable {
  /// The folder.
  public var url: URL { run.url }
  private let run: RunFolder<Description>

  /// Name of the folder of event files.
  static let tensorboard = "tensorboard"

  /// Name of the file that describes the study.
  static var marker: String { Description.marker }

  /// What two runs must have in common to be the same study. It determines the bits of each member,
  /// together with the kind of device and the version of this program.
  public struct Identity: Sendable, Hashable, Codable {
    /// The training protocol.
    public var configuration: TrainingConfiguration
    /// The networks, in order.
    public var members: [Member]
    /// Number of images that are used from the training files.
    public var images: Int
    /// CRC-32 of these images and their labels.
    public var checksum: UInt32
    /// What is measured of sheets along training; nil if nothing is, and in folders of earlier
    /// versions.
    public var alongTraining: Measurement?
    /// Epochs whose networks are kept beside the models; nil if there are none.
    public var snapshots: [Int]?

    /// What is measured of sheets along training: it determines the bytes of the table of measures.
    public struct Measurement: Sendable, Hashable, Codable {
      /// Names of the measures, in the order of results.
      public var measures: [String]
      /// Number of images.
      public var images: Int
      /// CRC-32 of these images and their labels.
      public var checksum: UInt32
      /// Sheets are measured after each epoch that is a multiple of this, and after the last one.
      public var every: Int

      /// What `run` measures on `probe`.
      init(_ run: AlongTraining, _ probe: ImageSet) {
        (measures, every) = (run.measures.names, run.every)
        (images, checksum) = (probe.count, probe.checksum)
      }
    }

    /// A study of `members` on a number of images with a checksum.
    public init(
      configuration: TrainingConfiguration, members: [Member], images: Int, checksum: UInt32
    ) {
      self.configuration = configuration
      self.members = members
      self.images = images
      self.checksum = checksum
    }
  }

  /// Locks a folder, makes it if it does not exist, and removes temporary files of killed
  /// processes.
  /// - Parameters:
  ///   - url: the folder.
  ///   - identity: the study to run in it.
  ///   - device: the device that trains.
  ///   - resume: whether to continue a study that the folder holds.
  ///   - anyDevice: whether to do so even on a device or with a version of this program whose bits
  ///     differ from those that the study was begun with; this is recorded.
  /// A study with fewer members, epochs or snapshots grows to this one with `resume`.
  /// - Throws: `UserError` if the folder cannot be written to, holds another study or, without
  ///   `resume`, this one; if another process works in it; or if its bits would differ.
  public convenience init(
    _ url: URL, identity: Identity, device: DeviceInformation, resume: Bool,
    anyDevice: Bool = false
  ) throws {
    try self.init(
      url, identity: identity, device: device, resume: resume, anyDevice: anyDevice,
      check: { _ in })
  }

  /// The same, with a check before anything is written.
  /// - Parameter check: called with what determined the bits so far, when the folder is locked: what
  ///   it throws leaves every file as it was.
  init(
    _ url: URL, identity: Identity, device: DeviceInformation, resume: Bool, anyDevice: Bool,
    check: ([BitSource]) throws -> Void
  ) throws {
    run = try RunFolder(
      url, Description(identity: identity, device: device, version: toposheetVersion),
      resume: resume, anyDevice: anyDevice, check: check)
    removeLeftovers(identity.members)
  }

  /// The files in the folder of a study beside its networks.
  static let files: Set<String> = [
    Description.marker, "progress.json", "training.csv", StudyProgress.measuresFile, "plan.yaml",
    "suite.json", "metrics.csv", "metrics.json", "confusion.csv", Provenance.file,
  ]

  private func removeLeftovers(_ members: [Member]) {
    AtomicFile.removeLeftovers(in: url, others: true, isOwn: Self.files.contains)
    for member in members {
      AtomicFile.removeLeftovers(in: folder(member), others: true, isOwn: Self.isOfMember)
    }
  }

  /// Another run in this folder, such as the evaluation of the networks.
  /// - Throws: as `RunFolder.inner`.
  func inner<Other: RunDescription>(
    _ wanted: Other, resume: Bool, anyDevice: Bool
  ) throws -> RunFolder<Other> {
    try run.inner(wanted, resume: resume, anyDevice: anyDevice)
  }

  /// Makes results of another folder a part of this study: see `RunFolder.adopt`.
  /// - Throws: `UserError` if their bits differ and are not accepted.
  func adopt(_ sources: [BitSource], of other: URL, anyDevice: Bool) throws {
    try run.adopt(sources, of: other, what: "shard", anyDevice: anyDevice)
  }

  /// How the study grew when it was opened, as a sentence; nil if it did not.
  var growth: String? { run.growth }

  /// Its networks, in the order of the plan that it was begun with, or in which it last grew. Records
  /// have this order.
  var members: [Member] { run.description.identity.members }

  /// The devices that worked on it if their bits differ, otherwise nil. For the records of results.
  var mixedDevices: String? { run.mixedDevices }

  /// Checks that the folder is still where it was locked.
  /// - Throws: `UserError` if it was removed or renamed.
  func checkNotMoved() throws { try run.checkNotMoved() }

  /// Records the plan in the folder as that of this process.
  /// - Throws: `UserError` if `provenance.json` cannot be written.
  func notePlan() throws { try run.notePlan() }

  /// Releases the lock before this object's end.
  func release() { run.release() }

  /// The folder of a member.
  public func folder(_ member: Member) -> URL { url.appending(path: member.path) }
  /// The file of a member's finished network.
  public func model(_ member: Member) -> URL {
    folder(member).appending(path: "model.safetensors")
  }
  /// The file of a member's network after an epoch that is kept.
  public func snapshot(_ member: Member, epoch: Int) -> URL {
    folder(member).appending(path: "epoch-\(epoch).safetensors")
  }
  /// The file of a member's state after a number of epochs and steps of the next one.
  func checkpoint(_ member: Member, epoch: Int, step: Int = 0) -> URL {
    let name = step > 0 ? "\(epoch)-\(step)" : "\(epoch)"
    return folder(member).appending(path: "checkpoint-\(name).safetensors")
  }

  /// Makes the folder of a member if it does not exist. The study's folder is not made again if it
  /// was removed.
  /// - Throws: `UserError`.
  func makeFolder(_ member: Member) throws {
    try checkNotMoved()
    var folder = url
    for part in member.path.split(separator: "/") {
      folder = folder.appending(path: String(part))
      guard mkdir(folder.path, 0o777) == 0 || errno == EEXIST else {
        throw UserError(
          folder,
          "cannot be made (\(UserError.systemReason)); make its folder one that you may write to, "
            + "and continue with --resume", isTemporary: true)
      }
    }
  }

  /// Removes a member's checkpoints except that of the epoch `kept` and that of a `step` of the next
  /// one, including those that a killed process left.
  /// - Throws: `UserError`.
  func removeCheckpoints(_ member: Member, but kept: Int?, step: Int = 0) throws {
    let keep = kept.map { epoch in
      [0, step].map { checkpoint(member, epoch: epoch, step: $0).lastPathComponent }
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(member).path)) ?? []
    for name in names where keep?.contains(name) != true && name.hasPrefix("checkpoint-") {
      let file = folder(member).appending(path: name)
      guard unlink(file.path) == 0 || errno == ENOENT else {
        throw UserError(
          file,
          "cannot be removed (\(UserError.systemReason)); remove it and continue with --resume",
          isTemporary: true)
      }
    }
  }
}
