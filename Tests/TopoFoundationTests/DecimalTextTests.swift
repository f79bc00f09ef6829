import Testing

@testable import TopoFoundation

@Suite("Decimal numbers in text") struct DecimalTextTests {
  @Test(
    "whole numbers",
    arguments: [
      ("0", 0), ("010", 10), ("0064", 64), ("-08", -8), ("+7", 7), ("9223372036854775807", Int.max),
    ])
  func wholeNumbers(text: String, number: Int) {
    #expect(DecimalText.integer(text) == number)
    #expect(DecimalText.number(text) == Double(number))
  }

  @Test(
    "texts that are no whole numbers",
    arguments: [
      "", "-", "0x10", "0o10", "0b1", "1_000", "1:30", "1e3", "1.0", " 1", "1 ", "1 2", "--1", "١",
      "9223372036854775808", "ten",
    ])
  func whatIsNoWholeNumber(text: String) { #expect(DecimalText.integer(text) == nil) }

  @Test("whole numbers of other types") func wholeNumbersOfOtherTypes() {
    #expect(DecimalText.integer("18446744073709551615", as: UInt64.self) == .max)
    #expect(DecimalText.integer("-1", as: UInt64.self) == nil)
    #expect(DecimalText.integer("256", as: UInt8.self) == nil)
  }

  @Test(
    "numbers",
    arguments: [
      ("0.5", 0.5), (".5", 0.5), ("5.", 5), ("-00.50", -0.5), ("1e-3", 0.001), ("+1.5E+2", 150),
      ("1e400", .infinity), ("010.5", 10.5), ("1e010", 1e10),
    ])
  func numbers(text: String, number: Double) { #expect(DecimalText.number(text) == number) }

  @Test(
    "texts that are no numbers",
    arguments: [
      "", ".", "-", "e5", "1e", "1e+", "1e1.5", "0x1p3", "0x10", "1_0.5", "1:30", "1:30.5", "inf",
      "nan", ".inf", "1,5", "1.2.3", "1 2", " 1", "½",
    ])
  func whatIsNoNumber(text: String) { #expect(DecimalText.number(text) == nil) }
}
