import ArgumentParser
import Toposheet

/// Which device computes.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "auto, cpu, opencl or opencl:N (see `toposheet devices`). To train on several OpenCL "
        + "devices of one model at once: opencl:0,opencl:1, or opencl:0/2, which cuts a device "
        + "in two where its driver can.", valueName: "device"),
    completion: Completions.devices)
  var device = "auto"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads of the cpu device; by default one per core.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Make the choices that ship, not those that `toposheet tune` found for the device.")
  var noTuning = false

  /// Refuses a number of threads that no device has, also where the device asks for none.
  func validate() throws {
    guard let threads, !(1...4096).contains(threads) else { return }
    throw ValidationError(
      "\(threads) threads make no sense: give --threads a number from 1 to 4096")
  }

  /// Whose choices OpenCL devices make.
  var tuning: TuningSource { noTuning ? .shipped : .saved }

  /// The one device.
  /// - Throws: `DeviceError`, also when there are several.
  func open() throws -> any Device {
    let devices = try DeviceList(device)
    guard devices.choices.count == 1 else {
      throw DeviceError(
        "--device \(device) names \(devices.choices.count) devices; only training uses several, "
          + "name one")
    }
    return try devices.choices[0].open(threads: threads, tuning: tuning)
  }

  /// All devices.
  func openAll() throws -> [any Device] {
    try DeviceList(device).open(threads: threads, tuning: tuning)
  }
}

/// How much of a device's memory may be taken.
struct MemoryOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory that may be taken of each device, such as 2G or 800M; by default 4/5 of a GPU's "
        + "memory and half of a computer's. Networks that do not fit side by side take turns, "
        + "with the same results.", valueName: "size"))
  var memoryLimit: String?

  /// The limit in bytes.
  /// - Throws: `DeviceError` when it is no size.
  func bytes() throws -> Int? {
    try memoryLimit.map { text in
      do { return try MemorySize(text).bytes } catch let error as DeviceError {
        throw DeviceError("--memory-limit: \(error.description)")
      }
    }
  }
}
