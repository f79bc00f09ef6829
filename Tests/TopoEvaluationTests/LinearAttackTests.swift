import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoSheets

@testable import TopoEvaluation

/// Attacks on a linear network, whose steps are known by hand: three channels of one pixel, a global
/// average over that pixel, a sheet that hands its input on, and a linear layer.
@Suite("Attacks on a linear network", .serialized) struct LinearAttackTests {
  static func architecture(classes: Int) throws -> Architecture {
    try Architecture(
      name: "linear", input: ImageShape(channels: 3, rows: 1, columns: 1),
      layers: [
        .globalAveragePooling, .sheet(name: "same", Sheet(rows: 1, columns: 3)),
        .linear(name: "out", outputs: classes),
      ])
  }

  /// The network of `logits = weight x`; `weight` is `[2, 3]`.
  static func network(_ weight: [Float]) throws -> StateDictionary {
    StateDictionary(
      architecture: try architecture(classes: 2),
      tensors: [[1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0], weight, [0, 0]])
  }

  static let weight: [Float] = [1, -2, 0.5, -1, 1, 0]
  static let none = Normalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1])

  private func attacker(
    _ device: any Device, _ weights: [[Float]], batch: Int = 3, normalization: Normalization = none
  ) throws -> Attacker {
    let networks = try weights.map { try Self.network($0) }
    let attacker = try Attacker(
      architecture: networks[0].architecture, capacity: networks.count,
      normalization: normalization, batch: batch, device: device)
    try attacker.replace(with: networks)
    return attacker
  }

  private func loss(_ logits: [Float], label: Int) -> Double {
    log(logits.reduce(0.0) { $0 + exp(Double($1)) }) - Double(logits[label])
  }

  private func near(_ found: [Float], _ wanted: [Double], _ tolerance: Double = 1e-6) -> Bool {
    found.count == wanted.count
      && zip(found, wanted).allSatisfy { abs(Double($0) - $1) <= tolerance }
  }

  /// `logits = W x` with `W = [[1, -2, .5], [-1, 1, 0]]`, `x = (.5, .5, .5)` and label 0: loss
  /// 0.8259394199, gradient (-1.1244, 1.6865, -0.2811).
  @Test("known values", arguments: AttackDevice.all) func known(_ device: AttackDevice) throws {
    let attacker = try attacker(device.open(), [Self.weight])
    try attacker.place([0.5, 0.5, 0.5], labels: [0])
    let clean = try attacker.cleanOutputs()
    #expect(abs(loss(clean.logits[0], label: 0) - 0.8259394199) < 1e-6)
    let length = (1.1244 * 1.1244 + 1.6865 * 1.6865 + 0.2811 * 0.2811).squareRoot()
    #expect(abs(clean.gradientNorms[0][0] - length) < 1e-4)
    let fast = try attacker.logits(under: Attack(.fgsm), epsilon: 0.1, first: 0, seed: 0)
    #expect(near(try attacker.images()[0], [0.4, 0.6, 0.4]))
    #expect(abs(loss(fast[0], label: 0) - 1.1711006659) < 1e-6)
    _ = try attacker.logits(under: Attack(.fgmL2), epsilon: 0.1, first: 0, seed: 0)
    #expect(near(try attacker.images()[0], [0.4451, 0.5824, 0.4863], 5e-5))
  }

  /// The signs of a linear network of two classes are the same everywhere.
  @Test("projected steps from the image end where the fast step does", arguments: AttackDevice.all)
  func projectedIsFast(_ device: AttackDevice) throws {
    let attacker = try attacker(device.open(), [Self.weight, [2, 0.5, -1, 0.25, 1, 3]])
    let images: [Float] = [0.5, 0.25, 0.625, 0.375, 0.5, 0.75]
    try attacker.place(images[...], labels: [0, 1])
    for (projected, kind) in [(Attack.Kind.pgdLinf, Attack.Kind.fgsm), (.pgdL2, .fgmL2)] {
      var slow = Attack(projected)
      slow.randomStart = false
      _ = try attacker.logits(under: Attack(kind), epsilon: 0.1, first: 0, seed: 0)
      let wanted = try attacker.images()
      _ = try attacker.logits(under: slow, epsilon: 0.1, first: 0, seed: 0)
      for (found, wanted) in zip(try attacker.images(), wanted) {
        #expect(near(found, wanted.map { Double($0) }, kind == .fgsm ? 0 : 1e-6), "\(kind)")
      }
    }
  }

  /// A gradient of zero has no sign: nothing moves. Two equal rows of weights give one. They are
  /// powers of two: what is added is exact, whether or not a library rounds its products first.
  @Test("no gradient, no step", arguments: AttackDevice.all)
  func zero(_ device: AttackDevice) throws {
    let attacker = try attacker(device.open(), [[1, 2, 4, 1, 2, 4]])
    try attacker.place([0.25, 0.5, 0.75], labels: [1])
    for kind in [Attack.Kind.fgsm, .fgmL2] {
      _ = try attacker.logits(under: Attack(kind), epsilon: 0.2, first: 0, seed: 0)
      #expect(try attacker.images()[0] == [0.25, 0.5, 0.75], "\(kind)")
    }
  }

  /// Pixels are divided by their channel's standard deviation, so their gradient is too.
  @Test("the gradient goes through the normalization", arguments: AttackDevice.all)
  func normalized(_ device: AttackDevice) throws {
    let attacker = try attacker(
      device.open(), [Self.weight],
      normalization: Normalization(mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.25, 1]))
    // The classes share an image at the mean: probabilities 1/2, loss gradient (W1 - W0) / 2.
    try attacker.place([0.5, 0.5, 0.5], labels: [0])
    let slopes = [-1.0 / 0.5, 1.5 / 0.25, -0.25]
    let length = slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(try attacker.cleanOutputs().gradientNorms[0][0] / length - 1) < 1e-6)
    _ = try attacker.logits(under: Attack(.fgmL2), epsilon: 0.1, first: 0, seed: 0)
    #expect(near(try attacker.images()[0], slopes.map { 0.5 + 0.1 * $0 / length }))
  }

  /// Right by a margin of 75: the target's probability is 1 to the last digit of a double, and the
  /// other class does not look at the image, so all there is to go by is how far it is from 1.
  @Test("a network that is sure still has a direction", arguments: AttackDevice.all)
  func sure(_ device: AttackDevice) throws {
    let attacker = try attacker(device.open(), [[100, 0, 0, 0, 0, 0]])
    try attacker.place([0.75, 0.5, 0.5], labels: [0])
    for kind in [Attack.Kind.fgsm, .fgmL2] {
      _ = try attacker.logits(under: Attack(kind), epsilon: 0.25, first: 0, seed: 0)
      #expect(try attacker.images()[0] == [0.5, 0.5, 0.5], "\(kind)")
    }
  }
}

