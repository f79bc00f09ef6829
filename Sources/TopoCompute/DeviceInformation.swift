/// What a device is, for people and for the records of a run.
public struct DeviceInformation: Sendable, Hashable, Codable {
  /// The kind of device: two devices of one kind, driver and model give the same bits.
  public enum Kind: String, Sendable, Codable { case cpu, opencl }

  /// CPU or OpenCL.
  public var kind: Kind
  /// What `--device` calls it: `cpu`, `opencl:0`.
  public var identifier: String
  /// Model name, as the driver gives it.
  public var name: String
  /// Vendor, as the driver gives it.
  public var vendor: String
  /// Platform and driver versions, or the library, the instruction set and the kernels that
  /// compute, separated by commas. Other ones give other bits.
  public var driver: String
  /// Compute units, or threads.
  public var computeUnits: Int
  /// Bytes of memory.
  public var memory: Int
  /// Bytes that may be taken unless a user says otherwise: an accelerator's driver, screen and
  /// libraries need the rest of its memory, and other programs need host memory.
  public var safeMemory: Int { isAccelerator ? memory / 5 * 4 : memory / 2 }
  /// Bytes that one buffer may have.
  public var maximumAllocation: Int
  /// Whether it is a GPU or another accelerator, and not a CPU.
  public var isAccelerator: Bool
  /// Which tuning its choices follow, `TuningTable.identity`; nil for what ships. Another tuning
  /// gives other bits.
  public var tuning: String?
  /// How products of convolutions are computed. Another precision gives other bits.
  public var precision = Precision.float32
  /// Driver, tuning, and the precision if it is not float32, for records of results.
  public var driverAndChoices: String {
    driver + (tuning.map { ", tuning \($0)" } ?? "")
      + (precision == .float32 ? "" : ", precision \(precision.rawValue)")
  }
  /// Identifier, name and driver, and the precision if it is not float32, as a heading.
  public var heading: String {
    "\(identifier)  \(name), \(driver)"
      + (precision == .float32 ? "" : ", in \(precision.rawValue)")
  }
  /// Further limits by name, in the order to show them.
  public var limits: [Limit]

  /// A named limit.
  public struct Limit: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// Its value, with the unit.
    public var value: String

    /// A limit with its value as text.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// All facts of a device.
  public init(
    kind: Kind, identifier: String, name: String, vendor: String, driver: String,
    computeUnits: Int, memory: Int, maximumAllocation: Int, isAccelerator: Bool = false,
    limits: [Limit] = []
  ) {
    self.kind = kind
    self.identifier = identifier
    self.name = name
    self.vendor = vendor
    self.driver = driver
    self.computeUnits = computeUnits
    self.memory = memory
    self.maximumAllocation = maximumAllocation
    self.isAccelerator = isAccelerator
    self.limits = limits
  }

  /// Reads a record; one without a precision is of float32.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      kind: try values.decode(Kind.self, forKey: .kind),
      identifier: try values.decode(String.self, forKey: .identifier),
      name: try values.decode(String.self, forKey: .name),
      vendor: try values.decode(String.self, forKey: .vendor),
      driver: try values.decode(String.self, forKey: .driver),
      computeUnits: try values.decode(Int.self, forKey: .computeUnits),
      memory: try values.decode(Int.self, forKey: .memory),
      maximumAllocation: try values.decode(Int.self, forKey: .maximumAllocation),
      isAccelerator: try values.decode(Bool.self, forKey: .isAccelerator),
      limits: try values.decode([Limit].self, forKey: .limits))
    tuning = try values.decodeIfPresent(String.self, forKey: .tuning)
    precision = try values.decodeIfPresent(Precision.self, forKey: .precision) ?? .float32
  }
}
