import ArgumentParser
import Toposheet

/// Lists devices.
struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "List the devices, with their limits and drivers.",
    discussion: """
      --device takes the name at the beginning of an entry; auto is the first GPU, or the CPU if \
      there is no GPU. --precision takes the precisions of the device. Tensor cores, for tf32, are \
      tried first: if that fails, a line says how.
      """)

  func run() throws {
    var devices = [try CPUDevice().information]
    var trouble: String?
    do {
      devices += try OpenCLDevice.available()
    } catch let error as DeviceError {
      trouble = error.description
    }
    let chosen = devices.first(where: \.isAccelerator)?.identifier ?? "cpu"
    for (index, device) in devices.enumerated() {
      let mark = device.identifier == chosen ? "  (auto)" : ""
      var table = TextTable([.init("", .left), .init("", .left)])
      table.append(["driver", device.driver])
      table.append(["vendor", device.vendor])
      table.append(["compute units", "\(device.computeUnits)"])
      table.append(["memory", Readable.bytes(device.memory)])
      table.append(["largest buffer", Readable.bytes(device.maximumAllocation)])
      let support = index == 0 ? .cpu : try? PrecisionSupport(openCL: index - 1)
      for row in Self.rows(support) { table.append(row) }
      for limit in device.limits { table.append([limit.name, limit.value]) }
      Terminal.print("\(device.identifier)  \(device.name)\(mark)")
      // The head, which is empty, and a rule.
      let lines = table.description.split(separator: "\n", omittingEmptySubsequences: false)
      for line in lines.dropFirst(2) where !line.isEmpty {
        Terminal.print("  \(line)")
      }
    }
    if let trouble { Terminal.print("\nNo OpenCL device: \(trouble).") }
    for sentence in OpenCLEntries().advice {
      Terminal.print("\n\(sentence.prefix(1).uppercased() + sentence.dropFirst()).")
    }
  }

  /// The precisions of a device, and how a trial of its tensor cores failed.
  /// - Parameter support: nil for a device that cannot be used.
  static func rows(_ support: PrecisionSupport?) -> [[String]] {
    guard let support else { return [] }
    let names = support.precisions.map(\.rawValue).joined(separator: ", ")
    return [["precision", names + (support.isEmulated ? " (emulated)" : "")]]
      + (support.failure.map { [["", "no tf32: \($0)"]] } ?? [])
  }
}
