import Testing
import TopoCompute

@testable import TopoVerification

@Suite("Reference gradients against central differences") struct ReferenceGradientTests {
  @Test(
    "convolution",
    arguments: [
      Window(3, padding: 1), Window(1), Window(3, padding: 3), Window(7, stride: 2, padding: 3),
      Window(
        kernel: .init(rows: 5, columns: 3), stride: .init(rows: 2, columns: 1),
        padding: .init(rows: 1, columns: 0)),
    ])
  func convolution(window: Window) {
    let input = testDense("input", [2, 2, 6, 5])
    let weight = testDense("weight", [3, 2, window.kernel.rows, window.kernel.columns])
    let bias = testDense("bias", [3])
    let output = Reference.convolution(window, input: input, weight: weight, bias: bias)
    let coefficients = testDense("coefficients", output.shape)
    func value(_ input: Dense, _ weight: Dense, _ bias: Dense) -> Double {
      project(
        Reference.convolution(window, input: input, weight: weight, bias: bias),
        onto: coefficients)
    }
    let data = Reference.convolutionBackwardData(
      window, outputGradient: coefficients, weight: weight, inputShape: input.shape)
    expectGradient(
      data.values, of: { value(Dense(input.shape, $0), weight, bias) }, at: input.values)
    let gradients = Reference.convolutionBackwardWeight(
      window, input: input, outputGradient: coefficients, weightShape: weight.shape)
    expectGradient(
      gradients.weight.values, of: { value(input, Dense(weight.shape, $0), bias) },
      at: weight.values)
    expectGradient(
      gradients.bias.values, of: { value(input, weight, Dense($0)) }, at: bias.values)
  }

  @Test("convolution of a known image") func knownConvolution() {
    let input = Dense([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])
    let weight = Dense([1, 1, 2, 2], [1, 10, 100, 1000])
    let output = Reference.convolution(
      Window(2), input: input, weight: weight, bias: Dense([0.5]))
    #expect(output == Dense([1, 1, 2, 2], [5421.5, 6532.5, 8754.5, 9865.5]))
  }

  @Test(
    "max pooling",
    arguments: [Window(2, stride: 2), Window(3, stride: 2, padding: 1), Window(3)])
  func maxPooling(window: Window) {
    let input = testDense("input", [2, 2, 7, 6])
    let (output, argmax) = Reference.maxPooling(window, input: input)
    let coefficients = testDense("coefficients", output.shape)
    let gradient = Reference.maxPoolingBackward(
      window, outputGradient: coefficients, argmax: argmax, inputShape: input.shape)
    expectGradient(
      gradient.values,
      of: { values in
        project(
          Reference.maxPooling(window, input: Dense(input.shape, values)).output,
          onto: coefficients)
      }, at: input.values, step: 1e-7, tolerance: 1e-6)
  }

  @Test("max pooling: the first on ties, a NaN before numbers") func poolingRules() {
    let window = Window(2, stride: 2)
    let input = Dense([1, 1, 2, 6], [1, 3, 5, 5, 2, 9, 3, 0, 5, 4, .nan, 9])
    let (output, argmax) = Reference.maxPooling(window, input: input)
    #expect(output.values[0] == 3 && output.values[1] == 5 && output.values[2].isNaN)
    #expect(argmax.values == [1, 0, 2])
  }

  @Test("global average pooling") func globalAveragePooling() {
    let input = testDense("input", [2, 3, 4, 5])
    let coefficients = testDense("coefficients", [2, 3])
    expectGradient(
      Reference.globalAveragePoolingBackward(
        outputGradient: coefficients, inputShape: input.shape
      ).values,
      of: { values in
        project(
          Reference.globalAveragePooling(input: Dense(input.shape, values)), onto: coefficients)
      }, at: input.values)
  }

  @Test("batch normalization") func batchNormalization() {
    let input = testDense("input", [3, 2, 2, 3])
    let (gamma, beta) = (testDense("gamma", [2]), testDense("beta", [2]))
    let coefficients = testDense("coefficients", input.shape)
    func statistics(_ input: Dense, _ gamma: Dense, _ beta: Dense) -> Reference.BatchStatistics {
      Reference.batchNormalization(
        input: input, gamma: gamma, beta: beta, runningMean: Dense([0.5, 0]),
        runningVariance: Dense([1, 2]), momentum: 0.1, epsilon: 1e-5)
    }
    let forward = statistics(input, gamma, beta)
    let gradients = Reference.batchNormalizationBackward(
      input: input, outputGradient: coefficients, gamma: gamma, mean: forward.mean,
      inverseStandardDeviation: forward.inverseStandardDeviation)
    expectGradient(
      gradients.input.values,
      of: { project(statistics(Dense(input.shape, $0), gamma, beta).output, onto: coefficients) },
      at: input.values)
    expectGradient(
      gradients.gamma.values,
      of: { project(statistics(input, Dense($0), beta).output, onto: coefficients) },
      at: gamma.values)
    expectGradient(
      gradients.beta.values,
      of: { project(statistics(input, gamma, Dense($0)).output, onto: coefficients) },
      at: beta.values)
  }

