import Testing
import TopoData
import TopoFoundation

/// Which constants images are normalized by.
@Suite("Choice of normalization") struct NormalizationChoiceTests {
  private let own = Normalization(mean: [0.5], standardDeviation: [0.25])

  private var data: Dataset {
    let images = ImageSet(
      images: [0, 51, 102, 255], labels: [0, 1],
      shape: ImageShape(channels: 1, rows: 1, columns: 2),
      classes: 2)
    return Dataset(
      name: "two", training: images, test: images, normalization: Normalization(of: images))
  }

  @Test("words and numbers are read") func wordsAndNumbers() throws {
    #expect(try NormalizationChoice("training") == .training)
    #expect(try NormalizationChoice("data") == .data)
    #expect(try NormalizationChoice("as-published") == .asPublished)
    // What older plans say.
    #expect(try NormalizationChoice("matched") == .automatic)
    #expect(try NormalizationChoice("0.5, 0.25") == .constants(own))
    #expect(
      try NormalizationChoice("0.1,-0.2,0.3,1,2,3")
        == .constants(Normalization(mean: [0.1, -0.2, 0.3], standardDeviation: [1, 2, 3])))
    for choice in ["training", "data", "as-published", "auto", "0.5,0.25"] {
      #expect("\(try NormalizationChoice(choice))" == choice)
    }
  }

  @Test(
    "other texts are refused",
    arguments: [
      "", "mine", "0.5", "0.1,0.2,0.3", "0.5,0", "0.5,-1", "nan,1", "0.5,inf", "1,,2,3",
      "0x1p-2,0.3081", "0.13 07,0.3081", "0.1307,0.3 08", "0.5,1_0",
    ])
  func whatIsNone(_ text: String) {
    let error = #expect(throws: UserError.self) { try NormalizationChoice(text) }
    #expect(error?.description.contains("\"\(text)\"") == true)
  }

  @Test("the choice decides the constants") func whatIsChosen() throws {
    func chosen(_ choice: NormalizationChoice, _ own: Normalization?) throws -> Normalization {
      try data.normalization(choice, own: own, network: "net.safetensors")
    }
    #expect(try chosen(.automatic, own) == own)
    #expect(try chosen(.automatic, nil) == data.normalization)
    #expect(try chosen(.training, own) == own)
    #expect(try chosen(.data, own) == data.normalization)
    // It would change nothing.
    let published = #expect(throws: UserError.self) { try chosen(.asPublished, own) }
    #expect(published?.description.contains("and these are two; leave it out") == true)
    #expect(try chosen(.constants(own), nil) == own)
    let unknown = #expect(throws: UserError.self) { try chosen(.training, nil) }
    #expect(unknown?.description.contains("net.safetensors") == true)
    let wide = Normalization(mean: [0, 0, 0], standardDeviation: [1, 1, 1])
    let channels = #expect(throws: UserError.self) { try chosen(.constants(wide), nil) }
    #expect(channels?.description.contains("have 1 channel;") == true)
  }
}
