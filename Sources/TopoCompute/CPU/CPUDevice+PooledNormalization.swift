import CVectorKernels

extension CPUDevice {
  /// `Device.batchNormalizationPooled`; statistics as in `batchNormalization`, then one pass in C.
  public func batchNormalizationPooled(
    input: Tensor, gamma: Tensor, beta: Tensor, runningMean: Tensor, runningVariance: Tensor,
    momentum: Float, epsilon: Float, mean: Tensor, inverseStandardDeviation: Tensor, output: Tensor,
    argmax: Tensor
  ) throws -> any Operation {
    let planes = PooledPlanes(input: input, output: output)
    let runs = planes.runs
    let (x, y, argmax) = (CPUView<Float>(input), CPUView<Float>(output), CPUView<UInt8>(argmax))
    let normalization = ChannelNormalization(
      runs, momentum: momentum, epsilon: epsilon, gamma: gamma, runningMean: runningMean,
      runningVariance: runningVariance, mean: mean,
      inverseStandardDeviation: inverseStandardDeviation)
    let beta = CPUView<Float>(beta)

    return CPUOperation("batch-normalization-pooled", members: input.members) { member, team in
      let (x, y, argmax) = (x[member, team], y[member, team], argmax[member, team])
      team.forEach(runs.groups) { group in
        let (average, factor) = normalization.measure(group, x, member, team)
        let offset = runs.spread(beta[member, team], group)
        for image in 0..<runs.batch {
          planes.forward(
            x + runs.start(group, image: image), (average, factor, offset),
            y + planes.start(group, image: image), argmax + planes.start(group, image: image))
        }
      }
    }
  }

  /// `Device.batchNormalizationPooledBackward`; two passes in C.
  public func batchNormalizationPooledBackward(
    input: Tensor, output: Tensor, argmax: Tensor, outputGradient: Tensor, gamma: Tensor,
    mean: Tensor, inverseStandardDeviation: Tensor, inputGradient: Tensor, gammaGradient: Tensor,
    betaGradient: Tensor
  ) throws -> any Operation {
    precondition(input.layout == inputGradient.layout && output.layout == outputGradient.layout)
    let planes = PooledPlanes(input: input, output: output)
    let runs = planes.runs
    let (x, dx) = (CPUView<Float>(input), CPUView<Float>(inputGradient))
    let (y, dy) = (CPUView<Float>(output), CPUView<Float>(outputGradient))
    let argmax = CPUView<UInt8>(argmax)
    let (gamma, means, inverses) = (
      CPUView<Float>(gamma), CPUView<Float>(mean), CPUView<Float>(inverseStandardDeviation)
    )
    let (dGamma, dBeta) = (CPUView<Float>(gammaGradient), CPUView<Float>(betaGradient))
    let count = Float(runs.batch * runs.positions)

    return CPUOperation("batch-normalization-pooled-backward", members: input.members) {
      member, team in
      let (x, dx) = (x[member, team], dx[member, team])
      let (y, dy, argmax) = (y[member, team], dy[member, team], argmax[member, team])
      team.forEach(runs.groups) { group in
        let average = runs.spread(means[member, team], group)
        let inverse = runs.spread(inverses[member, team], group)
        // Single precision within an image, double across images.
        var totals = (SIMD8<Double>(), SIMD8<Double>())
        for image in 0..<runs.batch {
          let start = planes.start(group, image: image)
          let (sum, product) = planes.sums(
            x + runs.start(group, image: image), y + start, argmax + start, dy + start, average)
          totals.0 += SIMD8<Double>(sum)
          totals.1 += SIMD8<Double>(product)
        }
        let (sum, product) = (Vector(totals.0), Vector(totals.1) * inverse)
        runs.store(product, dGamma[member, team], group)
        runs.store(sum, dBeta[member, team], group)
        // dx = gamma / standardDeviation * (dy - mean(dy) - normalized * mean(dy * normalized))
        let factor = runs.spread(gamma[member, team], group) * inverse
        for image in 0..<runs.batch {
          let start = planes.start(group, image: image)
          planes.backward(
            x + runs.start(group, image: image), y + start, argmax + start, dy + start,
            (average, sum / count, product * inverse / count, factor),
            dx + runs.start(group, image: image))
        }
      }
    }
  }
}

/// The planes of an activation that 2 x 2 windows pool: eight channels at a time in C, a dense
/// channel alone.
private struct PooledPlanes: Sendable {
  let runs: ChannelRuns
  /// Of the output.
  private let rows: Int
  private let columns: Int

