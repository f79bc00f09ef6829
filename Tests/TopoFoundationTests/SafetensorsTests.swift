import Foundation
import TestSupport
import Testing

@testable import TopoFoundation

@Suite("Safetensors") struct SafetensorsTests {
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

  @Test("values of every type are read") func readsValuesOfEveryType() throws {
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

  @Test("headers that do not fit are named") func headersThatDoNotFitAreNamed() throws {
    let long = try folder.write([0, 1, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], to: "long.safetensors")
    #expect(
      message { _ = try SafetensorsFile(contentsOf: long) }
        .contains("\(long.path): states a header of 256 bytes but has only 2"))
    let huge = try folder.write([UInt8](repeating: 0xFF, count: 9), to: "huge.safetensors")
    #expect(message { _ = try SafetensorsFile(contentsOf: huge) }.contains("18446744073709551615"))
    let short = try folder.write([1, 0], to: "short.safetensors")
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

  @Test("duplicate names are named") func duplicateNamesAreNamed() throws {
    let header = "{\(entry("a", 0, 4)),\(entry("a", 4, 8))}"
    #expect(try problem(header, data: 8).contains("its header names a twice"))
  }

  @Test("tensors out of place are named") func tensorsThatAreNotWhereTheyShouldBeAreNamed() throws {
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
    let backward = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#
    #expect(try problem(backward, data: 4).contains("bytes 4 to 0"))
  }

  /// The format asks for no alignment, and other writers do not align.
  @Test("tensors may begin anywhere") func tensorsMayBeginAnywhere() throws {
    let header = """
      {"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
      "f":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},\
      "h":{"dtype":"F16","shape":[1],"data_offsets":[9,11]},\
      "d":{"dtype":"F64","shape":[1],"data_offsets":[11,19]},\
      "i":{"dtype":"I64","shape":[],"data_offsets":[19,27]}}
      """
    let bytes: [UInt8] =
      [7] + [0, 0, 0x20, 0x41, 0, 0, 0x80, 0xBF] + [0x00, 0xC1]
      + [0, 0, 0, 0, 0, 0, 0xF8, 0xBF] + [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    // The header's length moves all of it, too.
    for spaces in 0..<8 {
      let file = try SafetensorsFile(
        contentsOf: folder.safetensors(
          header + String(repeating: " ", count: spaces), bytes: bytes))
      #expect(file.entries[1...3].map { file.floats($0) } == [[10, -1], [-2.5], [-1.5]])
      #expect(file.integers(file.entries[4]) == [-2])
    }
  }

  @Test("whole numbers of every type") func wholeNumbersOfEveryType() throws {
    let cases: [(type: String, bytes: [UInt8], number: Int64)] = [
      ("BOOL", [1], 1), ("U8", [200], 200), ("I8", [0xFE], -2), ("U16", [0xEE, 2], 750),
      ("I16", [0xFE, 0xFF], -2), ("U32", [0, 0, 0, 0x80], 1 << 31),
      ("I32", [0xEE, 2, 0, 0], 750), ("U64", [UInt8](repeating: 0xFF, count: 8), .max),
      ("I64", [0xEE, 2, 0, 0, 0, 0, 0, 0], 750), ("F16", [0xDC, 0x61], 750),
      ("F16", [0, 0x7C], .max), ("BF16", [0x3C, 0x44], 752), ("F32", [0, 0x80, 0x3B, 0x44], 750),
      ("F32", [0, 0, 0xC0, 0x7F], 0), ("F64", [0, 0, 0, 0, 0, 0x70, 0x87, 0x40], 750),
    ]
    for (type, bytes, number) in cases {
      let header = #"{"a":{"dtype":"\#(type)","shape":[],"data_offsets":[0,\#(bytes.count)]}}"#
      let file = try SafetensorsFile(contentsOf: folder.safetensors(header, bytes: bytes))
      #expect(file.integers(file.entries[0]) == [number], "\(type)")
    }
  }

  @Test("files of other formats are named") func otherFilesOfWeightsAreNamed() throws {
    let tar = [UInt8](repeating: 0x70, count: 257) + Array("ustar".utf8) + [0x30, 0x30]
    let save = "safetensors.torch.save_file(model.state_dict()"
    let cases: [(bytes: [UInt8], sentence: String, remedy: String)] = [
      (
        Array("PK".utf8) + [3, 4, 0, 0, 0, 0, 0, 0], "is a PyTorch checkpoint or another zip", save
      ),
      ([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], "checkpoint of an old PyTorch", save),
      ([0x80, 4, 0x95, 0x10, 0, 0, 0, 0, 0, 0], "or another pickle; in Python, load it by", save),
      ([0x80, 3, 0x2E], "or another pickle", save), (tar, "checkpoint of an old PyTorch", save),
      ([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A], "is an HDF5 file", save),
      ([8, 7, 0x12, 7] + Array("pytorch".utf8), "is an ONNX file", save),
      (Array("GGUF".utf8) + [3, 0, 0, 0, 1], "is a GGUF file", save),
      ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "is compressed by gzip", "gunzip"),
      ([0x93] + Array("NUMPY".utf8) + [1, 0, 9], "is an NPY file", save),
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "Git LFS", "git lfs pull"),
      (Array("<!DOCTYPE html><html>".utf8), "is a web page", "download the file itself"),
    ]
    for (bytes, sentence, remedy) in cases {
      let text = message {
        _ = try SafetensorsFile(
          contentsOf: folder.write(bytes, to: "\(UUID().uuidString).safetensors"))
      }
      #expect(text.contains(sentence) && text.contains(remedy), "\(text)")
    }
    // Headers of such lengths are headers.
    for length in [0x0280, 0x0580, 0x8B1F] {
      let header = "{}" + String(repeating: " ", count: length - 2)
      #expect(try problem(header) == "no error")
    }
  }

  @Test("shapes and types that do not fit are named") func shapesAndTypesThatDoNotFitAreNamed()
    throws
  {
    let size = #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}}"#
    #expect(try problem(size, data: 12).contains("a 12 bytes, but F32 of shape [2, 2] takes 16"))
    let overflow =
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,4]}}"#
    #expect(try problem(overflow, data: 4).contains("too large to be counted"))
    let type = #"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#
    #expect(try problem(type, data: 4).contains("in the type F31, which is not known"))
  }

  @Test("written files are aligned and read back") func writtenFilesAreAlignedAndReadBack() throws {
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
