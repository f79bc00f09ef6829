import Testing
import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoNetworks

/// Attacks on the paper's networks against PyTorch's, from the images as they are.
@Suite("Attacks against PyTorch's", .serialized) struct GoldenAttackTests {
  static let seeds: [UInt64] = [21, 3 << 32 + 22]
  /// As picked from the pool of `GoldenTraining`.
  static let labels: [Int32] = [2, 5, 8, 9]
  static let stepShare: Float = 0.3

  /// What differs between the architectures.
  struct Case: Sendable {
    var name: String
    var shape: ImageShape
    var epsilons: [AttackNorm: Double]

    static let all = [
      Case(
        name: "mnist", shape: ImageShape(channels: 1, rows: 12, columns: 12),
        epsilons: [.linf: 0.1, .l2: 0.6]),
      Case(
        name: "cifar10", shape: ImageShape(channels: 3, rows: 8, columns: 8),
        epsilons: [.linf: 4.0 / 255, .l2: 0.4]),
    ]
  }

  /// The script's network: PyTorch's distributions, and running statistics as after training.
  static func network(_ architecture: Architecture, seed: UInt64) -> StateDictionary {
    var network = Initialization.pytorchDefault(architecture, seed: seed)
    for (index, parameter) in architecture.parameters.enumerated()
    where !parameter.isTrainable {
      var source = RandomSequence(Philox(seed: seed, purpose: .test, stream: UInt32(index)))
      let center: Float = parameter.role == .runningVariance ? 1 : 0
      network.replace(
        index,
        with: (0..<parameter.count).map { _ in source.nextUniform() / 2 - 0.25 + center })
    }
    return network
  }

  @Test("gradients, and images after one and after five steps", arguments: GoldenDevice.all)
  func steps(_ device: GoldenDevice) throws {
    for given in Case.all {
      let file = try GoldenFile("attacks-\(given.name)")
      let architecture = try Architecture.preset(given.name, input: given.shape, classes: 10)
      let device = try device.make()
      let attacker = try Attacker(
        architecture: architecture, capacity: 2,
        normalization: GoldenTraining.normalization(of: given.name), batch: 5, device: device)
      try attacker.replace(with: Self.seeds.map { Self.network(architecture, seed: $0) })
      let images = try file["images"].elements
      try attacker.place(images[...], labels: Self.labels[...])
      try compareNorms(try attacker.cleanOutputs(), file, "\(given.name)")
      for norm in AttackNorm.allCases {
        let epsilon = try #require(given.epsilons[norm])
        let fast = Attack(norm == .linf ? .fgsm : .fgmL2)
        _ = try answers(attacker, fast, epsilon)
        try compare(attacker, file, "\(norm.rawValue)/fast", epsilon, given.name)
        var slow = Attack(norm == .linf ? .pgdLinf : .pgdL2)
        (slow.stepShare, slow.randomStart) = (Self.stepShare, false)
        for steps in [1, 5] {
          slow.steps = steps
          let logits = try answers(attacker, slow, epsilon)
          try compare(attacker, file, "\(norm.rawValue)/steps-\(steps)", epsilon, given.name)
          guard steps == 5 else { continue }
          for (member, found) in logits.enumerated() {
            let name = "member-\(member)/\(norm.rawValue)/logits-5"
            let tolerance = norm == .linf ? 1e-4 : 1e-3
            expectClose(found[...], try file[name].elements[...], within: tolerance, name)
          }
        }
      }
    }
  }

  @Test("the sensitivity of units of the sheet to pixels", arguments: GoldenDevice.all)
  func sensitivity(_ device: GoldenDevice) throws {
    for given in Case.all {
      let file = try GoldenFile("attacks-\(given.name)")
      let architecture = try Architecture.preset(given.name, input: given.shape, classes: 10)
      let mapper = try SensitivityMapper(
        architecture: architecture, capacity: 2, batch: 3, device: try device.make())
      try mapper.replace(with: Self.seeds.map { Self.network(architecture, seed: $0) })
      let maps = try mapper.maps(
        of: try file["images"].elements,
        normalization: GoldenTraining.normalization(of: given.name), units: [0, 1, 60, 120])
      for (member, found) in maps.enumerated() {
        let wanted = try file["member-\(member)/sensitivity"].elements
        let largest = Double(wanted.max() ?? 0)
        let differences = zip(found.values, wanted).map { abs($0 - Double($1)) }
        #expect(differences.count == 4 * given.shape.rows * given.shape.columns)
        // Where a rectifier of the network is all rounding, a few pixels may differ.
        let off = differences.count { $0 > 1e-4 * largest }
        #expect(off * 50 <= differences.count, "\(given.name), member \(member): \(off) pixels")
        #expect((differences.max() ?? 1) < 0.2 * largest)
      }
    }
  }

  private func answers(
    _ attacker: Attacker, _ attack: Attack, _ epsilon: Double
  ) throws -> [[Float]] {
    try attacker.logits(under: attack, epsilon: epsilon, first: 0, seed: 0)
  }

  private func compareNorms(
    _ answers: Attacker.CleanOutputs, _ file: GoldenFile, _ name: String
  ) throws {
    for (member, norms) in answers.gradientNorms.enumerated() {
      let gradient = try file["member-\(member)/gradient"].elements
      let size = gradient.count / norms.count
      for (image, norm) in norms.enumerated() {
        let wanted = gradient[image * size..<(image + 1) * size]
          .reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(abs(norm / wanted - 1) < 1e-4, "\(name), member \(member), image \(image)")
      }
    }
  }

  /// Where a gradient is all rounding its sign may differ, and with it a whole step of that pixel in
  /// the box: less than one in a hundred. In the ball all pixels of an image turn a little where a
  /// rectifier of the network is all rounding: one of the four images. All others are the same.
  private func compare(
    _ attacker: Attacker, _ file: GoldenFile, _ attack: String, _ epsilon: Double, _ name: String
  ) throws {
    let isBox = attack.hasPrefix(AttackNorm.linf.rawValue)
    for (member, found) in try attacker.images().enumerated() {
      let wanted = try file["member-\(member)/\(attack)"].elements
      try #require(found.count == wanted.count)
      let differences = zip(found, wanted).map { abs(Double($0) - Double($1)) }
      let off = differences.indices.filter { !(differences[$0] <= 2e-4 * epsilon + 1e-7) }
      let place = "\(name), \(attack), member \(member): \(off.count) pixels"
      if isBox {
        #expect(off.count * 100 < wanted.count, "\(place)")
      } else {
        let size = wanted.count / Self.labels.count
        #expect(Set(off.map { $0 / size }).count <= 1, "\(place)")
      }
      let most = differences.max() ?? 0
      #expect(most <= (isBox ? 2 : 0.02) * epsilon, "\(place), by up to \(most)")
    }
  }
}
