import Testing
import TopoCompute
import TopoFoundation
import TopoNetworks
import TopoSheets

@testable import TopoTraining

/// Batch normalization of a single value per channel is refused before anything is trained.
@Suite("Batch normalization of too few values") struct NormalizationCheckTests {
  /// What is said about a training of `images` images, of which four fifths are trained on.
  private func said(_ architecture: Architecture, images: Int, batch: Int) -> String {
    do {
      _ = try Trainer.memoryUse(
        configuration: Synthetic.configuration(architecture, batch: batch),
        members: [Member(condition: .control, seed: 0)],
        training: Synthetic.images(images, shape: architecture.input),
        normalization: .init(
          mean: [Float](repeating: 0, count: architecture.input.channels),
          standardDeviation: [Float](repeating: 1, count: architecture.input.channels)),
        device: try CPUDevice(threads: 1))
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test("a batch of one") func aBatchOfOne() throws {
    let text = said(try Synthetic.networks()[1], images: 50, batch: 1)
    #expect(
      text == "a batch of 1 image cannot be trained on, as batch normalization bn4 of architecture "
        + "cifar10 then has one value per channel and no variance; choose a batch of 2 or more, or "
        + "larger images")
  }

  @Test(
    "a last batch of one",
    arguments: [(50, 39, 40), (50, 13, 14), (50, 3, 4), (21, 15, 16), (4, 2, 3), (6, 3, 4)])
  func aLastBatchOfOne(images: Int, batch: Int, other: Int) throws {
    let architecture = try Synthetic.networks()[1]
    let trained = images * 4 / 5
    let text = said(architecture, images: images, batch: batch)
    #expect(
      text.hasPrefix(
        "the last of each epoch's batches of \(batch) holds 1 of the \(trained) training images, "
          + "and batch normalization bn4 of architecture cifar10"), "\(text)")
    #expect(
      text.hasSuffix("choose a batch of \(other), or another subset"), "\(text)")
    #expect(said(architecture, images: images, batch: other) == "nothing")
  }

  @Test("one image") func oneImage() throws {
    let text = said(try Synthetic.networks()[1], images: 1, batch: 8)
    #expect(text.hasPrefix("there is 1 image to train on, and batch normalization bn4"))
    #expect(text.hasSuffix("use more images"))
  }

  @Test("batches of more values are accepted") func whereThereAreMoreValues() throws {
    let networks = try Synthetic.networks()
    // Without batch normalization; and with 2 x 2 pixels at the last one.
    #expect(said(networks[0], images: 50, batch: 1) == "nothing")
    let larger = try Architecture.cifar10(
      input: ImageShape(channels: 3, rows: 16, columns: 16), sheet: Sheet(rows: 2, columns: 2))
    #expect(said(larger, images: 6, batch: 1) == "nothing")
    #expect(said(larger, images: 6, batch: 3) == "nothing")
    // Whole batches, and a last one of two.
    #expect(said(networks[1], images: 50, batch: 20) == "nothing")
    #expect(said(networks[1], images: 50, batch: 19) == "nothing")
  }

  /// Any batch normalization counts, not only the last one.
  @Test("every layer is checked") func anyLayer() throws {
    let architecture = try Architecture(
      name: "own", input: ImageShape(channels: 2, rows: 1, columns: 3),
      layers: [
        .batchNormalization(name: "wide"),
        .maxPooling(
          Window(kernel: .init(rows: 1, columns: 3), stride: .init(1), padding: .init(0))),
        .batchNormalization(name: "narrow"), .globalAveragePooling,
        .sheet(name: "fc1", Sheet(rows: 1, columns: 2)), .linear(name: "fc2", outputs: 10),
      ])
    #expect(said(architecture, images: 50, batch: 13).contains("batch normalization narrow of"))
  }
}