@Suite("Images that are wrong as they are") struct WrongImageTests {
  /// A step down the gradient rights both images; only the one that was right before counts.
  @Test("stay wrong under any attack") func stayWrong() throws {
    let network = try LinearAttackTests.network(LinearAttackTests.weight)
    let images = ImageSet(
      images: [127, 127, 127, 250, 10, 127], labels: [0, 0],
      shape: ImageShape(channels: 3, rows: 1, columns: 1), classes: 2)
    var attack = Attack(.fgsm)
    attack.stepShare = -1
    let records = try EvaluationTrial(
      try AttackPart(attacks: [attack], epsilons: [0.4]), on: images,
      normalization: LinearAttackTests.none
    ).run(
      [EvaluatedModel(penalty: .control, seed: 0, trainedOn: nil, network: network)],
      device: try AttackDevice.cpu.open(),
      inspect: { _, images, _, _ in
        let (a, b, c) = (images[0][0], images[0][1], images[0][2])
        #expect(a - 2 * b + 0.5 * c > b - a, "the step rights the first image")
      })
    for severity in [0, 0.4] {
      let accuracy = records.first {
        $0.measure == MeasureName.accuracy && $0.severity == severity
      }
      #expect(accuracy?.value.number == 0.5)
    }
  }
}

/// A device of this machine under the name that tests show.
struct AttackDevice: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var open: @Sendable () throws -> any Device

  static let cpu = AttackDevice(testDescription: "cpu") { try CPUDevice(threads: 2) }
  static let openCL = TestDevices.openCL.map { index in
    AttackDevice(testDescription: "opencl:\(index)") { try OpenCLDevice(index: index) }
  }
  static let all = [cpu] + openCL
}
