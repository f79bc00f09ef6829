import Foundation
import TopoCompute
import TopoData
import TopoEvaluation
import TopoFoundation

/// The folder of one suite run: who may write to it, what it is a run of, and the units that are
/// done.
///
/// `suite.json` says what is evaluated on what; `units/<n>.csv` holds the records of unit `n` and
/// `units/<n>-confusion.csv` its confusion matrices. Each appears whole or not at all, the records
/// last: a unit whose records are there is done.
final class SuiteFolder: Sendable {
  var url: URL { run.url }
  /// The device that the run was begun on, as its records name it.
  var device: DeviceInformation { run.description.device }
  private let run: RunFolder<Description>

  /// What makes two runs the same: results follow from this and the kind of device.
  struct Identity: Sendable, Hashable, Codable {
    var suite: String
    var parts: [Part]
    var models: [Model]
    var data: Images
    var version: String

    /// A perturbation or an attack.
    struct Part: Sendable, Hashable, Codable {
      var label: String
      var summary: String
      var severities: [Double]
      var draws: Int
      var seed: UInt64
      /// Images in use, where they are not all.
      var images: Int?
      /// Files that its images come from or are made with.
      var origin: String?
    }

    /// A network.
    struct Model: Sendable, Hashable, Codable {
      var condition: String
      var seed: UInt64
      /// CRC-32 of the parameters.
      var checksum: UInt32
      /// Where it is not that of the images.
      var normalization: Normalization?
      var name: String { "\(condition)/seed-\(seed)" }
    }

    /// The images.
    struct Images: Sendable, Hashable, Codable {
      var name: String
      var split: String
      var count: Int
      /// CRC-32 of images and labels.
      var checksum: UInt32
      var normalization: Normalization
    }
  }

  /// Takes possession of a folder, making it where there is none, and removes what processes left
  /// that were killed in it.
  /// - Parameters:
  ///   - resume: whether to go on with a run that the folder holds.
  ///   - anyDevice: whether to do so, and record it, on a device whose bits differ.
  /// - Throws: `UserError` when the folder cannot be written to, holds another run or, without
  ///   `resume`, this one; or when another process is at work in it.
  init(
    _ url: URL, identity: Identity, device: DeviceInformation, resume: Bool, anyDevice: Bool
  ) throws {
    run = try RunFolder(
      url, Description(identity: identity, device: device), resume: resume, anyDevice: anyDevice)
    removeLeftovers()
    do {
      try FileManager.default.createDirectory(
        at: url.appending(path: "units"), withIntermediateDirectories: true)
    } catch {
      throw UserError(
        "\(url.path)/units: is not a folder that can be written to; remove it, or choose another "
          + "folder with --out")
    }
  }

  /// The devices that worked on it, where their bits differ: for the records of results.
  var mixedDevices: String? { run.mixedDevices }

  /// Makes sure that the folder is still this process's.
  /// - Throws: `UserError` where it was removed or renamed.
  func requireInPlace() throws { try run.requireInPlace() }

  /// Lets others have the folder, though somebody may still hold this value.
  func giveUp() { run.giveUp() }

  // MARK: Units

  private func records(_ unit: Int) -> URL { url.appending(path: "units/\(unit + 1).csv") }
  private func confusion(_ unit: Int) -> URL {
    url.appending(path: "units/\(unit + 1)-confusion.csv")
  }

  /// Whether the results of a unit are there.
  func isDone(_ unit: Int) -> Bool {
    FileManager.default.fileExists(atPath: records(unit).path)
  }

  /// Keeps the results of a unit.
  /// - Throws: `UserError` where the folder was removed.
  func keep(_ unit: Int, _ result: SuiteResult) throws {
    try requireInPlace()
    let matrices = result.confusion.map(\.line).joined()
    let table = RecordTable(result.records).csv
    try AtomicFile.write(matrices, to: confusion(unit))
    try AtomicFile.write(table + Self.seal(table, matrices), to: records(unit))
  }

  /// The last line of a unit's records: a checksum of them and of the unit's matrices.
  private static func seal(_ table: String, _ matrices: String) -> String {
    var checksum = Checksum()
    for var text in [table, matrices] {
      text.withUTF8 { checksum.add(UnsafeRawBufferPointer($0)) }
    }
    return "checksum,\(String(checksum.value, radix: 16))\r\n"
  }

  /// Records of a unit that is done.
  /// - Throws: `UserError` where a file of the unit is not as it was written.
  func read(_ unit: Int) throws -> [Record] {
    let place = records(unit).path
    guard let text = try? String(contentsOf: records(unit), encoding: .utf8),
      let matrices = try? String(contentsOf: confusion(unit), encoding: .utf8),
      let end = text.range(of: "checksum,", options: .backwards)?.lowerBound,
      text[end...] == Self.seal(String(text[..<end]), matrices)
    else {
      throw UserError(
        "\(place): is not as it was written, or the file of confusion matrices beside it is not; "
          + "remove it and go on with --resume")
    }
    return try RecordTable(csv: String(text[..<end]), file: place).records
  }

  /// Writes `confusion.csv` out of all units' matrices.
  /// - Throws: `UserError`.
  func writeConfusion(units: Int) throws {
    try AtomicFile.write(to: url.appending(path: "confusion.csv")) { writer in
      try writer.append(ConfusionRecord.header)
      for unit in 0..<units {
        try writer.append(try FileContents.read(confusion(unit)))
      }
    }
  }

  private func removeLeftovers() {
    let own: Set = [Description.marker, "confusion.csv", "metrics.csv", "metrics.json"]
    AtomicFile.removeLeftovers(in: url, others: true, isOwn: own.contains)
    AtomicFile.removeLeftovers(in: url.appending(path: "units"), others: true) {
      $0.hasSuffix(".csv")
    }
  }
}

extension SuiteFolder {
  /// What `suite.json` holds.
  struct Description: RunDescription {
    static let marker = "suite.json"
    static let what = "suite"

    var identity: Identity
    var device: DeviceInformation
    var resumedOn: [BitSource]?
    /// Another one makes another run, so that units never come of two.
    var version: String { identity.version }

    static func difference(_ found: Identity, _ wanted: Identity) -> String {
      if found.suite != wanted.suite { return "it is \(found.suite), not \(wanted.suite)" }
      if found.version != wanted.version {
        return "it was begun with version \(found.version), not \(wanted.version)"
      }
      if found.models.map(\.name) != wanted.models.map(\.name) {
        let names = { (models: [Identity.Model]) in
          models.count > 2
            ? "\(models[0].name) and \(models.count - 1) more"
            : models.map(\.name).joined(separator: ", ")
        }
        return "it evaluates \(names(found.models)), not \(names(wanted.models))"
      }
      if let (old, new) = zip(found.models, wanted.models).first(where: { $0 != $1 }) {
        return old.checksum == new.checksum
          ? "the images of \(new.name) are normalised otherwise"
          : "the network \(new.name) has other parameters"
      }
      let (old, new) = (found.data, wanted.data)
      if old.name != new.name { return "its data is \(old.name), not \(new.name)" }
      if old.split != new.split { return "its images are those of \(old.split), not \(new.split)" }
      if old.count != new.count { return "it uses \(old.count.counted("image")), not \(new.count)" }
      if old.checksum != new.checksum { return "its images differ" }
      if old.normalization != new.normalization { return "its images are normalised otherwise" }
      let known = Set(found.parts)
      if let part = wanted.parts.first(where: { !known.contains($0) }) {
        return "\(part.label) is missing there, or has other severities, draws, files or seed"
      }
      return "it has other parts"
    }
  }
}
