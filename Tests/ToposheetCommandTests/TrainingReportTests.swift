import Testing
import TopoSheets

@testable import TopoStudies
@testable import TopoTraining
@testable import ToposheetCommand

/// What the lines of a training run on several devices say.
@Suite struct TrainingReportTests {
  private func pack(_ number: Int) -> PackPosition {
    PackPosition(number: number, count: 3, members: 1, device: "opencl:0/2:\(number % 2)")
  }

  @Test func theLastPackToEndIsTheLast() {
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
    report.note(.failed("no power", pack(2)))
    #expect(report.isFinished(pack(2)))
  }

  @Test func eachPackHasItsOwnValidation() {
    var report = TrainingReport(epochs: 2)
    #expect(report.accuracy(pack(1)) == "")
    for (number, accuracy) in [(1, 0.5), (2, 0.75)] {
      let own = EpochReport(
        member: Member(condition: .control, seed: 0), epoch: 1, crossEntropy: 1, penalty: 0,
        trainingAccuracy: 0, validationAccuracy: accuracy)
      report.note(.epoch(1, reports: [own], imagesPerSecond: 1, pack(number)))
    }
    #expect(report.accuracy(pack(1)) == "  validation 50.00 %")
    #expect(report.accuracy(pack(2)) == "  validation 75.00 %")
    #expect(report.accuracy(pack(3)) == "")
  }
}
