/// How the products of convolutions are computed.
///
/// Everything else is float32 with both: sums, weights, the optimizer, normalization, linear layers,
/// losses and penalties.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Products of float32 values.
  case float32
  /// Both values are rounded to TF32, which has float32's range and 10 bits of fraction, to the
  /// nearest one, and tensor cores multiply them. Convolutions that read fewer than 8 channels
  /// stay in float32 unless `toposheet tune` chose otherwise.
  case tf32

  /// Half the distance from 1 to the next value.
  public var unitRoundoff: Double { self == .float32 ? 0x1p-24 : 0x1p-11 }
}
