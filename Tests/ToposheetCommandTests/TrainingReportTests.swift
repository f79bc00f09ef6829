import Testing
import TopoSheets

@testable import TopoStudies
@testable import TopoTraining
@testable import ToposheetCommand

/// What the lines of a training run say.
@Suite("Training report") struct TrainingReportTests {
  private func pack(_ number: Int, of count: Int = 3) -> PackPosition {
    PackPosition(number: number, count: count, members: 1, device: "opencl:0/2:\(number % 2)")
  }

  private static let conditions = [
    Penalty.control, .weightSimilarity(lambda: 1),
    .activationSimilarity(.correlation, lambda: 0.25),
  ]

  private func progress(_ conditions: [Penalty], epoch: Int = 2) -> TrainingProgress {
    TrainingProgress(
      epoch: epoch, epochs: 100, step: 999, steps: 1000, imagesPerSecond: 123_456,
      crossEntropy: 1, penalty: 0.1, secondsLeft: 45_240,
      members: conditions.enumerated().flatMap { place, condition in
        [UInt64(0), 1].map {
          MemberProgress(
            member: Member(condition: condition, seed: $0),
            crossEntropy: 1 + Double(place) + 0.5 * Double($0), penalty: condition.lambda * 0.1,
            trainingAccuracy: 0.5)
        }
      })
  }

  private func reports(_ conditions: [Penalty], epoch: Int) -> [EpochReport] {
    conditions.enumerated().flatMap { place, condition in
      [UInt64(0), 1].map {
        EpochReport(
          member: Member(condition: condition, seed: $0), epoch: epoch,
          crossEntropy: 1 + Double(place), penalty: 0.1, trainingAccuracy: 0.5,
          validationAccuracy: 0.25 * Double(place + 1) + ($0 == 0 ? -0.01 : 0.01))
      }
    }
  }

  @Test("the reason for several packs is named") func packsHaveAReason() {
    func line(_ packs: Int, _ places: Int) -> String {
      TrainingReport.division(packs, largest: 8, bytes: 40 << 20, places: places)
    }
    let start = "training in 2 packs of at most 8 networks; "
    #expect(line(2, 1) == start + "all together would take 40 MiB")
    #expect(
      line(2, 2) == start + "networks that continue after different epochs or steps train apart")
    #expect(line(4, 2).hasSuffix(" train apart, and so do those that do not fit together"))
  }

  @Test("training is finished when the last pack ends") func theLastPackToEndIsTheLast() {
    var report = TrainingReport(epochs: 2)
    func end(_ epoch: Int, _ number: Int) {
      report.note(.epoch(epoch, reports: [], imagesPerSecond: 1, pack(number)))
    }
    end(1, 3)
    end(2, 3)
    #expect(!report.isFinished(pack(3)))
    end(2, 1)
    end(1, 2)
    #expect(!report.isFinished(pack(1)))
    report.note(.failed("no power", pack(2), isContinued: true))
    #expect(!report.isFinished(pack(2)))
    report.note(.failed("no power", pack(2), isContinued: false))
    #expect(report.isFinished(pack(2)))
  }

  /// A line per condition: means over its seeds of this epoch, and validation of the last one, which
  /// says so.
  @Test("each condition has a line") func conditionsHaveALineEach() {
    var report = TrainingReport(epochs: 100)
    let one = pack(1, of: 1)
    report.note(.progress(progress(Self.conditions, epoch: 1), one))
    #expect(
      report.live.lines(79, 23) == [
        "epoch 1/100  12 h 34 min left  step 999/1000  123,456 images/s",
        "condition            cross-entropy  + penalty  training %",
        "control                     1.2500     0.0000       50.00",
        "ws-euclidean-1              2.2500     0.1000       50.00",
        "as-correlation-0.25         3.2500     0.0250       50.00",
      ])
    report.note(
      .epoch(1, reports: reports(Self.conditions, epoch: 1), imagesPerSecond: 1, one))
    report.note(.progress(progress(Self.conditions), one))
    let lines = report.live.lines(120, 23)
    #expect(lines[1].hasSuffix("training %  validation % (epoch 1)"))
    #expect(lines[3].hasSuffix("50.00                   50.00"))
    #expect(lines[4].hasSuffix("50.00                   75.00"))
  }

  /// Nothing is wider than the terminal, and time left is always there.
  @Test("lines fit the width", arguments: [40, 60, 80, 120]) func everythingFits(_ columns: Int) {
    var report = TrainingReport(epochs: 100)
    for number in [1, 2] {
      report.note(
        .epoch(99, reports: reports(Self.conditions, epoch: 99), imagesPerSecond: 1, pack(number)))
      report.note(.progress(progress(Self.conditions, epoch: 100), pack(number)))
    }
    let lines = report.live.lines(columns - 1, 23)
    #expect(lines.count == 6)
    #expect(lines.allSatisfy { $0.count < columns }, "\(lines)")
    #expect(lines.count { $0.contains("12 h 34 min left") } == 2)
    #expect(lines[3].contains("1.2500"), "\(lines)")
    if columns >= 60 { #expect(lines[2].contains("(epoch 99)"), "\(lines)") }
    // More conditions than rows: as many as there is room for.
    #expect(report.live.lines(columns - 1, 5).last == "and 2 more")
    #expect(report.live.lines(columns - 1, 5).count == 5)
    #expect(report.live.lines(columns - 1, 2).count == 2)
    let line = report.epochLine(
      99, reports(Self.conditions, epoch: 99), 123_456, pack(1)
    ).fitted(columns - 1)
    #expect(line.count < columns && line.contains("left"), "\(line)")
  }

  /// Lines of one condition give means; of several the range, as their mean says nothing.
  @Test("an epoch is one line") func epochsInOneLine() {
    var report = TrainingReport(epochs: 3)
    let one = pack(1, of: 1)
    report.note(.progress(progress([.weightSimilarity(lambda: 2)]), one))
    #expect(
      report.epochLine(1, reports([.weightSimilarity(lambda: 2)], epoch: 1), 1234, one).text
        == "epoch 1/3  12 h 34 min left  1,234 images/s  cross-entropy 1.0000 + penalty 0.2000  "
        + "validation 25.00 %")
    #expect(
      report.epochLine(1, reports(Self.conditions, epoch: 1), 1234, one).text
        == "epoch 1/3  12 h 34 min left  1,234 images/s  cross-entropy 1.0000 to 3.0000 over conditions  "
        + "validation 25.00 to 75.00 %")
    #expect(
      report.fileLine(progress(Self.conditions), one)
        .hasSuffix("cross-entropy 1.2500 to 3.2500 over conditions"))
    // Without validation images nothing is said of them.
    let bare = reports([.control], epoch: 1).map { report in
      var report = report
      report.validationAccuracy = nil
      return report
    }
    #expect(!report.epochLine(1, bare, 1, one).text.contains("validation"))
  }
}
