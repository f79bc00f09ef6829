import Testing

@testable import TopoCompute

/// How the instruction set of the CPU is chosen.
@Suite("Choice of instruction set") struct InstructionChoiceTests {
  @Test("the variable names what the CPU has") func names() throws {
    #expect(try CPUInstructions.named(nil) == CPUInstructions.available.max())
    #expect(try CPUInstructions.named("") == CPUInstructions.available.max())
    for set in CPUInstructions.available {
      #expect(try CPUInstructions.named(set.rawValue) == set)
      #expect(try CPUDevice(threads: 1, instructions: set).instructions == set)
    }
    #expect(try CPUInstructions.named("avx2", of: [.portable, .avx2, .avx512]) == .avx2)
  }

  @Test("other values are refused") func refused() {
    func message(_ text: String, _ available: [CPUInstructions]) -> String {
      do {
        _ = try CPUInstructions.named(text, of: available)
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message("avx512", [.portable, .avx2])
        == "TOPOSHEET_CPU=avx512 is not possible, because this CPU has no AVX-512: set it to avx2 "
        + "or portable, or not at all")
    #expect(
      message("avx2", [.portable])
        == "TOPOSHEET_CPU=avx2 is not possible, because this CPU has no AVX2 with FMA: set it to "
        + "portable, or not at all")
    #expect(
      message("AVX2", [.portable, .avx2])
        == "TOPOSHEET_CPU=AVX2 is not known: set it to avx2 or portable, or not at all")
  }
}
