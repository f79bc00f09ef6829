import CVectorKernels
import Testing

@testable import TopoCompute

/// Kernels of this project with each instruction set of this CPU.
@Suite("Instruction sets") struct InstructionSetTests {
  static let sets = CPUInstructions.available.filter { $0 != .portable }

  /// Values of both signs that no product of sizes repeats.
  private static func sample(_ index: Int, _ seed: UInt32) -> Float {
    var word = UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ seed &* 40_503
    word ^= word >> 15
    word = word &* 2_246_822_519
    word ^= word >> 13
    return Float(word >> 8) / Float(1 << 23) - 1
  }

  private static func filled(_ count: Int, _ seed: UInt32) -> GuardedFloats {
    GuardedFloats(count) { sample($0, seed) }
  }

  /// What a pass leaves with every set.
  private func compare(
    _ name: String, _ outputs: [Int], _ pass: (topo_instructions_t, inout [GuardedFloats]) -> Void
  ) -> [[Float]] {
    var first: [GuardedFloats]?
    for set in Self.sets {
      var results = outputs.map { GuardedFloats($0) }
      pass(set.code, &results)
      for (index, result) in results.enumerated() {
        #expect(result.marksAreKept, "\(name), \(set), output \(index)")
        let same = first.map { $0[index].bits == result.bits } ?? true
        #expect(same, "\(name), \(set), output \(index)")
      }
      first = first ?? results
    }
    return first?.map(\.values) ?? []
  }

  private func expectNear(_ value: Float, _ exact: Double, _ scale: Double, _ name: String) {
    #expect(abs(Double(value) - exact) <= 2e-6 * scale, "\(name): \(value), not \(exact)")
  }

  // MARK: Convolutions

  /// Images, input and output channels, rows, columns. Rows of 1 to 3 pixels, rests of every size,
  /// blocks in odd numbers, 1 to 13 tiles, and more than are worked on together.
  static let blocked: [[Int32]] =
    (1...13).map { [1, 8, 32, 2, 2 * $0] } + [
      [1, 8, 32, 1, 1], [2, 8, 32, 1, 33], [3, 24, 32, 3, 3], [1, 16, 64, 3, 31],
      [5, 40, 32, 2, 5],
      [2, 32, 96, 33, 3], [7, 64, 32, 7, 9], [3, 120, 32, 4, 4], [1, 128, 64, 31, 33],
      [2, 8, 32, 121, 3],
    ]
  static let dense: [[Int32]] =
    [[1, 1, 32, 1, 1], [2, 3, 64, 2, 121], [1, 4, 32, 33, 31], [2, 3, 32, 12, 12]]
    + (2...17).map { [1, $0 % 4 + 1, 32, 3, $0] }

  private static func shape(_ sizes: [Int32]) -> topo_convolution_t {
    topo_convolution_t(
      images: sizes[0], inputs: sizes[1], outputs: sizes[2], rows: sizes[3], columns: sizes[4])
  }

  /// Element of a blocked activation.
  private func index(_ s: topo_convolution_t, _ channels: Int32, _ at: (Int, Int, Int, Int)) -> Int
  {
    let (image, channel, row, column) = at
    let (rows, columns) = (Int(s.rows), Int(s.columns))
    return ((image * Int(channels) / 8 + channel / 8) * rows + row) * columns * 8 + column * 8
      + channel % 8
  }

