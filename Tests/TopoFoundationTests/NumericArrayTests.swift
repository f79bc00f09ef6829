import Foundation
import TestSupport
import Testing
import TopoFoundation

@Suite("Arrays of other programs") struct NumericArrayTests {
  let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = temporary.url.appending(path: name)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// An NPY file with a header as NumPy writes it.
  private func npy(
    _ code: String, _ shape: String, _ body: [UInt8], isFortran: Bool = false
  ) -> [UInt8] {
    let header =
      "{'descr': '\(code)', 'fortran_order': \(isFortran ? "True" : "False"), "
      + "'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + body
  }

  private func bytes<Value>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes(Array.init) }

  private func read(_ path: String) throws -> NumericArray<Double> {
    try NumericArray(path) { $0 }
  }

  @Test("every type of number is read") func types() throws {
    let wanted = [0.0, 1, 2, 3, 100, 5]
    for (code, body) in [
      ("<f4", bytes(wanted.map { Float($0) })), ("<f8", bytes(wanted)),
      ("<f2", bytes(wanted.map { Float16($0) })), ("|u1", bytes(wanted.map { UInt8($0) })),
      ("|i1", bytes(wanted.map { Int8($0) })), ("<u2", bytes(wanted.map { UInt16($0) })),
      ("<i2", bytes(wanted.map { Int16($0) })), ("<u4", bytes(wanted.map { UInt32($0) })),
      ("<i4", bytes(wanted.map { Int32($0) })), ("<u8", bytes(wanted.map { UInt64($0) })),
      ("<i8", bytes(wanted.map { Int64($0) })),
    ] {
      let array = try read(try file("a.npy", npy(code, "(2, 3)", body)))
      #expect(array.shape == [2, 3] && array.values == wanted, "\(code)")
    }
    let flags = try read(try file("b.npy", npy("|b1", "(3,)", [1, 0, 1])))
    #expect(flags.values == [1, 0, 1])
  }

  @Test("Fortran order is turned into rows") func fortranOrder() throws {
    // [[1, 2, 3], [4, 5, 6]] by columns.
    let matrix = try read(
      try file("f.npy", npy("<f8", "(2, 3)", bytes([1.0, 4, 2, 5, 3, 6]), isFortran: true)))
    #expect(matrix.values == [1, 2, 3, 4, 5, 6])
    // numpy.arange(24).reshape(2, 3, 4), saved in Fortran order.
    var cube: [Double] = []
    for index in 0..<24 { cube.append(Double(12 * (index % 2) + 4 * (index / 2 % 3) + index / 6)) }
    let array = try read(
      try file("g.npy", npy("<f8", "(2, 3, 4)", bytes(cube), isFortran: true)))
    #expect(array.values == (0..<24).map { Double($0) })
  }

  @Test("tensors of safetensors are read by name") func safetensors() throws {
    let path = temporary.url.appending(path: "layer.safetensors")
    let header = [
      #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#,
      #""b":{"dtype":"BF16","shape":[2],"data_offsets":[16,20]}}"#,
    ].joined()
    let halves: [UInt16] = [Float(5), -6].map { UInt16($0.bitPattern >> 16) }
    var file = bytes([UInt64(header.utf8.count)])
    file += Array(header.utf8)
    file += bytes([1, 2, 3, 4] as [Float])
    file += bytes(halves)
    try Data(file).write(to: path)
    #expect(try read(path.path + ":a").values == [1, 2, 3, 4])
    #expect(try read(path.path + ":b").values == [5, -6])
    for (name, part) in [
      (path.path, "has 2 tensors; name one, such as layer.safetensors:a"),
      (path.path + ":c", "has no tensor c; it has a, b"),
    ] {
      #expect(throws: UserError.self, performing: { _ = try read(name) })
      do { _ = try read(name) } catch { #expect("\(error)".contains(part), "\(error)") }
    }
  }

  @Test("other files are refused") func refusals() throws {
    for (bytes, part) in [
      (npy(">f4", "(1,)", [0, 0, 0, 0]), "is big-endian; write it again after .astype(\"<f4\")"),
      (
        npy("<U2", "(1,)", [UInt8](repeating: 0, count: 8)),
        "(<U2), not numbers; labels are numbers: np.unique(y, return_inverse=True)[1] makes them"
      ),
      (npy("<c8", "(1,)", [UInt8](repeating: 0, count: 8)), "holds elements of type <c8"),
      (npy("<f4", "(2,)", [0, 0, 0, 0]), "holds 4"),
      (Array("image,unit\n".utf8), "is neither an NPY file nor safetensors"),
    ] {
      let path = try file("x.npy", bytes)
      do {
        _ = try read(path)
        Issue.record("\(part) was not refused")
      } catch { #expect("\(error)".contains(part) && "\(error)".contains(path), "\(error)") }
    }
  }
}
