import TopoFoundation
import TopoNetworks

/// What to tune for, and how thoroughly.
public struct TuningConfiguration: Sendable {
  /// The networks whose layers are timed.
  public var architectures: [Architecture]
  /// Members of the population.
  public var members = 8
  /// Images per member.
  public var batch = 64
  /// Only the tilings that ship for some device, and a fraction of the time for each.
  public var isQuick = false
  /// Whether CLBlast's constants are tuned too. They hold in the whole process.
  public var tunesLibrary = true

  /// Everything, for networks.
  public init(_ architectures: [Architecture]) { self.architectures = architectures }

  /// Checks that the numbers make sense.
  /// - Throws: `UserError`.
  func validate() throws {
    guard !architectures.isEmpty else {
      throw UserError("there is nothing to tune for: name an architecture")
    }
    guard (1...4096).contains(members) else {
      throw UserError("a population of \(members) is not possible: choose 1 to 4096 members")
    }
    guard (1...65_536).contains(batch) else {
      throw UserError("a batch has 1 to 65536 images: choose another with --batch")
    }
  }

  /// Rounds in which a candidate and the reference take turns.
  var rounds: Int { isQuick ? 3 : 5 }
  /// Seconds that the reference runs in a round, about.
  var secondsPerRound: Double { isQuick ? 0.01 : 0.03 }
}
