extension CPUDevice {
  /// `Device.gather`; from a table of all 256 normalized values of each channel.
  public func gather(
    images: Tensor, labels: Tensor, order: Tensor, clock: Tensor, mean: [Float],
    standardDeviation: [Float], input: Tensor, targets: Tensor
  ) throws -> any Operation {
    let runs = ChannelRuns(input)
    let (bytes, classes) = (CPUView<UInt8>(images), CPUView<Int32>(labels))
    let (order, positions, clock) = (CPUView<Int32>(order), order.count, CPUView<UInt32>(clock))
    let (x, y) = (CPUView<Float>(input), CPUView<Int32>(targets))
    let table = Self.normalizationTable(mean: mean, standardDeviation: standardDeviation)
    let pixels = runs.positions

    return CPUOperation("gather", members: input.members) { member, team in
      let (order, x, y) = (order[member, team], x[member, team], y[member, team])
      let (bytes, classes) = (bytes[member, team], classes[member, team])
      let first = Int(clock[member, team][0]) * runs.batch
      team.forEach(runs.batch) { image in
        let index = first + image < positions ? Int(order[first + image]) : -1
        y[image] = index < 0 ? -1 : classes[index]
        for channel in 0..<runs.channels {
          let start =
            (image * (runs.channels / runs.block) + channel / runs.block) * pixels * runs.block
            + channel % runs.block
          if index < 0 {
            for pixel in 0..<pixels { x[start + pixel * runs.block] = 0 }
            continue
          }
          let source = bytes + (index * runs.channels + channel) * pixels
          table.withUnsafeBufferPointer { table in
            for pixel in 0..<pixels {
              x[start + pixel * runs.block] = table[channel << 8 | Int(source[pixel])]
            }
          }
        }
      }
    }
  }

  /// The normalized value of every byte, by channel.
  private static func normalizationTable(mean: [Float], standardDeviation: [Float]) -> [Float] {
    zip(mean, standardDeviation).flatMap { mean, standardDeviation in
      (0..<256).map { (Float($0) / 255 - mean) / standardDeviation }
    }
  }

  /// `Device.advance`.
  public func advance(clock: Tensor) throws -> any Operation {
    let view = CPUView<UInt32>(clock)
    return CPUOperation("advance", members: clock.members) { member, team in
      team.once {
        view[member, team][0] &+= 1
        view[member, team][1] &+= 1
      }
    }
  }
}
