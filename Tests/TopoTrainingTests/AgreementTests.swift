import Foundation
import TestSupport
import Testing
import TopoCompute
import TopoNetworks
import TopoSheets
import TopoTraining

/// CPU and OpenCL, trained from the same seed.
///
/// Both draw the same split, initial values, order and dropout masks, so nothing differs but the
/// order of float32 sums: a relative error of about 1e-6 per operation. Under SGD a step adds at
/// most its learning rate times that error to each parameter, so parameters stay together to a few
/// 1e-5 for some steps; later, a ReLU or a maximum that tips over to the other side makes paths
/// part, as it does between any two machines. Adam divides each gradient by its own size: where a
/// gradient is all rounding (units that are dead or far from any image), its sign may differ and
/// with it a whole step of the learning rate. The bound for one parameter is therefore two learning
/// rates per step; that only a few parameters come near it is checked by the mean, which was
/// 1.2 % of a learning rate per step at most where this was written.
@Suite("CPU and OpenCL", .serialized, .enabled(if: TestDevices.hasOpenCL, TestDevices.noOpenCL))
struct AgreementTests {
  /// Largest and mean absolute difference of the trainable parameters.
  struct Distance {
    var largest = 0.0
    var mean = 0.0
  }

  /// Trains both devices for two epochs, six steps.
  private func compare(
    _ architecture: Architecture, _ rule: OptimizerRule, learningRate: Float
  ) throws -> [(distance: Distance, reports: [(EpochReport, EpochReport)])] {
    let configuration = Synthetic.configuration(
      architecture, rule: rule, learningRate: learningRate)
    let runs = try TestDevices.all.map { name in
      let trainer = try Synthetic.trainer(
        configuration, Synthetic.population, device: try TestDevices.open(name))
      return try trainer.outcomes()
    }
    return zip(runs[0], runs[1]).map { cpu, openCL in
      var (distance, count) = (Distance(), 0)
      for (parameter, (left, right)) in zip(
        architecture.parameters, zip(cpu.parameters, openCL.parameters))
      where parameter.isTrainable {
        for (a, b) in zip(left, right) {
          let difference = abs(Double(Float(bitPattern: a)) - Double(Float(bitPattern: b)))
          distance.largest = max(distance.largest, difference)
          distance.mean += difference
          count += 1
        }
      }
      distance.mean /= Double(count)
      return (distance, Array(zip(cpu.reports, openCL.reports)))
    }
  }

  private func expectSameReports(
    _ reports: [(EpochReport, EpochReport)], within tolerance: Double, _ what: Comment
  ) {
    #expect(!reports.isEmpty)
    for (cpu, openCL) in reports {
      let scale = max(1, abs(cpu.crossEntropy))
      #expect(abs(cpu.crossEntropy - openCL.crossEntropy) < tolerance * scale, what)
      #expect(abs(cpu.penalty - openCL.penalty) < tolerance * max(1, cpu.penalty), what)
      let validation = (cpu.validationCrossEntropy ?? 0, openCL.validationCrossEntropy ?? 1)
      #expect(abs(validation.0 - validation.1) < tolerance * max(1, validation.0), what)
    }
  }

  @Test("gradient descent stays together") func gradientDescentStaysTogether() throws {
    for architecture in try Synthetic.networks() {
      let results = try compare(architecture, .sgd(momentum: 0.9), learningRate: 0.01)
      for (index, result) in results.enumerated() {
        let what: Comment = "\(architecture.name), \(Synthetic.population[index].path)"
        #expect(result.distance.largest < 1e-4, what)
        expectSameReports(result.reports, within: 1e-4, what)
      }
    }
  }

  @Test("Adam stays together except for dead gradients") func adamStaysTogetherButForDeadGradients()
    throws
  {
    let (rate, steps) = (1e-3, 6.0)
    for architecture in try Synthetic.networks() {
      let results = try compare(architecture, .adam(), learningRate: Float(rate))
      for (index, result) in results.enumerated() {
        let what: Comment = "\(architecture.name), \(Synthetic.population[index].path)"
        #expect(result.distance.largest <= 2 * rate * steps, what)
        #expect(result.distance.mean < 0.02 * rate * steps, what)
        expectSameReports(result.reports, within: 1e-3, what)
      }
    }
  }
}
