import Testing
import TopoData
import TopoFoundation

@Suite("Training and validation images") struct SplitTests {
  @Test("80 and 20 percent hold every index once") func eightyTwentyOfEveryIndexOnce() {
    for (count, training) in [(60_000, 48_000), (50_000, 40_000), (7, 5), (1, 1)] {
      let split = TrainingSplit(count: count, seed: 3)
      #expect(split.training.count == training)
      #expect((split.training + split.validation).sorted() == (0..<Int32(count)).map { $0 })
    }
  }

  @Test("the seed decides the split") func theSeedDecides() {
    let split = TrainingSplit(count: 100, seed: 1)
    #expect(split == TrainingSplit(count: 100, seed: 1))
    #expect(split != TrainingSplit(count: 100, seed: 2))
    #expect(split != TrainingSplit(count: 100, seed: 1 << 32 | 1))
  }

  @Test("every epoch shuffles the training images again")
  func everyEpochShufflesTheTrainingImagesAnew() {
    let training = TrainingSplit(count: 50, seed: 1).training
    let first = PresentationOrder.epoch(0, of: training, seed: 1)
    let second = PresentationOrder.epoch(1, of: training, seed: 1)
    #expect(first != second && first != training)
    #expect(first.sorted() == training.sorted() && second.sorted() == training.sorted())
    #expect(first == PresentationOrder.epoch(0, of: training, seed: 1))
    #expect(first != PresentationOrder.epoch(0, of: training, seed: 2))
  }

  @Test("subsets are the first images") func subsetsAreTheFirstImages() throws {
    let set = ImageSet(
      images: [1, 2, 3, 4, 5, 6], labels: [0, 1, 2],
      shape: ImageShape(channels: 1, rows: 1, columns: 2), classes: 3)
    let two = try set.subset(2)
    #expect(two.images == [1, 2, 3, 4] && two.labels == [0, 1] && two.classes == 3)
    #expect(throws: UserError.self) { try set.subset(0) }
    #expect(
      throws: UserError("a subset of 4 images was asked for, but there are only 3; ask for fewer")
    ) {
      try set.subset(4)
    }
  }

  @Test("statistics are those of each channel") func statisticsOfEachChannel() {
    // Two images of two channels of two pixels.
    let set = ImageSet(
      images: [0, 255, 51, 51, 255, 0, 51, 51], labels: [0, 0],
      shape: ImageShape(channels: 2, rows: 1, columns: 2), classes: 1)
    let own = Normalization(of: set)
    #expect(own.mean == [0.5, 0.2])
    #expect(own.standardDeviation == [0.5, 1])
  }
}
