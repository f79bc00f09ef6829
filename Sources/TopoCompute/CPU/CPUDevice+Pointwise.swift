import TopoFoundation

extension CPUDevice {
  /// `Device.relu`; eight values at a time.
  public func relu(input: Tensor, output: Tensor) throws -> any Operation {
    precondition(input.layout == output.layout && input.count == output.count)
    let (x, y) = (CPUView<Float>(input), CPUView<Float>(output))
    let count = output.count
    return CPUOperation("relu", members: output.members) { member, team in
      let (x, y) = (x[member, team], y[member, team])
      team.forEachRange(count) { range in
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
          let value = x.vector(at: index)
          // Not `value > 0`: ReLU keeps NaN.
          y.store(value.replacing(with: 0, where: value .<= 0), at: index)
          index += 8
        }
        for index in index..<range.upperBound { y[index] = x[index] <= 0 ? 0 : x[index] }
      }
    }
  }

  /// `Device.reluBackward`; eight values at a time.
  public func reluBackward(
    output: Tensor, outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    precondition(
      output.layout == outputGradient.layout && output.layout == inputGradient.layout)
    let (y, dy, dx) = (
      CPUView<Float>(output), CPUView<Float>(outputGradient), CPUView<Float>(inputGradient)
    )
    let count = output.count
    return CPUOperation("relu-backward", members: inputGradient.members) { member, team in
      let (y, dy, dx) = (y[member, team], dy[member, team], dx[member, team])
      team.forEachRange(count) { range in
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
          let passes = y.vector(at: index) .> 0
          dx.store(Vector().replacing(with: dy.vector(at: index), where: passes), at: index)
          index += 8
        }
        for index in index..<range.upperBound { dx[index] = y[index] > 0 ? dy[index] : 0 }
      }
    }
  }

  /// `Device.dropout`; four values per Philox block.
  public func dropout(
    rate: Float, stream: Int, seeds: Tensor, clock: Tensor, input: Tensor, output: Tensor
  ) throws -> any Operation {
    precondition(input.layout == .dense && output.layout == .dense)
    let (x, y) = (CPUView<Float>(input), CPUView<Float>(output))
    let (seeds, clock) = (CPUView<UInt32>(seeds), CPUView<UInt32>(clock))
    let (count, scale) = (output.count, 1 / (1 - rate))
    return CPUOperation("dropout", members: output.members) { member, team in
      let (x, y) = (x[member, team], y[member, team])
      let seed = UInt64(seeds[member, team][0]) | UInt64(seeds[member, team][1]) << 32
      let source = Philox(seed: seed, purpose: .dropout, stream: UInt32(stream))
      let step = UInt64(clock[member, team][1]) << 32
      team.forEachRange(count, grain: 1024) { range in
        for block in (range.lowerBound / 4)..<((range.upperBound + 3) / 4) {
          let words = source.words(at: UInt64(block) | step)
          for index in (block * 4)..<min(block * 4 + 4, count) {
            let keeps = Philox.uniform(words[index % 4]) >= rate
            y[index] = keeps ? x[index] * scale : 0
          }
        }
      }
    }
  }
}
