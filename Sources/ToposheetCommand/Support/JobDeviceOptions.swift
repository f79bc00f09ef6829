import ArgumentParser

/// The device of jobs that run on other machines.
struct JobDeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The --device of the jobs.", valueName: "device"),
    completion: Completions.devices)
  var device: String?
}
