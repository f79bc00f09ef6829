import Synchronization
import TestSupport
import Testing
import TopoCompute
import TopoFoundation
import TopoVerification

@testable import TopoBenchmark

/// Contenders beside a reference, without clocks: what a contender's time is, the test says.
@Suite("Tuning contest") struct TuningContestTests {
  private let trial: CaseTrial
  private let reference = Contender(name: "reference") { ReferenceDevice() }

  init() throws {
    trial = try CaseTrial(
      OperationCase.convolution(
        Window(3, padding: 1), input: [2, 3, 5, 4], outputs: 6, members: 2)[0])
  }

  /// Seconds by device, in the order of their calls.
  private final class Clock: Sendable {
    let calls = Mutex<[ObjectIdentifier]>([])
    func time(_ device: any Device) { calls.withLock { $0.append(ObjectIdentifier(device)) } }
  }

  private func damaged(_ damage: Double) -> Contender {
    Contender(name: "damaged") {
      let device = ReferenceDevice()
      device.afterOperation = { [unowned device] operation in
        for tensor in operation.outputs {
          var values = device.values(of: tensor)
          values[0] += damage
          try device.write(values.map { Float($0) }, to: tensor)
        }
      }
      return device
    }
  }

  @Test("the median of turns counts") func medianOfTurnsCounts() throws {
    let clock = Clock()
    let known = ReferenceDevice()
    let times = Mutex<[Double]>([9, 3, 1, 2, 5, 4])
    let contest = try TuningContest(
      [trial], reference: Contender(name: "known") { known }, rounds: 5, roundSeconds: 0
    ) { device, _, runs in
      clock.time(device)
      #expect(runs == 1)
      return device === known ? 4 : times.withLock { $0.removeFirst() }
    }
    guard case .timed(let all) = contest.run(reference) else {
      Issue.record("the reference itself is refused")
      return
    }
    // The first run warms up: of 3, 1, 2, 5, 4 seconds the median is 3, beside 4.
    #expect(all.count == 1 && all[0].seconds == 3 && all[0].reference == 4)
    #expect(all.ratio == 0.75)
    let isKnown = clock.calls.withLock { $0.map { $0 == ObjectIdentifier(known) } }
    #expect(
      isKnown == [true, false] + [true, false, false, true] + [true, false, false, true]
        + [true, false])
  }

  @Test("wrong results are discarded") func wrongResultsAreDiscarded() throws {
    let contest = try TuningContest([trial], reference: reference, rounds: 1, roundSeconds: 0)
    guard case .wrong(let sentence) = contest.run(damaged(1e-3)) else {
      Issue.record("a wrong result counts")
      return
    }
    #expect(sentence.contains("output of member 0 is wrong by"))
    // A rounding error or two are allowed.
    if case .wrong(let sentence) = contest.run(damaged(1e-8)) { Issue.record("\(sentence)") }
    let refusal = contest.run(Contender(name: "none") { throw DeviceError("does not build") })
    guard case .refused("does not build") = refusal else {
      Issue.record("\(refusal)")
      return
    }
    var row = TuningReport.Row(
      kind: "", sizes: [], shipped: "", best: "", flops: 0, shippedSeconds: 0, gain: 1)
    #expect(row.count(refusal) == nil && row.count(contest.run(damaged(1e-3))) == nil)
    #expect((row.tried, row.refused, row.wrong) == (2, 1, 1))
  }

  @Test("a wrong reference ends the contest") func aWrongReferenceEndsIt() throws {
    let error = try #require(throws: UserError.self) {
      try TuningContest([trial], reference: damaged(1), rounds: 1, roundSeconds: 0)
    }
    #expect(error.description.contains("the shipped choice damaged gives wrong results"))
  }
}

