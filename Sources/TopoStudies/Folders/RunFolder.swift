import Foundation
import Synchronization
import TopoCompute
import TopoFoundation

/// What a folder's marker file says about the run in it.
protocol RunDescription: Codable, Sendable {
  /// What two runs must have in common to be the same.
  associatedtype Identity: Equatable
  /// Name of the marker file.
  static var marker: String { get }
  /// What runs, in errors: `study`.
  static var what: String { get }
  /// Marker files of other runs whose folder this one may share.
  static var hosts: [String] { get }
  var identity: Identity { get set }
  /// The device that the run was begun on.
  var device: DeviceInformation { get }
  /// The version of this program that the run was begun with.
  var version: String { get }
  /// Devices and versions of other bits that the run was continued with, in order; nil if there
  /// were none.
  var resumedOn: [BitSource]? { get set }
  /// Whether the run in the folder is the requested one.
  static func isSame(_ found: Identity, _ wanted: Identity) -> Bool
  /// How the run in the folder differs from the requested one: `it has 3 epochs, not 5`.
  static func difference(_ found: Identity, _ wanted: Identity) -> String
  /// The command that continues the run in a folder unchanged; nil if it is not known.
  static func command(continuing url: URL) -> String?

  /// What can be added to a run, in errors.
  static var addable: String { get }
  /// Whether the run in the folder is a part of the requested one, to which it can grow.
  static func canGrow(_ found: Identity, to wanted: Identity) -> Bool
  /// What is added, as a sentence.
  static func growth(_ found: Identity, to wanted: Identity) -> String
  /// Prepares growth, before the marker file says that the run has grown. It may be prepared again
  /// if the process is killed in between.
  /// - Throws: `UserError` if the run cannot grow because of what the folder holds.
  static func prepare(_ found: Identity, toBecome wanted: Identity, in folder: URL) throws
  /// This description with everything that may change when a run grows.
  func grown(to wanted: Self) -> Self
}

extension RunDescription {
  static var hosts: [String] { [] }

  static func isSame(_ found: Identity, _ wanted: Identity) -> Bool { found == wanted }

  static func command(continuing url: URL) -> String? { nil }

  /// What to do about another run in a folder.
  static func remedy(in url: URL) -> String {
    (command(continuing: url).map { "continue it unchanged: \($0), or " } ?? "")
      + "choose another with --out"
  }

  func grown(to wanted: Self) -> Self {
    var grown = self
    grown.identity = wanted.identity
    return grown
  }

  /// What determined its bits, in order: what it was begun with, then what it was continued with.
  var sources: [BitSource] {
    [BitSource(device: device, version: version)]
      + (resumedOn ?? []).map {
        BitSource(device: $0.device, version: $0.version ?? version)
      }
  }
}

/// The locked folder of one run, which its marker file describes.
final class RunFolder<Description: RunDescription>: Sendable {
  let url: URL
  private let held: Mutex<Description>
  /// What the marker file says, as the process that began the run wrote it.
  var description: Description { held.withLock { $0 } }
  /// How the run grew when the folder was locked, as a sentence; nil if it did not.
  let growth: String?
  private let lock: FileLock
  /// Whether this object releases the lock, rather than the one whose folder it shares.
  private let ownsLock: Bool
  /// What `provenance.json` says about this process until it ends; nil if another object ends it.
  private let session: Mutex<Provenance.Session?>

  /// Locks a folder, and makes it if it does not exist.
  /// - Parameters:
  ///   - wanted: the run.
  ///   - resume: whether to continue a run that the folder holds.
  ///   - anyDevice: whether to do so even on a device or with a version of this program whose bits
  ///     differ; this is recorded.
  ///   - check: called with what determined the bits so far, when the folder is locked and nothing
  ///     is written yet: what it throws leaves every file as it was.
  /// - Throws: `UserError` if the folder cannot be written to, holds another run or, without
  ///   `resume`, this one; if another process works in it; or if it was begun on a device or with a
  ///   version whose bits differ.
  init(
    _ url: URL, _ wanted: Description, resume: Bool, anyDevice: Bool,
    check: ([BitSource]) throws -> Void = { _ in }
  ) throws {
    self.url = url
    let lock = try FolderLock.take(
      url, marker: Description.marker, hosts: Description.hosts, what: Description.what)
    do {
      let claim = try Self.claim(
        url, wanted, resume: resume, anyDevice: anyDevice, check: check)
      held = Mutex(claim.description)
      growth = claim.growth
      session = Mutex(
        try Provenance.begin(Description.what, on: wanted.device, in: url))
    } catch {
      lock.release()
      throw error
    }
    (self.lock, ownsLock) = (lock, true)
  }

  /// A run in a folder that another object has locked.
  private init(_ url: URL, _ claim: (description: Description, growth: String?), lock: FileLock) {
    (self.url, self.lock, ownsLock) = (url, lock, false)
    held = Mutex(claim.description)
    growth = claim.growth
    session = Mutex(nil)
  }

  /// Another kind of run in the same folder.
  /// - Throws: `UserError` if the folder holds another run of that kind or, without `resume`, this
  ///   one; or if it was begun on a device or with a version whose bits differ.
  func inner<Other: RunDescription>(
    _ wanted: Other, resume: Bool, anyDevice: Bool
  ) throws -> RunFolder<Other> {
    let found = try RunFolder<Other>.claim(
      url, wanted, resume: resume, anyDevice: anyDevice, isShared: true)
    return RunFolder<Other>(url, found, lock: lock)
  }

