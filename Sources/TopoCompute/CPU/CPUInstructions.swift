import COneDNN
import CVectorKernels
import Foundation

/// Vector instructions that the CPU device uses, from the least to the most.
///
/// Kernels of this project have the same bits with all of them. oneDNN's do not.
public enum CPUInstructions: String, Sendable, CaseIterable, Comparable {
  /// None of this project's kernels for convolutions and linear layers: oneDNN computes them.
  case portable
  /// AVX2 and FMA.
  case avx2
  /// AVX-512F and VL as well.
  case avx512

  /// The environment variable that chooses, for our kernels and for oneDNN.
  public static let variable = "TOPOSHEET_CPU"

  /// Those that this CPU has.
  public static let available: [CPUInstructions] = allCases.filter {
    $0.code.rawValue <= topo_cpu_instructions().rawValue
  }

  /// What a value of the variable means.
  /// - Parameters:
  ///   - text: nil for the most that the CPU has.
  ///   - available: what the CPU has.
  /// - Throws: `DeviceError` when it is none of the names, or the CPU has no such instructions.
  public static func named(
    _ text: String?, of available: [CPUInstructions] = available
  ) throws -> CPUInstructions {
    guard let text, !text.isEmpty else { return available.max() ?? .portable }
    let names = available.reversed().map(\.rawValue).joined(separator: " or ")
    guard let instructions = CPUInstructions(rawValue: text) else {
      throw DeviceError("\(variable)=\(text) is not known: set it to \(names), or not at all")
    }
    guard available.contains(instructions) else {
      throw DeviceError(
        "\(variable)=\(text) is not possible, because this CPU has no \(instructions.title): set "
          + "it to \(names), or not at all")
    }
    return instructions
  }

  /// What the variable chooses, decided once: it limits oneDNN too, and oneDNN can be limited only
  /// before it is used.
  /// - Throws: `DeviceError` as `named`, and when oneDNN cannot be limited.
  static func chosen() throws -> CPUInstructions { try choice.get() }

  private static let choice = Result {
    let text = ProcessInfo.processInfo.environment[variable] ?? ""
    let instructions = try named(text)
    guard text.isEmpty || topo_limit_isa(instructions.rank) else {
      throw DeviceError(
        "\(variable)=\(text) is not possible, because this oneDNN cannot be limited: do not set it")
    }
    return instructions
  }

  /// As people write it.
  var title: String {
    switch self {
    case .portable: "portable instructions"
    case .avx2: "AVX2 with FMA"
    case .avx512: "AVX-512"
    }
  }

  /// The name in C.
  var code: topo_instructions_t {
    switch self {
    case .portable: topo_portable
    case .avx2: topo_avx2
    case .avx512: topo_avx512
    }
  }

  private var rank: Int32 { Int32(code.rawValue) }

  /// Less comes first.
  public static func < (a: CPUInstructions, b: CPUInstructions) -> Bool { a.rank < b.rank }
}
