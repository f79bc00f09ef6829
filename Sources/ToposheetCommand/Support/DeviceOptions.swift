import ArgumentParser
import Toposheet

/// Which device computes.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "auto, cpu, opencl or opencl:N (see `toposheet devices`).", valueName: "device"))
  var device = "auto"

  @Option(help: "Threads of the cpu device; by default one per core.")
  var threads: Int?

  func open() throws -> any Device { try DeviceChoice(device).open(threads: threads) }
}
