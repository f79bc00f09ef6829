import Foundation
import TestSupport
import Testing

@testable import TopoFoundation

@Suite("NPY") struct NPYTests {
  @Test(
    "arrays read back",
    arguments: [
      NPYArray(.float32([1, -0.5, .infinity, 0, .leastNonzeroMagnitude, 7]), shape: [2, 3]),
      NPYArray(.uint8([0, 255]), shape: [2]), NPYArray(.int64([.min, .max]), shape: [1, 2, 1]),
      NPYArray(.float32([4]), shape: []), NPYArray(.float32([]), shape: [0, 10]),
    ])
  func roundTrip(array: NPYArray) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.npy")
    try array.write(to: url)
    #expect(try NPYArray(contentsOf: url) == array)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a.npy"])
  }

  @Test("the bytes are NumPy's") func theBytesAreNumPys() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.npy")
    try NPYArray.write([1, 2], shape: [2, 1], to: url)
    let bytes = try FileContents.read(url)
    // As numpy.save writes it, except that numpy leaves more room in the header.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }"
    #expect(bytes.prefix(10) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 0x76, 0])
    #expect(String(decoding: bytes[10..<10 + header.utf8.count], as: UTF8.self) == header)
    #expect(bytes[127] == 0x0A)
    #expect(bytes[128...] == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
  }

  private func problem(_ header: String, _ body: [UInt8], version: UInt8 = 1) throws -> String {
    let folder = try TemporaryFolder()
    let length = UInt16(header.utf8.count)
    let bytes = NPYArray.magic + [version, 0, UInt8(length & 255), UInt8(length >> 8)]
    let url = try folder.write(bytes + Array(header.utf8) + body, to: "a.npy")
    return message { _ = try NPYArray(contentsOf: url) }
  }

  /// Headers that NumPy reads: of Python 2, of other programs, in another order.
  @Test(
    "headers of other programs are read",
    arguments: [
      #"{"descr": "<f4", "fortran_order": False, "shape": (2, 1)}"#,
      "{'shape': (2L, 1L), 'fortran_order': False, 'descr': '<f4'}   \n",
      "{'descr':'<f4','fortran_order':False,'shape':(2,1),}",
      " {  'descr' : '<f4' ,\t'fortran_order' : False ,\n 'shape' : ( 2 , 1 , ) , } \n",
      #"{'descr': "<f4", "shape": (2, 1), u'fortran_order': False}"#,
      "{'descr': u'<f4', 'fortran_order': False, 'shape': (2, 1L), }",
      "{'descr': b'=f4', 'fortran_order': False, 'shape': (2, 1), }",
      "{'descr': 'f4', 'fortran_order': True, 'shape': (2, 1), }",
    ])
  func headersOfOthers(header: String) throws {
    let folder = try TemporaryFolder()
    for version in [1, 2] as [UInt8] {
      let length = UInt8(header.utf8.count)
      let bytes =
        NPYArray.magic + [version, 0, length, 0] + (version > 1 ? [0, 0] : []) + Array(header.utf8)
      let url = try folder.write(bytes + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40], to: "a.npy")
      #expect(try NPYArray(contentsOf: url) == NPYArray(.float32([1, 2]), shape: [2, 1]))
      #expect(try NPYFile.open(url).elementCode == "<f4")
    }
  }

  @Test(
    "headers that are not understood are named",
    arguments: [
      "", "{", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1.0,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': [1]}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
      "{'descr': '<f4\", 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      String(repeating: "(", count: 5000),
    ])
  func headersThatNobodyReads(header: String) throws {
    #expect(try problem(header, [0, 0, 0, 0]).contains("cannot be understood"))
  }

  @Test("records and Fortran order are named") func recordsAndOrdersAreNamed() throws {
    let fields =
      "{'descr': [('a', '<f4'), ('b', '<i8', (2,))], 'fortran_order': False, 'shape': (1,)}"
    #expect(try problem(fields, [0, 0, 0, 0]).contains("holds records of several fields"))
    let big = "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}"
    #expect(try problem(big, [0, 0, 0, 0]).contains("holds elements of type >f4"))
    let fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 1, 2)}"
    #expect(try problem(fortran, [0, 0, 0, 0]).contains("Fortran order"))
    let line = "{'descr': '<u1', 'fortran_order': True, 'shape': (1, 4, 1)}"
    #expect(try problem(line, [0, 0, 0, 0]) == "no error")
  }

  @Test("bad files are named") func badFilesAreNamed() throws {
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
    let four: [UInt8] = [0, 0, 0, 0]
    #expect(try problem(good, four) == "no error")
    #expect(try problem(good, [0]).contains("4 bytes, but holds 1"))
    let double = good.replacingOccurrences(of: "<f4", with: "<f8")
    #expect(try problem(double, four).contains("type <f8; convert it"))
    let huge = good.replacingOccurrences(
      of: "(1,)", with: "(4294967296, 4294967296, 4294967296)")
    #expect(try problem(huge, four).contains("is smaller"))
    #expect(try problem("{'descr': 5}", four).contains("cannot be understood"))
    #expect(try problem(good, four, version: 9).contains("NPY version 9"))
    let folder = try TemporaryFolder()
    let text = message { _ = try NPYArray(contentsOf: folder.write([1, 2], to: "b.npy")) }
    #expect(text.contains("b.npy: is not an NPY file"))
  }
}
