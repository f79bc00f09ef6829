import TopoCompute
import TopoFoundation
import TopoNetworks

/// The sizes to tune for, and how thoroughly.
public struct TuningConfiguration: Sendable {
  /// The networks whose layers are timed.
  public var architectures: [Architecture]
  /// Number of members of the population.
  public var members = 8
  /// Images per member.
  public var batch = 64
  /// Whether candidates are only tilings that ship for some device, each with less time.
  public var isQuick = false
  /// Whether the constants of CLBlast are tuned too. They apply to the whole process.
  public var tunesCLBlast = true

  /// The precision that convolutions are tuned for. Linear layers are tuned for float32 only, which
  /// they compute in.
  public var precision = Precision.float32

  /// All tuning, for the layers of some networks.
  public init(_ architectures: [Architecture]) { self.architectures = architectures }

  /// Checks all values.
  /// - Throws: `UserError` for an empty list or a number out of range.
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

  /// Number of rounds; in each, a candidate and the reference are timed one after the other.
  var rounds: Int { isQuick ? 3 : 5 }
  /// Approximate seconds of the reference in a round.
  var secondsPerRound: Double { isQuick ? 0.01 : 0.03 }
}
