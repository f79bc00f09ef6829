import ArgumentParser
import Toposheet

/// The device that computes.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Device to compute on: auto (a GPU or other accelerator if there is one, otherwise the CPU), "
        + "cpu, opencl (the first accelerator of OpenCL, otherwise its first device) or opencl:N "
        + "(number N of `toposheet devices`). Training also takes several OpenCL devices of one "
        + "model: opencl:0,opencl:1, or opencl:0/2 for the two halves of a device that can be "
        + "divided.", valueName: "device"),
    completion: Completions.devices)
  var device = "auto"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads of the cpu device; by default one per core.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Use the shipped choices, not those that `toposheet tune` found for the device.")
  var noTuning = false

  @Option(
    help: ArgumentHelp(
      "How the products of convolutions are computed: float32, or tf32 by the tensor cores of a GPU "
        + "(docs/kernels.md). float32 by default; beside a plan, as with --set, this replaces its "
        + "key precision.", valueName: "name"))
  var precision: Precision?

  /// Refuses a number of threads that no CPU has, even if the device does not use threads.
  func validate() throws {
    guard let threads, !(1...4096).contains(threads) else { return }
    throw ValidationError(
      "\(threads) threads make no sense: give --threads a number from 1 to 4096")
  }

  /// The tuning of OpenCL devices.
  var tuning: TuningSource { noTuning ? .shipped : .saved }

  /// Opens the device, in float32 unless `--precision` says otherwise.
  /// - Throws: `DeviceError`, also if several devices are named.
  func open() throws -> any Device {
    let devices = try DeviceList(device)
    guard devices.choices.count == 1 else {
      throw DeviceError(
        "--device \(device) names \(devices.choices.count) devices; only training uses several, "
          + "name one")
    }
    return try devices.choices[0].open(
      threads: threads, tuning: tuning, precision: precision ?? .float32)
  }

  /// Opens all devices for a plan, which `--precision` is a part of.
  /// - Throws: `DeviceError`.
  func openAll(for plan: Plan) throws -> [any Device] {
    try DeviceList(device).open(threads: threads, tuning: tuning, precision: plan.precision)
  }
}

extension Precision: ExpressibleByArgument {}

/// The limit of a device's memory.
struct MemoryOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory that may be used of each device, such as 2G or 800M; by default 4/5 of a GPU's "
        + "memory and half of the host memory for a CPU. Networks that do not fit together are "
        + "processed one pack after the other, with the same results.", valueName: "size"))
  var memoryLimit: String?

  /// The limit in bytes; nil if none was given.
  /// - Throws: `DeviceError` if the text is not a size.
  func bytes() throws -> Int? {
    try memoryLimit.map { text in
      do { return try MemorySize(text).bytes } catch let error as DeviceError {
        throw DeviceError("--memory-limit: \(error.description)")
      }
    }
  }
}
