import ArgumentParser
import Foundation
import Toposheet

/// Explains a plan.
struct PlanCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what a plan takes on a device, and what it can find, before anything runs.",
    usage: "toposheet plan check <plan> [--set <key=value> ...] [--device <device>]",
    discussion: """
      Reads the plan and its data and says how many networks and steps there are, what is evaluated, \
      how the networks are divided into packs, how much disk and time that takes, and which effects \
      the comparison of conditions can find. Time is an estimate from a few seconds of training and \
      evaluation on the device. Nothing is written.

      Examples:
        toposheet plan check paper-mnist
        toposheet plan check mine.yaml --set seeds=0-19 --device opencl:0,opencl:1
      """)

  @OptionGroup var source: PlanOptions

  @OptionGroup(title: "Device") var device: DeviceOptions

  @OptionGroup(title: "Device") var memory: MemoryOptions

  @Flag(help: "Do not measure, and say nothing about time.")
  var noTime = false

  func run() throws {
    let source = try source.source(device.precision)
    let plan = try source.plan()
    let dataset = try source.dataset(of: plan)
    let devices = try device.openAll(for: plan)
    let forecast = try StudyForecast(
      plan, dataset: dataset, devices: devices, memoryLimit: try memory.bytes())
    if let note = plan.note(on: dataset) { Terminal.error(note) }
    for note in forecast.suite.notes { Terminal.error(note) }
    var pace: StudyPace?
    if !noTime, let first = devices.first {
      LiveDisplay.shared.clear()
      Terminal.error("measuring for some seconds on \(Readable.devices(devices))")
      pace = try forecast.pace(on: first)
    }
    let text = ForecastText(
      forecast: forecast, data: dataset.name, devices: devices, pace: pace, isTimed: !noTime)
    var table = TextTable([.init("study", .left), .init(plan.name, .left)])
    for (label, sentence) in text.rows { table.append([label, sentence]) }
    Terminal.print(table.text(width: Terminal.tableWidth))
  }
}