  @Test("running statistics: the unbiased variance, or that of a single value")
  func runningStatistics() {
    let one = Dense([1])
    let several = Reference.batchNormalization(
      input: Dense([1, 1, 1, 4], [1, 2, 3, 6]), gamma: one, beta: one, runningMean: Dense([10]),
      runningVariance: Dense([1]), momentum: 0.1, epsilon: 0)
    #expect(abs(several.runningMean.values[0] - 9.3) < 1e-12)
    #expect(abs(several.runningVariance.values[0] - (0.9 + 0.1 * 14 / 3)) < 1e-12)
    #expect(abs(several.inverseStandardDeviation.values[0] - 1 / 3.5.squareRoot()) < 1e-12)
    let single = Reference.batchNormalization(
      input: Dense([1, 1, 1, 1], [7]), gamma: one, beta: one, runningMean: Dense([0]),
      runningVariance: Dense([1]), momentum: 0.5, epsilon: 1e-5)
    #expect(single.runningVariance.values == [0.5] && single.output.values == [1])
  }

  @Test("inference normalizes as training does when the statistics are the batch's")
  func inference() {
    let input = testDense("input", [3, 2, 2, 3])
    let (gamma, beta) = (testDense("gamma", [2]), testDense("beta", [2]))
    let training = Reference.batchNormalization(
      input: input, gamma: gamma, beta: beta, runningMean: Dense([0, 0]),
      runningVariance: Dense([0, 0]), momentum: 1, epsilon: 1e-5)
    let population = training.runningVariance.values.map { $0 * 17 / 18 }
    let output = Reference.batchNormalizationInference(
      input: input, gamma: gamma, beta: beta, runningMean: training.runningMean,
      runningVariance: Dense(population), epsilon: 1e-5)
    for (a, b) in zip(output.values, training.output.values) { #expect(abs(a - b) < 1e-12) }
  }

  @Test("linear") func linear() {
    let (input, weight) = (testDense("input", [3, 4]), testDense("weight", [5, 4]))
    let (bias, coefficients) = (testDense("bias", [5]), testDense("coefficients", [3, 5]))
    func value(_ input: Dense, _ weight: Dense, _ bias: Dense) -> Double {
      project(Reference.linear(input: input, weight: weight, bias: bias), onto: coefficients)
    }
    expectGradient(
      Reference.linearBackwardData(outputGradient: coefficients, weight: weight).values,
      of: { value(Dense(input.shape, $0), weight, bias) }, at: input.values)
    let gradients = Reference.linearBackwardWeight(input: input, outputGradient: coefficients)
    expectGradient(
      gradients.weight.values, of: { value(input, Dense(weight.shape, $0), bias) },
      at: weight.values)
    expectGradient(
      gradients.bias.values, of: { value(input, weight, Dense($0)) }, at: bias.values)
  }

  @Test("relu") func relu() {
    let (input, coefficients) = (testDense("input", [31]), testDense("coefficients", [31]))
    let output = Reference.relu(input)
    expectGradient(
      Reference.reluBackward(output: output, outputGradient: coefficients).values,
      of: { project(Reference.relu(Dense($0)), onto: coefficients) }, at: input.values,
      step: 1e-7)
    let special = Reference.relu(Dense([.nan, -0.0, -1, 2]))
    #expect(special.values[0].isNaN && Array(special.values[1...]) == [0, 0, 2])
  }

  @Test("dropout is linear, so that the backward pass is the same call") func dropout() {
    func drop(_ values: Dense) -> Dense {
      Reference.dropout(values, rate: 0.5, seed: 0x1_0000_0002, stream: 3, step: 4)
    }
    let (input, coefficients) = (testDense("input", [64]), testDense("coefficients", [64]))
    expectGradient(
      drop(coefficients).values, of: { project(drop(Dense($0)), onto: coefficients) },
      at: input.values)
    let kept = drop(Dense([Double](repeating: 1, count: 4000))).values.filter { $0 != 0 }
    #expect(Set(kept) == [2])
    #expect((1850...2150).contains(kept.count))
  }

  @Test("softmax cross-entropy") func softmaxCrossEntropy() {
    let logits = testDense("logits", [4, 5])
    let targets = [0, 4, -1, 2]
    let (score, gradient) = Reference.softmaxCrossEntropy(logits: logits, targets: targets)
    expectGradient(
      gradient.values,
      of: {
        Reference.softmaxCrossEntropy(logits: Dense(logits.shape, $0), targets: targets).score[0]
          / 4
      }, at: logits.values)
    #expect(score[2] == 3)
    #expect(gradient.values[10..<15].allSatisfy { $0 == 0 })
  }

  @Test("softmax cross-entropy: ties, NaN, large logits") func scoring() {
    let ties = Reference.softmaxCrossEntropy(
      logits: Dense([2, 3], [1, 1, 0, 0, 1, 1]), targets: [1, 1])
    #expect(ties.score[1] == 1)
    let lost = Reference.softmaxCrossEntropy(
      logits: Dense([2, 2], [.nan, 5, 2e4, -2e4]), targets: [1, 1])
    #expect(lost.score[0].isNaN && lost.score[1] == 0 && lost.score[2] == 2)
    let large = Reference.softmaxCrossEntropy(
      logits: Dense([1, 2], [2e4, -2e4]), targets: [1])
    #expect(large.score == [4e4, 0, 1] && large.gradient.values == [1, -1])
  }
}
