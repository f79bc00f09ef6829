import Foundation
import TopoCompute
import TopoFoundation

/// Which processes worked in a folder of results: `provenance.json`. It is the only file there that
/// differs between two runs of the same study, except event files. Results do not depend on it.
public struct Provenance: Sendable, Hashable, Codable {
  /// The processes in the order in which they began, those of shards included.
  public var processes: [Process] = []

  /// A process that worked in the folder.
  public struct Process: Sendable, Hashable, Codable {
    /// Its command line, quoted for a shell. The program is named without its folder.
    public var command: String
    /// What it worked on: `study` or `suite`. A study's process also evaluates.
    public var work: String
    /// The version of this program.
    public var version: String
    /// The commit that the program was built from; nil if the build does not know it.
    public var commit: String?
    /// Name of the first device.
    public var device: String
    /// Its driver or libraries, with versions, and its tuning if it has any.
    public var driver: String
    /// What the device computes with.
    public var precision: String
    /// SHA-256 of the bytes of the `plan.yaml` that it worked by; nil if there was none.
    public var plan: String?
    /// When it began, by the system's clock: ISO 8601, UTC.
    public var began: String
    /// When it left the folder: the time when it began and its duration, so that a clock that is
    /// set meanwhile does not matter. nil if it is at work, was killed, or ended by a signal while
    /// it evaluated.
    public var ended: String?
  }

  /// A process at work: its record, and when it began by a clock that is never set.
  struct Session: Sendable {
    fileprivate(set) var process: Process
    fileprivate let start: Date
    fileprivate let clock = ContinuousClock.now
  }

  /// Name of the file.
  static let file = "provenance.json"

  /// What is recorded of a folder: empty if there is no record, or it cannot be understood.
  public init(of folder: URL) {
    guard let bytes = try? FileContents.read(folder.appending(path: Self.file)),
      let known = try? StudyJSON.decode(Self.self, Data(bytes))
    else { return }
    self = known
  }

  /// - Throws: `UserError` if the file cannot be written.
  private func write(to folder: URL) throws {
    try AtomicFile.write(try StudyJSON.encode(self), to: folder.appending(path: Self.file))
  }

  /// With milliseconds, which distinguish processes of one command that are put together.
  static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  private static func plan(in folder: URL) -> String? {
    (try? FileContents.read(folder.appending(path: "plan.yaml"))).map(SHA256.hex)
  }

  /// Records that this process begins to work in a folder, which it has locked.
  /// - Parameter now: the time of the system's clock.
  /// - Returns: the record, for `notePlan` and `end`.
  /// - Throws: `UserError` if the file cannot be written.
  static func begin(
    _ work: String, on device: DeviceInformation, in folder: URL, now: Date = .now
  ) throws -> Session {
    var words = ProcessInfo.processInfo.arguments
    if let program = words.first { words[0] = URL(filePath: program).lastPathComponent }
    let process = Process(
      command: words.map(ShellWord.quoted).joined(separator: " "), work: work,
      version: toposheetVersion, commit: toposheetCommit, device: device.name,
      driver: device.driverAndChoices, precision: device.precision.rawValue,
      began: now.formatted(time))
    var record = Provenance(of: folder)
    record.processes.append(process)
    try record.write(to: folder)
    return Session(process: process, start: now)
  }

  /// Records the plan in the folder as that of a process, once it is written.
  /// - Throws: `UserError` if the file cannot be written.
  static func notePlan(_ session: inout Session, in folder: URL) throws {
    guard let plan = plan(in: folder), plan != session.process.plan else { return }
    var record = Provenance(of: folder)
    guard let index = record.processes.lastIndex(of: session.process) else { return }
    session.process.plan = plan
    record.processes[index] = session.process
    try record.write(to: folder)
  }

  /// Records that a process has ended. A record that cannot be written does no harm.
  static func end(_ session: Session, in folder: URL) {
    var record = Provenance(of: folder)
    guard let index = record.processes.lastIndex(of: session.process) else { return }
    let duration = max((ContinuousClock.now - session.clock) / .seconds(1), 0)
    record.processes[index].ended = (session.start + duration).formatted(time)
    try? record.write(to: folder)
  }

  /// Adds the processes of another folder, whose results become a part of this one's. They are
  /// ordered by the time of their beginning, except that the processes of a folder keep their order
  /// even if the clock was set back between them.
  /// - Throws: `UserError` if the file cannot be written.
  static func add(_ other: URL, to folder: URL) throws {
    var record = Provenance(of: folder)
    let new = Provenance(of: other).processes.filter { !record.processes.contains($0) }
    guard !new.isEmpty else { return }
    let all = (ordered(new) + ordered(record.processes)).enumerated()
    record.processes = all.sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element.process)
    try record.write(to: folder)
  }

  /// Processes of one folder with times that do not go back. Those of one moment stay in their order.
  private static func ordered(_ processes: [Process]) -> [(time: String, process: Process)] {
    var latest = ""
    return processes.map { process in
      latest = max(latest, process.began)
      return (latest, process)
    }
  }
}