  deinit { release() }

  /// Records the plan in the folder as that of this process.
  /// - Throws: `UserError` if `provenance.json` cannot be written.
  func notePlan() throws {
    try session.withLock { session in
      guard var own = session else { return }
      try Provenance.notePlan(&own, in: url)
      session = own
    }
  }

  /// Records that this process has ended, and releases the lock, before this object's end.
  func release() {
    guard ownsLock else { return }
    session.withLock { session in
      if let session, lock.isInPlace { Provenance.end(session, in: url) }
      session = nil
    }
    lock.release()
  }

  /// Makes results of another folder a part of this run. If their bits differ, that is recorded.
  /// - Parameters:
  ///   - sources: what determined their bits.
  ///   - other: their folder.
  ///   - what: what it holds, in errors: `shard`.
  ///   - anyDevice: whether to accept other bits.
  /// - Throws: `UserError` if they are not accepted.
  func adopt(
    _ sources: [BitSource], of other: URL, what: String, anyDevice: Bool
  ) throws {
    var known = description.sources
    for source in sources where !known.contains(source) {
      do {
        try DeviceMatch.require(source, known[known.count - 1], of: what, in: other)
      } catch  where anyDevice {
        known.append(source)
        var changed = description
        changed.resumedOn = Array(known.dropFirst())
        try AtomicFile.write(
          try StudyJSON.encodeSealed(changed), to: url.appending(path: Description.marker))
        held.withLock { $0 = changed }
      }
    }
  }

  /// Checks that the folder is still where it was locked.
  /// - Throws: `UserError` if it was removed or renamed.
  func checkNotMoved() throws {
    // The marker as well as the lock: a removal fails halfway if files are made meanwhile.
    let marker = url.appending(path: Description.marker)
    guard lock.isInPlace, FileManager.default.fileExists(atPath: marker.path) else {
      throw UserError(
        "\(url.path): the folder was removed or renamed while the \(Description.what) was at work "
          + "in it; begin anew, or continue with --resume where the folder is now")
    }
  }

  /// The devices that worked on the run if their bits differ, with the versions of this program if
  /// these differ; otherwise nil. For the records of results.
  var mixedDevices: String? {
    let sources = description.sources
    guard sources.count > 1 else { return nil }
    let namesVersions = Set(sources.map(\.version)).count > 1
    return sources.map { source in
      let version = namesVersions ? source.version.map { ", toposheet \($0)" } ?? "" : ""
      return "\(source.device.name), \(source.device.driverAndChoices)\(version)"
    }.joined(separator: "; ")
  }

  /// What the marker file of a folder says; nil if there is none.
  /// - Throws: `UserError` if the file is damaged.
  static func read(_ url: URL) throws -> Description? {
    let marker = url.appending(path: Description.marker)
    guard FileManager.default.fileExists(atPath: marker.path) else { return nil }
    return try StudyJSON.read(
      Description.self, from: marker,
      remedy: "restore it from a copy, or begin the \(Description.what) anew in another folder "
        + "with --out")
  }

  private static func claim(
    _ url: URL, _ wanted: Description, resume: Bool, anyDevice: Bool, isShared: Bool = false,
    check: ([BitSource]) throws -> Void = { _ in }
  ) throws -> (description: Description, growth: String?) {
    let what = Description.what
    let marker = url.appending(path: Description.marker)
    guard var found = try read(url) else {
      if !isShared {
        try FolderLock.requireEmpty(
          url, or: Description.marker, hosts: Description.hosts, what: what)
      }
      try check(wanted.sources)
      try AtomicFile.write(try StudyJSON.encodeSealed(wanted), to: marker)
      return (wanted, nil)
    }
    let isSame = Description.isSame(found.identity, wanted.identity)
    guard isSame || Description.canGrow(found.identity, to: wanted.identity) else {
      let difference = Description.difference(found.identity, wanted.identity)
      throw UserError(
        "\(url.path): the folder already holds another \(what) (\(difference))"
          + (resume ? ", and --resume adds only \(Description.addable)" : "")
          + "; \(Description.remedy(in: url))")
    }
    guard resume else {
      throw UserError(
        "\(url.path): the folder already holds \(isSame ? "this \(what)" : "a part of this \(what)"); "
          + "add --resume to \(isSame ? "continue it" : "add what is missing"), or choose another "
          + "with --out")
    }
    let before = found.resumedOn
    do {
      try DeviceMatch.require(
        found.sources[found.sources.count - 1], wanted.sources[0], of: what,
        verb: before == nil ? "was begun" : "was last continued", in: url)
    } catch  where anyDevice {
      found.resumedOn = (before ?? []) + [wanted.sources[0]]
    }
    try check(found.sources)
    if found.resumedOn != before {
      try AtomicFile.write(try StudyJSON.encodeSealed(found), to: marker)
    }
    guard !isSame else { return (found, nil) }
    let growth = Description.growth(found.identity, to: wanted.identity)
    try Description.prepare(found.identity, toBecome: wanted.identity, in: url)
    found = found.grown(to: wanted)
    try AtomicFile.write(try StudyJSON.encodeSealed(found), to: marker)
    return (found, growth)
  }
}
