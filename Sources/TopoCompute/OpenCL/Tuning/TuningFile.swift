/// What `toposheet tune` found on a device: the text form of a table, with the device and its
/// driver below the heading.
public struct TuningFile: Sendable, Hashable {
  /// The device's name.
  public var device: String
  /// Platform and driver versions.
  public var driver: String
  /// What was found.
  public var table: TuningTable

  /// What was found on a device.
  public init(_ device: DeviceInformation, _ table: TuningTable) {
    (self.device, driver) = (device.name, device.driver)
    self.table = table
  }

  /// The text form.
  public var text: String {
    ([TuningTable.heading, "device \(device)", "driver \(driver)"] + table.lines)
      .joined(separator: "\n") + "\n"
  }

  /// Reads the text form.
  /// - Parameter name: what an error calls the text: the file's path.
  /// - Returns: nil if it is another version's.
  /// - Throws: `DeviceError` that names the line, what it should be and what to do.
  public init?(text: String, name: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let kind = TuningTable.heading.split(separator: " ")[0]
    if let first = lines.first, first != TuningTable.heading, first.hasPrefix("\(kind) "),
      Int(first.dropFirst(kind.count + 1)) != nil
    {
      return nil
    }
    func required(_ index: Int, _ start: String, _ what: String) throws -> String {
      guard lines.indices.contains(index), lines[index].hasPrefix(start) else {
        throw DeviceError("\(name), line \(index + 1): should be \(what); \(TuningFile.remedy)")
      }
      return String(lines[index].dropFirst(start.count))
    }
    _ = try required(0, TuningTable.heading, "`\(TuningTable.heading)`")
    device = try required(1, "device ", "`device` and its name")
    driver = try required(2, "driver ", "`driver` and its versions")
    table = TuningTable()
    for (index, line) in lines.enumerated().dropFirst(3) {
      do {
        try table.read(line, place: "\(name), line \(index + 1)")
      } catch let error as DeviceError {
        throw DeviceError("\(error.description); \(TuningFile.remedy)")
      }
    }
  }

  static let remedy = "delete the file, run `toposheet tune` again, or add --no-tuning"
}
