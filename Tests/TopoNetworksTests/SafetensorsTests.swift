import Foundation
import Testing

@testable import TopoNetworks

@Suite struct SafetensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func problem(_ header: String, data: Int = 0) throws -> String {
    let url = try folder.safetensors(header, data: data)
    return message { _ = try SafetensorsFile(contentsOf: url) }
  }

  private func entry(_ name: String, _ begin: Int, _ end: Int, type: String = "F32") -> String {
    let size = (end - begin) / (type == "F32" ? 4 : 8)
    return #""\#(name)":{"dtype":"\#(type)","shape":[\#(size)],"data_offsets":[\#(begin),\#(end)]}"#
  }

  @Test func readsValuesOfEveryType() throws {
    let header = """
      {"__metadata__":{"k\\u00e9y\\n":"\\ud83d\\ude00"}, "d":{"dtype":"F64","shape":[1],\
      "data_offsets":[0,8]},"i":{"data_offsets":[8,16],"shape":[],"dtype":"I64"},\
      "f":{"dtype":"F32","shape":[1,1],"data_offsets":[16,20]},\
      "h":{"dtype":"F16","shape":[2],"data_offsets":[20,24]},\
      "b":{"dtype":"BF16","shape":[1],"data_offsets":[24,26]},\
      "e":{"dtype":"U8","shape":[0,5],"data_offsets":[26,26]}} \n
      """
    let bytes: [UInt8] =
      [0, 0, 0, 0, 0, 0, 0xF8, 0xBF] + [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
      + [0, 0, 0x20, 0x41] + [0x00, 0x3C, 0x00, 0xC1] + [0x80, 0x3F]
    let file = try SafetensorsFile(contentsOf: folder.safetensors(header, bytes: bytes))
    #expect(file.metadata == ["kéy\n": "😀"])
    #expect(file.entries.map(\.name) == ["d", "i", "f", "h", "b", "e"])
    #expect(file.floats(file.entries[0]) == [-1.5])
    #expect(file.integers(file.entries[1]) == [-2] && file.floats(file.entries[1]) == nil)
    #expect(file.floats(file.entries[2]) == [10] && file.entries[2].shape == [1, 1])
    #expect(file.floats(file.entries[3]) == [1, -2.5])
    #expect(file.floats(file.entries[4]) == [1])
    #expect(file.entries[5].count == 0)
  }

  @Test func headersThatDoNotFitAreNamed() throws {
    let long = try folder.write([0, 1, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D])
    #expect(
      message { _ = try SafetensorsFile(contentsOf: long) }
        .contains("\(long.path): states a header of 256 bytes but has only 2"))
    let huge = try folder.write([UInt8](repeating: 0xFF, count: 9))
    #expect(message { _ = try SafetensorsFile(contentsOf: huge) }.contains("18446744073709551615"))
    let short = try folder.write([1, 0])
    #expect(message { _ = try SafetensorsFile(contentsOf: short) }.contains("has 2 bytes"))
    for header in [
      "", "[]", "{", "{\"a\"", "{} x", "{\"a\":1}", "{\"a\":{\"dtype\":\"F32\"",
      "{\"__metadata__\":{\"a\":1}}",
      "{\"a\\uD800\":{}}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}}",
    ] {
      #expect(try problem(header, data: 4).contains("its header is not what"), "\(header)")
    }
    #expect(try problem("{\"a\":{\"shape\":[1]}}").contains("lacks dtype, shape"))
    #expect(try problem("{\"a\":{\"strides\":[1]}}").contains("unexpected \"strides\""))
  }

  @Test func duplicateNamesAreNamed() throws {
    let header = "{\(entry("a", 0, 4)),\(entry("a", 4, 8))}"
    #expect(try problem(header, data: 8).contains("its header names a twice"))
  }

  @Test func tensorsThatAreNotWhereTheyShouldBeAreNamed() throws {
    let good = "{\(entry("b", 4, 8)),\(entry("a", 0, 4))}"
    #expect(try problem(good, data: 8) == "no error")
    let overlap = "{\(entry("a", 0, 8)),\(entry("b", 4, 12))}"
    #expect(try problem(overlap, data: 12).contains("has a and b overlap"))
    let same = "{\(entry("a", 0, 4)),\(entry("b", 0, 4))}"
    #expect(try problem(same, data: 4).contains("overlap"))
    let gap = "{\(entry("a", 0, 4)),\(entry("b", 8, 12))}"
    #expect(try problem(gap, data: 12).contains("gap of 4 bytes between a and b"))
    #expect(try problem("{\(entry("a", 0, 4))}", data: 6).contains("2 bytes after its last"))
    #expect(try problem("{\(entry("a", 0, 8))}", data: 4).contains("bytes 0 to 8 of 4"))
    let backwards = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#
    #expect(try problem(backwards, data: 4).contains("bytes 4 to 0"))
    let misaligned = "{\(entry("a", 0, 4)),\(entry("b", 4, 12, type: "I64"))}"
    #expect(try problem(misaligned, data: 12).contains("misaligned for I64"))
  }

  @Test func shapesAndTypesThatDoNotFitAreNamed() throws {
    let size = #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}}"#
    #expect(try problem(size, data: 12).contains("a 12 bytes, but F32 of shape [2, 2] takes 16"))
    let overflow =
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,4]}}"#
    #expect(try problem(overflow, data: 4).contains("too large to be counted"))
    let type = #"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#
    #expect(try problem(type, data: 4).contains("in the type F31, which is not known"))
  }

  @Test func writtenFilesAreAlignedAndReadBack() throws {
    let url = folder.url.appending(path: "written.safetensors")
    try SafetensorsWriter.write(
      [
        .init(name: "a \"quoted\" \\ name", shape: [3], values: .float32([1, 2, 3])),
        .init(name: "count", shape: [], values: .int64([-7])),
      ], metadata: ["b": "line\nbreak", "a": "é"], to: url)
    let bytes = [UInt8](try Data(contentsOf: url))
    #expect(bytes[0] % 8 == 0 && (bytes.count - 8 - Int(bytes[0])) == 20)
    let file = try SafetensorsFile(contentsOf: url)
    #expect(file.metadata == ["b": "line\nbreak", "a": "é"])
    // The wider type comes first.
    #expect(file.entries.map(\.name) == ["count", "a \"quoted\" \\ name"])
    #expect(file.integers(file.entries[0]) == [-7])
    #expect(file.floats(file.entries[1]) == [1, 2, 3])
  }
}
