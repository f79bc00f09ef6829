import Testing
import TopoCompute
import TopoData
import TopoFoundation
import TopoNetworks
import TopoPerturbations
import TopoSheets

@testable import TopoEvaluation

/// Showing images: what results do not depend on.
@Suite("Evaluation", .serialized) struct EvaluationTests {
  /// Made-up gray or color images.
  private func images(_ count: Int, channels: Int) -> ImageSet {
    let shape = ImageShape(channels: channels, rows: 12, columns: 12)
    let source = Philox(seed: 1, purpose: .test)
    let bytes = (0..<count * shape.count / 4 + 1).flatMap { index -> [UInt8] in
      let words = source.words(at: UInt64(index))
      return (0..<4).map { UInt8(truncatingIfNeeded: words[$0] >> 24) }
    }
    return ImageSet(
      images: Array(bytes.prefix(count * shape.count)),
      labels: (0..<count).map { Int32($0 * 7 % 10) }, shape: shape, classes: 10)
  }

  private func networks(_ preset: String, _ images: ImageSet) throws -> [StateDictionary] {
    let architecture = try Architecture.preset(
      preset, input: images.shape, sheet: Sheet(rows: 11, columns: 11), classes: 10)
    return (0..<3).map { Initialization.pytorchDefault(architecture, seed: UInt64($0)) }
  }

  /// How many images go through the first layers at a time changes no bit on the processor, whether
  /// members have a thread each or share them.
  @Test("the number of images in a slice changes no bit", arguments: ["mnist", "cifar10"], [1, 2])
  func slices(_ preset: String, threads: Int) throws {
    let images = images(301, channels: preset == "mnist" ? 1 : 3)
    let networks = try networks(preset, images)
    let device = try CPUDevice(threads: threads)
    let layers = networks[0].architecture.layers.indices
    func outputs(_ slice: Int) throws -> Evaluator.Outputs {
      let evaluator = try Evaluator(
        architecture: networks[0].architecture, capacity: 4, batch: Evaluator.batch,
        features: [layers.upperBound - 1], slice: slice, device: device)
      try evaluator.replace(with: networks)
      return try evaluator.outputs(
        of: images.images.map { Float($0) / 255 }, normalization: Normalization(of: images))
    }
    let wanted = try outputs(Int.max)
    #expect(wanted.logits.allSatisfy { $0.count == 301 * 10 })
    for slice in [7, Evaluator.slice(on: device), 256] {
      let found = try outputs(slice)
      #expect(found.logits == wanted.logits, "\(slice)")
      #expect(found.sheet == wanted.sheet, "\(slice)")
      #expect(found.features == wanted.features, "\(slice)")
    }
  }

  /// Images that are made while the device computes are the same, and come in order.
  @Test("preparing images ahead changes nothing") func overlapChangesNothing() throws {
    let images = images(40, channels: 1)
    let models = try networks("mnist", images).enumerated().map {
      EvaluatedModel(
        penalty: .control, seed: UInt64($0.offset), trainedOn: nil, network: $0.element)
    }
    let device = try CPUDevice(threads: 2)
    let noise = try NoiseSelection(
      noises: [Noise(.white), Noise(.pink)], levels: [0, 0.2], draws: 2)
    let context = try EvaluationContext(
      models: models, images: images, dataset: "noise", normalization: Normalization(of: images))
    func run(overlaps: Bool) throws -> (results: [TaskResult], shown: [[Float]]) {
      var evaluation = ImageEvaluation(noise.sweeps, in: context, on: device)
      evaluation.overlaps = overlaps
      var (results, shown): ([TaskResult], [[Float]]) = ([], [])
      evaluation.inspect = { _, images, _, _ in shown.append(images) }
      try evaluation.measure(Array(evaluation.tasks.indices)) { task, result in
        #expect(task == results.count)
        results.append(result)
      }
      return (results, shown)
    }
    let plain = try run(overlaps: false)
    let overlapped = try run(overlaps: true)
    #expect(overlapped.results == plain.results && overlapped.shown == plain.shown)
    #expect(plain.shown.count == 9 && plain.shown[0] == images.images.map { Float($0) / 255 })
    #expect(plain.shown[0] != plain.shown[3])
  }

  /// Trouble in making images ends the evaluation, also where it comes from another thread.
  @Test("errors are passed on", arguments: [true, false]) func troubleIsPassedOn(_ overlaps: Bool)
    throws
  {
    struct Broken: ImagePerturbation {
      var label: String { "broken" }
      var summary: String { "nothing" }
      var reference: String { "made up" }
      var severities: [Double] { [1] }
      var isRandom: Bool { false }
      func check(severity: Double, shape: ImageShape) throws {}
      func perturb(
        _ images: UnsafeBufferPointer<UInt8>, shape: ImageShape, range: Range<Int>,
        severity: Double, draw: Int, seed: UInt64, threads: Int?,
        output: UnsafeMutableBufferPointer<Float>
      ) throws { throw UserError("The file ended.") }
    }
    let images = images(10, channels: 1)
    let model = EvaluatedModel(
      penalty: .control, seed: 0, trainedOn: nil, network: try networks("mnist", images)[0])
    let context = try EvaluationContext(
      models: [model], images: images, dataset: "noise", normalization: Normalization(of: images))
    var evaluation = ImageEvaluation(
      [try PerturbationSweep(Broken(), shape: images.shape)], in: context,
      on: try CPUDevice(threads: 1))
    evaluation.overlaps = overlaps
    var finished = 0
    #expect(throws: UserError("The file ended.")) {
      try evaluation.measure([0, 1]) { _, _ in finished += 1 }
    }
    #expect(finished <= 1)
  }

  @Test("severities and draws are checked") func sweepsAreChecked() throws {
    let shape = ImageShape(channels: 1, rows: 8, columns: 8)
    let sweep = try PerturbationSweep(
      Noise(.white), severities: [0.2, 0.1, 0.2], draws: 3, shape: shape)
    #expect(sweep.severities == [0.1, 0.2] && sweep.draws == 3)
    for (severities, draws, sentence) in [
      ([], 1, "no severity of white is given"), ([2], 1, "the level 2.0 of white is out of range"),
      ([.nan], 1, "is not a number"), ([0.1], 0, "draws of white is 0"),
      ([0.1], 10_001, "from 1 to 10000"),
    ] as [([Double], Int, String)] {
      let error = #expect(throws: UserError.self) {
        try PerturbationSweep(
          Noise(.white), severities: severities, draws: draws, shape: shape)
      }
      #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }
  }
}
