import TestSupport
import Testing

@testable import TopoCompute

/// Devices by name, one or several.
@Suite("Lists of devices") struct DeviceListTests {
  @Test("lists are read") func listsAreRead() throws {
    let lists: [String: [DeviceChoice]] = [
      "auto": [.automatic], "cpu": [.cpu], "opencl": [.openCL(nil)], "opencl:3": [.openCL(3)],
      "opencl:0,opencl:2": [.openCL(0), .openCL(2)],
      "opencl:1/2": [.openCLPart(index: 1, part: 0, of: 2), .openCLPart(index: 1, part: 1, of: 2)],
      "opencl:1/2:1": [.openCLPart(index: 1, part: 1, of: 2)],
      "opencl:0, opencl:1/1": [.openCL(0), .openCL(1)],
    ]
    for (text, choices) in lists {
      #expect(try DeviceList(text).choices == choices, "\(text)")
      for choice in choices { #expect(try DeviceChoice(choice.description) == choice) }
    }
  }

  @Test("other lists are refused") func otherListsAreRefused() throws {
    let refused = [
      "": "there is no device", "gpu": "there is no device gpu", "opencl:0,": "no device",
      "cpu,opencl:0": "bits differ", "cpu,cpu": "mixes kinds", "opencl,opencl:0": "which",
      "opencl:0,opencl:0": "twice", "opencl:0,opencl:0/2": "parts of it",
      "opencl:0/0": "0 parts", "opencl:0/2:2": "no device", "opencl:-1/2": "no device",
      "opencl:0/x": "no device", "opencl:1 1": "no device", "open cl": "no device",
      "opencl:0/1 2": "no device", "opencl:0/2/3": "no device",
    ]
    for (text, part) in refused {
      let error = try #require(throws: DeviceError.self, "\(text)") { try DeviceList(text) }
      #expect(error.description.contains(part), "\(text): \(error.description)")
    }
  }

  @Test(
    "parts that do not exist are refused",
    .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
  func partsThatThereAreNotAreRefused() throws {
    let error = try #require(throws: DeviceError.self) {
      try DeviceList("opencl:0/1024").open()
    }
    #expect(error.description.contains("cannot be divided into 1024 parts"))
    #expect(error.description.contains("as opencl:0"))
  }

  @Test("surplus parts are released") func surplusPartsAreGivenBack() {
    func split(_ pieces: [Int], _ parts: Int) -> [[Int]] {
      let (kept, surplus) = OpenCLDiscovery.split(pieces, parts)
      return [kept, surplus]
    }
    #expect(split([1, 2, 3], 2) == [[1, 2], [3]])
    #expect(split([1, 2], 2) == [[1, 2], []])
    #expect(split([1], 2) == [[], [1]])
    let device = DeviceInformation(
      kind: .opencl, identifier: "opencl:0", name: "a GPU", vendor: "", driver: "",
      computeUnits: 7, memory: 1, maximumAllocation: 1)
    let error = OpenCLDiscovery.indivisible(
      device, 0, 3, "its driver makes 2 of 2 compute units each")
    #expect(
      error.description
        == "opencl:0 (a GPU, 7 compute units) cannot be divided into 3 parts (its driver makes 2 of "
        + "2 compute units each); use it whole, as opencl:0")
  }
}
