import Foundation
import TestSupport
import Testing
import TopoCompute

/// `TOPOSHEET_CPU`, the vector instructions of the CPU.
@Suite("Instruction sets of the CPU", .serialized) struct InstructionsCommandTests {
  let place: Workplace

  init() throws { place = try Workplace() }

  private func variable(_ instructions: String) -> [String: String] {
    [CPUInstructions.variable: instructions]
  }

  @Test("the variable limits oneDNN too, and devices says so") func devices() throws {
    let names: [CPUInstructions: String] = [
      .portable: "SSE4.1, library kernels only", .avx2: "AVX2", .avx512: "AVX-512",
    ]
    for instructions in CPUInstructions.available {
      let name = try #require(names[instructions])
      // The older variable yields to it.
      let environment = variable(instructions.rawValue).merging(["DNNL_MAX_CPU_ISA": "AVX"]) { $1 }
      let result = try Command.run(["devices"], environment: environment)
      let drivers = result.output.split(separator: "\n").filter { $0.hasPrefix("  driver ") }
      #expect(drivers.first?.hasSuffix(", \(name)") == true, "\(result.output)")
    }
  }

  @Test("other values are refused before anything is computed") func refused() throws {
    try expectRefused(
      place.train("out"), ["TOPOSHEET_CPU=avx1024 is not known: set it to "],
      environment: variable("avx1024"))
    #expect(!place.exists("out"))
  }

  @Test("a run of one instruction set is not continued with another") func resume() throws {
    let others = CPUInstructions.available.filter { $0 != .portable }
    // A CPU without a choice has nothing to confuse.
    guard let least = others.first, let most = others.last, least != most else { return }
    let begun = try Command.run(place.train("run"), environment: variable(least.rawValue))
    #expect(begun.status == 0, "\(begun.errors)")
    try expectRefused(
      place.train("run", ["--resume"]),
      ["was begun with AVX2", "would differ with AVX-512", "continue with TOPOSHEET_CPU=avx2 on"],
      environment: variable(most.rawValue))
    let again = try Command.run(
      place.train("run", ["--resume"]), environment: variable(least.rawValue))
    #expect(again.status == 0, "\(again.errors)")
  }
}