/// The tuner on a device, with few candidates and little work.
@Suite(
  "Device tuner", .serialized,
  .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
struct DeviceTunerTests {
  private static let tiling = ConvolutionTiling(32, 16, 4, item: (4, 4), unroll: 1, buffers: 1)

  private func tuner(
    members: Int = 1, batch: Int = 1, precision: Precision = .float32,
    progress: @escaping (DeviceTuner.Progress) -> Void = { _ in }
  ) throws -> DeviceTuner {
    var configuration = TuningConfiguration([try .mnist()])
    (configuration.members, configuration.batch) = (members, batch)
    (configuration.isQuick, configuration.tunesCLBlast) = (true, precision == .tf32)
    configuration.precision = precision
    return try DeviceTuner(configuration) { tuning, algorithms in
      try OpenCLDevice(
        index: 0, algorithms: algorithms, tuning: tuning, precision: precision,
        emulatesTensorCores: true)
    } progress: {
      progress($0)
    }
  }

  @Test("every kind of kernel is timed") func everyKindIsTimed() throws {
    var shown: [DeviceTuner.Progress] = []
    var tuner = try tuner { shown.append($0) }
    tuner.choices = { key, _ in
      key.pass == .backwardWeight && key.shape.hasFewChannels
        ? [.init("implicit-gemm", Self.tiling)] : []
    }
    let report = try tuner.run()
    let kinds = report.rows.map(\.kind)
    #expect(
      kinds == [
        "convolution few-32", "convolution many-64", "convolution-backward-data many-32",
        "convolution-backward-weight few-32", "convolution-backward-weight many-64",
      ])
    #expect(report.rows.map(\.tried) == [0, 0, 0, 1, 0])
    #expect(report.rows.allSatisfy { $0.refused == 0 && $0.wrong == 0 && $0.gain >= 1 })
    for row in report.rows where row.tried == 0 { #expect(row.best == row.shipped) }
    #expect(report.table.keys.count == report.rows.count { $0.best != $0.shipped })
    #expect(shown.prefix(6).map(\.done) == [0, 1, 2, 3, 4, 5])
    #expect(shown.allSatisfy { $0.count >= 6 })
    #expect(report.text.contains("Of 1 candidate, 0 did not build or apply and 0 gave wrong"))
  }

  /// Linear layers compute in float32, so they are not timed.
  @Test("in tf32, convolutions are timed") func convolutionsInTF32() throws {
    var tuner = try tuner(precision: .tf32)
    tuner.choices = { key, device in
      // One candidate that is wrong nowhere: what float32 would take.
      key.pass == .forward && key.shape.hasFewChannels
        ? [.init("direct", Self.tiling)] : []
    }
    let report = try tuner.run()
    #expect(
      report.rows.map(\.kind) == [
        "tf32 convolution few-32", "tf32 convolution many-64",
        "tf32 convolution-backward-data many-32", "tf32 convolution-backward-weight few-32",
        "tf32 convolution-backward-weight many-64",
      ])
    #expect(
      report.rows.map { $0.shipped.split(separator: " ")[0] }
        == ["direct", "tensor", "tensor", "direct", "tensor"])
    #expect(report.rows.allSatisfy { $0.refused == 0 && $0.wrong == 0 })
    #expect(report.text.contains(", in tf32\n"))
  }

  @Test("tensor cores are candidates in tf32 only") func tensorCandidates() throws {
    for (profile, isQuick) in [(DeviceProfile.nvidiaHopper, false), (.nvidiaAmpere, true)] {
      let device = try OpenCLDevice(standingInFor: profile, precision: .tf32)
      for pass in ConvolutionPass.allCases {
        for shape in ConvolutionClass.all {
          let float32 = TuningCandidates.choices(.init(pass, shape), on: device, isQuick: isQuick)
          #expect(!float32.contains { ConvolutionPass.tensor.contains($0.algorithm) })
          let key = TuningTable.Key(pass, shape, .tf32)
          let choices = TuningCandidates.choices(key, on: device, isQuick: isQuick)
          let shipped = try #require(device.shippedTuning.choice(for: key))
          #expect(shipped.algorithm == (shape.hasFewChannels ? "implicit-gemm" : "tensor"))
          #expect(!choices.map(\.description).contains(shipped.description))
          #expect(
            Set(choices.map(\.algorithm)) == Set(pass.algorithms + ConvolutionPass.tensor), "\(key)"
          )
          let tensor = choices.filter { ConvolutionPass.tensor.contains($0.algorithm) }
          #expect(isQuick ? tensor.count < 7 : tensor.count > 12, "\(key): \(tensor.count)")
          #expect(
            tensor.allSatisfy {
              $0.tiling.isValid(pass, for: device.tilingLimits, isTensor: true)
            })
        }
      }
    }
  }

  @Test("candidates are valid and new") func candidatesAreValidAndNew() throws {
    let device = try OpenCLDevice(index: 0, tuning: .shipped)
    for key in device.shippedTuning.keys {
      let choices = TuningCandidates.choices(key, on: device, isQuick: false)
      let shipped = try #require(device.shippedTuning[key])
      #expect(!choices.isEmpty && Set(choices.map(\.description)).count == choices.count)
      #expect(!choices.map(\.description).contains(shipped.description))
      #expect(Set(choices.map(\.algorithm)).union([shipped.algorithm]) == Set(key.pass.algorithms))
      let tuned = TuningTable.Choice("implicit-gemm", Self.tiling)
      let near = TuningCandidates.neighbors(of: tuned, key, on: device)
      #expect(!near.isEmpty && !near.contains(tuned))
      for choice in choices + near where choice.algorithm == "implicit-gemm" {
        #expect(choice.tiling.isValid(key.pass, for: device.tilingLimits))
      }
    }
    let clblast = TuningCandidates.clblast(on: device, isQuick: false)
    #expect(Set(clblast).count == clblast.count && clblast.count > 12)
    #expect(Set(clblast.map(\.kernel)) == Set(CLBlastParameters.Kernel.allCases))
  }

  @Test("impossible configurations are refused") func nonsenseIsRefused() throws {
    #expect(throws: UserError.self) { try tuner(members: 0) }
    #expect(throws: UserError.self) { try tuner(batch: 0) }
  }
}