  /// Workspace, full of NaN at first, aligned as passes want it.
  private func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let mark: Float = 5
    let memory = UnsafeMutablePointer<Float>(
      OpaquePointer(
        UnsafeMutableRawPointer.allocate(byteCount: (count + 16) * 4, alignment: 64)))
    memory.update(repeating: .nan, count: count)
    (memory + count).update(repeating: mark, count: 16)
    body(memory)
    #expect((0..<16).allSatisfy { memory[count + $0] == mark }, "workspace of \(count)")
    memory.deallocate()
  }

  @Test("Winograd's convolutions have the same bits", arguments: blocked)
  func winograd(_ sizes: [Int32]) {
    let s = Self.shape(sizes)
    let (inputs, outputs, pixels) = (Int(s.inputs), Int(s.outputs), Int(s.rows * s.columns))
    let x = Self.filled(Int(s.images) * inputs * pixels, 1)
    let dy = Self.filled(Int(s.images) * outputs * pixels, 2)
    let weight = Self.filled(outputs * inputs * 9, 3)
    let bias = Self.filled(outputs, 4)
    let packedCount = topo_winograd_weights(s)
    var packed = GuardedFloats(packedCount) { _ in 0 }
    packed.write { packed in
      weight.read { topo_winograd_pack(s, $0, packed, 0, s.outputs * s.inputs / 64) }
    }
    #expect(packed.marksAreKept)

    let forward = compare("forward \(sizes)", [outputs * Int(s.images) * pixels]) { code, results in
      withScratch(topo_winograd_forward_scratch(s)) { scratch in
        results[0].write { y in
          x.read { x in
            packed.read { w in
              bias.read { topo_winograd_forward(code, s, x, w, $0, y, scratch) }
            }
          }
        }
      }
    }
    let gradients = compare("gradient \(sizes)", [packedCount, outputs, outputs * inputs * 9]) {
      code, results in
      // Nothing writes the gaps between the positions.
      results[0] = GuardedFloats(packedCount) { _ in 0 }
      var (sums, biases) = (results[0], results[1])
      withScratch(topo_winograd_weight_scratch(s)) { scratch in
        sums.write { sums in
          biases.write { biases in
            x.read { x in
              dy.read {
                // All output channels, and group by group.
                for first in stride(from: 0, to: s.outputs, by: code == topo_avx2 ? 32 : 96) {
                  let end = code == topo_avx2 ? first + 32 : min(first + 96, s.outputs)
                  topo_winograd_weight_gradient(
                    code, s, first, end, x, $0, sums, biases, scratch)
                }
              }
            }
          }
        }
      }
      results[2].write { to in
        sums.read { topo_winograd_unpack(s, $0, 1, packedCount, to, 0, s.outputs * s.inputs / 64) }
      }
      (results[0], results[1]) = (sums, biases)
    }
    guard let y = forward.first, gradients.count == 3 else { return }
    let (xs, ws, bs, dys) = (x.values, weight.values, bias.values, dy.values)
    // A few outputs and gradients in double precision.
    for probe in 0..<12 {
      let at = (
        probe % Int(s.images), probe * 37 % outputs, probe * 5 % Int(s.rows),
        (probe * 7 + 6) % Int(s.columns)
      )
      var sum = Double(bs[at.1])
      for i in 0..<inputs {
        for (r, c) in Self.taps {
          guard let source = neighbor(s, at, i, r, c) else { continue }
          sum +=
            Double(xs[index(s, s.inputs, source)]) * Double(ws[(at.1 * inputs + i) * 9 + 3 * r + c])
        }
      }
      expectNear(y[index(s, s.outputs, at)], sum, Double(inputs), "forward \(sizes)")
      let (i, r, c) = (probe * 11 % inputs, probe % 3, probe / 3 % 3)
      var gradient = 0.0
      for image in 0..<Int(s.images) {
        for row in 0..<Int(s.rows) {
          for column in 0..<Int(s.columns) {
            let to = (image, at.1, row, column)
            guard let source = neighbor(s, to, i, r, c) else { continue }
            gradient +=
              Double(xs[index(s, s.inputs, source)]) * Double(dys[index(s, s.outputs, to)])
          }
        }
      }
      expectNear(
        gradients[2][(at.1 * inputs + i) * 9 + 3 * r + c], gradient,
        Double(Int(s.images) * pixels), "gradient \(sizes)")
    }
  }

  private static let taps = (0..<9).map { ($0 / 3, $0 % 3) }

  /// The input that a tap of an output's window reads; nil outside the image.
  private func neighbor(
    _ s: topo_convolution_t, _ at: (Int, Int, Int, Int), _ channel: Int, _ r: Int, _ c: Int
  ) -> (Int, Int, Int, Int)? {
    let (row, column) = (at.2 + r - 1, at.3 + c - 1)
    guard (0..<Int(s.rows)).contains(row), (0..<Int(s.columns)).contains(column) else { return nil }
    return (at.0, channel, row, column)
  }

  @Test("convolutions of images have the same bits", arguments: dense)
  func images(_ sizes: [Int32]) {
    let s = Self.shape(sizes)
    let (inputs, outputs, pixels) = (Int(s.inputs), Int(s.outputs), Int(s.rows * s.columns))
    let x = Self.filled(Int(s.images) * inputs * pixels, 1)
    let dy = Self.filled(Int(s.images) * outputs * pixels, 2)
    let packed = Self.filled(outputs * inputs * 9, 3)
    let bias = Self.filled(outputs, 4)
    let forward = compare("forward \(sizes)", [outputs * Int(s.images) * pixels]) { code, results in
      withScratch(topo_image_scratch(s)) { scratch in
        results[0].write { y in
          x.read { x in
            packed.read { w in bias.read { topo_image_forward(code, s, x, w, $0, y, scratch) } }
          }
        }
      }
    }
    let gradients = compare("gradient \(sizes)", [outputs * inputs * 9, outputs]) {
      code, results in
      var (sums, biases) = (results[0], results[1])
      withScratch(topo_image_scratch(s)) { scratch in
        sums.write { sums in
          biases.write { biases in
            x.read { x in
              dy.read {
                for first in stride(from: 0, to: s.outputs, by: code == topo_avx2 ? 32 : 96) {
                  let end = code == topo_avx2 ? first + 32 : min(first + 96, s.outputs)
                  topo_image_weight_gradient(code, s, first, end, x, $0, sums, biases, scratch)
                }
              }
            }
          }
        }
      }
      results = [sums, biases]
    }
    #expect(forward.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(gradients.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  // MARK: Linear layers

  @Test(
    "linear layers have the same bits", arguments: [1, 3, 4, 11, 12, 31, 33], [1, 31, 33, 121])
  func linear(rows: Int32, inputs: Int32) {
    for outputs in [1, 10, 16, 17, 31, 33, 64, 121] as [Int32] {
      let x = Self.filled(Int(rows * inputs), 1)
      let weight = Self.filled(Int(outputs * inputs), 2)
      let bias = Self.filled(Int(outputs), 3)
      var packed = GuardedFloats(topo_linear_packed(inputs, outputs))
      packed.write { packed in
        weight.read { topo_linear_pack(inputs, outputs, $0, packed, 0, (outputs + 15) / 16) }
      }
      let name = "\(rows) x \(inputs) -> \(outputs)"
      let results = compare(name, [Int(rows * outputs)]) { code, results in
        results[0].write { y in
          x.read { x in
            packed.read { w in
              bias.read { topo_linear_forward(code, rows, inputs, outputs, x, w, $0, y) }
            }
          }
        }
      }
      guard let y = results.first else { continue }
      let (xs, ws, bs) = (x.values, weight.values, bias.values)
      for row in 0..<Int(rows) {
        for output in 0..<Int(outputs) {
          var sum = Double(bs[output])
          for i in 0..<Int(inputs) {
            sum += Double(xs[row * Int(inputs) + i]) * Double(ws[output * Int(inputs) + i])
          }
          let value = Double(y[row * Int(outputs) + output])
          if abs(value - sum) > 1e-6 * Double(inputs + 1) {
            Issue.record("\(name): \(value), not \(sum)")
            return
          }
        }
      }
    }
  }
}
