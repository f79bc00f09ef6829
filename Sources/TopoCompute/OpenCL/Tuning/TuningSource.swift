/// Which choices a device makes where it has several.
public enum TuningSource: Sendable, Hashable {
  /// Those that `toposheet tune` found on it, before those that ship.
  case saved
  /// Those that ship.
  case shipped
  /// A table's, before those that ship.
  case table(TuningTable)

  /// What was found on a device; empty if there is nothing, or the file cannot be used: tuning
  /// replaces it.
  public static func known(for device: DeviceInformation) -> TuningTable {
    guard let folder = TuningFolder() else { return TuningTable() }
    return (try? folder.table(for: device)) ?? TuningTable()
  }

  /// The table for a device.
  func table(for device: DeviceInformation) throws -> TuningTable {
    switch self {
    case .saved: try TuningFolder()?.table(for: device) ?? TuningTable()
    case .shipped: TuningTable()
    case .table(let table): table
    }
  }
}