  init(input: Tensor, output: Tensor) {
    precondition(
      input.layout == output.layout && input.shape[2] == 2 * output.shape[2]
        && input.shape[3] == 2 * output.shape[3], "\(output.shape) is not \(input.shape) in pairs")
    runs = ChannelRuns(input)
    (rows, columns) = (output.shape[2], output.shape[3])
  }

  /// Index of a group's first element in an image of the output.
  func start(_ group: Int, image: Int) -> Int {
    let channel = runs.channel(group)
    return (image * (runs.channels / runs.block) + channel / runs.block) * rows * columns
      * runs.block + channel % runs.block
  }

  /// Calls `body` with each output of a dense plane and the first element of its window.
  private func forEachWindow(_ body: (_ output: Int, _ input: Int) -> Void) {
    for row in 0..<rows {
      for column in 0..<columns { body(row * columns + column, (4 * row * columns) + 2 * column) }
    }
  }

  /// From a window's first element of a dense plane to the one at a position in the window.
  private func offset(_ position: Int) -> Int { position / 2 * 2 * columns + position % 2 }

  func forward(
    _ x: UnsafeMutablePointer<Float>, _ line: (mean: Vector, factor: Vector, beta: Vector),
    _ y: UnsafeMutablePointer<Float>, _ argmax: UnsafeMutablePointer<UInt8>
  ) {
    guard !runs.lanesAreChannels else {
      withFloats(line.mean) { mean in
        withFloats(line.factor) { factor in
          withFloats(line.beta) { beta in
            topo_pool_normalized(
              x, Int32(runs.block), Int32(rows), Int32(columns), mean, factor, beta, y, argmax)
          }
        }
      }
      return
    }
    forEachWindow { output, input in
      var (largest, position) = (-Float.infinity, 0)
      for candidate in 0..<4 {
        let value = (x[input + offset(candidate)] - line.mean[0]) * line.factor[0] + line.beta[0]
        if PoolingRule.wins(value, over: largest) { (largest, position) = (value, candidate) }
      }
      y[output] = largest <= 0 ? 0 : largest
      argmax[output] = UInt8(position)
    }
  }

  func sums(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ argmax: UnsafeMutablePointer<UInt8>, _ dy: UnsafeMutablePointer<Float>, _ mean: Vector
  ) -> (Vector, Vector) {
    var (sum, product) = (Vector(), Vector())
    guard !runs.lanesAreChannels else {
      withFloats(mean) { mean in
        withUnsafeMutableBytes(of: &sum) { sum in
          withUnsafeMutableBytes(of: &product) { product in
            topo_pool_normalized_sums(
              x, y, argmax, dy, Int32(runs.block), Int32(rows), Int32(columns), mean,
              sum.assumingMemoryBound(to: Float.self).baseAddress,
              product.assumingMemoryBound(to: Float.self).baseAddress)
          }
        }
      }
      return (sum, product)
    }
    forEachWindow { output, input in
      guard y[output] > 0 else { return }
      sum[0] += dy[output]
      product[0] += dy[output] * (x[input + offset(Int(argmax[output] & 3))] - mean[0])
    }
    return (Vector(repeating: sum[0]), Vector(repeating: product[0]))
  }

  func backward(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>,
    _ argmax: UnsafeMutablePointer<UInt8>, _ dy: UnsafeMutablePointer<Float>,
    _ line: (mean: Vector, gradientMean: Vector, slope: Vector, factor: Vector),
    _ dx: UnsafeMutablePointer<Float>
  ) {
    guard !runs.lanesAreChannels else {
      withFloats(line.mean) { mean in
        withFloats(line.gradientMean) { gradientMean in
          withFloats(line.slope) { slope in
            withFloats(line.factor) { factor in
              topo_pool_normalized_backward(
                x, y, argmax, dy, Int32(runs.block), Int32(rows), Int32(columns), mean,
                gradientMean, slope, factor, dx)
            }
          }
        }
      }
      return
    }
    forEachWindow { output, input in
      for position in 0..<4 {
        let index = input + offset(position)
        let passes = y[output] > 0 && Int(argmax[output]) == position
        dx[index] =
          ((passes ? dy[output] : 0) - line.gradientMean[0]
            - (x[index] - line.mean[0]) * line.slope[0]) * line.factor[0]
      }
    }
  }
}

/// Hands a vector's eight floats to C.
@inline(__always)
private func withFloats(_ vector: Vector, _ body: (UnsafePointer<Float>) -> Void) {
  withUnsafeBytes(of: vector) { bytes in
    if let floats = bytes.assumingMemoryBound(to: Float.self).baseAddress { body(floats) }
  }
}
