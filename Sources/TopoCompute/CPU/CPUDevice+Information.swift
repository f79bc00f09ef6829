import COneDNN
import Foundation

extension CPUDevice {
  static func describe(threads: Int) -> DeviceInformation {
    let memory = Int(ProcessInfo.processInfo.physicalMemory)
    let version = "\(topo_version_major()).\(topo_version_minor()).\(topo_version_patch())"
    let instructions = String(cString: topo_isa_name())
    return DeviceInformation(
      kind: .cpu, identifier: "cpu", name: processorField("model name") ?? "CPU",
      vendor: processorField("vendor_id") ?? "unknown",
      driver: "oneDNN \(version), \(instructions)", computeUnits: threads, memory: memory,
      maximumAllocation: memory,
      limits: [.init("threads", "\(threads) of \(availableCores) available cores")])
  }

  private static func processorField(_ name: String) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return line.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
