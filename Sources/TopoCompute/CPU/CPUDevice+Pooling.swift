extension CPUDevice {
  /// `Device.maxPooling`; 2 x 2 windows that tile the image in C, eight channels at a time, other
  /// windows in general loops.
  public func maxPooling(
    _ window: Window, input: Tensor, output: Tensor, argmax: Tensor
  ) throws -> any Operation {
    precondition(input.layout == output.layout && argmax.layout == output.layout)
    let (runs, walk) = (ChannelRuns(input), WindowWalk(window, input: input, output: output))
    let (x, y, argmax) = (CPUView<Float>(input), CPUView<Float>(output), CPUView<UInt8>(argmax))
    let pairs = PairPooling(window, runs, rows: input.shape[2], columns: input.shape[3])

    return CPUOperation("max-pooling", members: output.members) { member, team in
      let (x, y, argmax) = (x[member, team], y[member, team], argmax[member, team])
      team.forEach(runs.batch * runs.groups) { piece in
        let (image, group) = (piece / runs.groups, piece % runs.groups)
        let source = x + runs.start(group, image: image)
        let target = walk.outputStart(runs, group, image: image)
        if let pairs {
          pairs.forward(source, y + target, argmax + target)
        } else if runs.lanesAreChannels {
          walk.forEachOutput { output, origin in
            var largest = Vector(repeating: -.infinity)
            var winners = SIMD8(repeating: Int32(walk.firstPosition(origin)))
            walk.forEachInput(origin) { input, position in
              let value = source.vector(at: input * runs.block)
              let wins = PoolingRule.wins(value, over: largest)
              largest.replace(with: value, where: wins)
              winners.replace(with: Int32(position), where: wins)
            }
            let index = target + output * runs.block
            y.store(largest, at: index)
            UnsafeMutableRawPointer(argmax + index).storeBytes(
              of: SIMD8<UInt8>(truncatingIfNeeded: winners), as: SIMD8<UInt8>.self)
          }
        } else {
          walk.forEachOutput { output, origin in
            var largest = -Float.infinity
            var winner = walk.firstPosition(origin)
            walk.forEachInput(origin) { input, position in
              let value = source[input]
              if PoolingRule.wins(value, over: largest) {
                largest = value
                winner = position
              }
            }
            y[target + output] = largest
            argmax[target + output] = UInt8(winner)
          }
        }
      }
    }
  }

  /// `Device.maxPoolingBackward`; 2 x 2 windows as above, others scatter.
  public func maxPoolingBackward(
    _ window: Window, outputGradient: Tensor, argmax: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    precondition(inputGradient.layout == outputGradient.layout)
    let runs = ChannelRuns(inputGradient)
    let walk = WindowWalk(window, input: inputGradient, output: outputGradient)
    let (dx, dy) = (CPUView<Float>(inputGradient), CPUView<Float>(outputGradient))
    let argmax = CPUView<UInt8>(argmax)
    let offsets = walk.offsets
    let pairs = PairPooling(
      window, runs, rows: inputGradient.shape[2], columns: inputGradient.shape[3])

    return CPUOperation("max-pooling-backward", members: inputGradient.members) { member, team in
      let (dx, dy, argmax) = (dx[member, team], dy[member, team], argmax[member, team])
      team.forEach(runs.batch * runs.groups) { piece in
        let (image, group) = (piece / runs.groups, piece % runs.groups)
        let target = dx + runs.start(group, image: image)
        let source = walk.outputStart(runs, group, image: image)
        if let pairs {
          pairs.backward(dy + source, argmax + source, target)
          return
        }
        for position in 0..<(runs.lanesAreChannels ? runs.positions : 0) {
          target.store(Vector(), at: position * runs.block)
        }
        if !runs.lanesAreChannels { target.update(repeating: 0, count: runs.positions) }
        let (width, block) = (runs.width, runs.block)
        offsets.withUnsafeBufferPointer { offsets in
          walk.forEachOutput { output, origin in
            let first = walk.input(origin, 0) * block
            let index = source + output * block
            // One scattered addition per value: the positions differ between channels.
            for lane in 0..<width {
              let offset = offsets[Int(argmax[index + lane])] * block
              target[first + offset + lane] += dy[index + lane]
            }
          }
        }
      }
    }
  }

  /// `Device.globalAveragePooling`; sums in double precision.
  public func globalAveragePooling(input: Tensor, output: Tensor) throws -> any Operation {
    let runs = ChannelRuns(input)
    let (x, y) = (CPUView<Float>(input), CPUView<Float>(output))
    let image = ChannelRuns(input, batch: 1)
    return CPUOperation("global-average-pooling", members: output.members) { member, team in
      let (x, y) = (x[member, team], y[member, team])
      team.forEach(runs.batch) { index in
        let source = x + index * input.count / runs.batch
        for group in 0..<runs.groups {
          let sum = image.sum(group, { source.vector(at: $0) }, { source[$0] })
          image.store(
            Vector(sum / SIMD8(repeating: Double(runs.positions))), y + index * runs.channels,
            group)
        }
      }
    }
  }

  /// `Device.globalAveragePoolingBackward`.
  public func globalAveragePoolingBackward(
    outputGradient: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    let runs = ChannelRuns(inputGradient)
    let image = ChannelRuns(inputGradient, batch: 1)
    let (dx, dy) = (CPUView<Float>(inputGradient), CPUView<Float>(outputGradient))
    return CPUOperation("global-average-pooling-backward", members: inputGradient.members) {
      member, team in
      let (dx, dy) = (dx[member, team], dy[member, team])
      team.forEach(runs.batch) { index in
        let target = dx + index * inputGradient.count / runs.batch
        for group in 0..<runs.groups {
          let share =
            image.spread(dy + index * runs.channels, group) / Float(runs.positions)
          image.map(group, into: target, { _ in share }, { _ in share[0] })
        }
      }
    }
  }
}

extension ChannelRuns {
  /// The runs of `batch` images of an activation.
  init(_ tensor: Tensor, batch: Int) {
    self.init(
      Tensor(
        members: tensor.members, shape: [batch] + tensor.shape.dropFirst(),
        elementType: tensor.elementType, storage: tensor.storage,
        memberStride: tensor.memberStride, layout: tensor.layout))
  }
}

/// The positions that a pooling window visits, clipped to the image.
struct WindowWalk: Sendable {
  private let window: Window
  private let input: Window.Extent
  private let output: Window.Extent

  init(_ window: Window, input: Tensor, output: Tensor) {
    precondition(
      window.kernel.rows * window.kernel.columns <= 256, "window positions must fit a byte")
    precondition(
      window.padding.rows < window.kernel.rows && window.padding.columns < window.kernel.columns,
      "a pooling window lies beside the image")
    self.window = window
    self.input = Window.Extent(rows: input.shape[2], columns: input.shape[3])
    self.output = Window.Extent(rows: output.shape[2], columns: output.shape[3])
  }

  /// Index of a group's first element in an image of the output.
  func outputStart(_ runs: ChannelRuns, _ group: Int, image: Int) -> Int {
    let channel = runs.channel(group)
    return (image * (runs.channels / runs.block) + channel / runs.block)
      * output.rows * output.columns * runs.block + channel % runs.block
  }

  /// Calls `body` with each output position and the row and column where its window begins.
  @inline(__always)
  func forEachOutput(_ body: (_ output: Int, _ origin: (row: Int, column: Int)) -> Void) {
    var index = 0
    for row in 0..<output.rows {
      for column in 0..<output.columns {
        body(
          index,
          (
            row * window.stride.rows - window.padding.rows,
            column * window.stride.columns - window.padding.columns
          ))
        index += 1
      }
    }
  }

  /// The window's first position inside the image, `row * kernel columns + column` in the window.
  @inline(__always)
  func firstPosition(_ origin: (row: Int, column: Int)) -> Int {
    max(0, -origin.row) * window.kernel.columns + max(0, -origin.column)
  }

  /// Calls `body` with each input position of a window, and the position in the window.
  @inline(__always)
  func forEachInput(
    _ origin: (row: Int, column: Int), _ body: (_ input: Int, _ position: Int) -> Void
  ) {
    for row in max(0, -origin.row)..<min(window.kernel.rows, input.rows - origin.row) {
      let line = (origin.row + row) * input.columns + origin.column
      for column
        in max(0, -origin.column)..<min(window.kernel.columns, input.columns - origin.column)
      {
        body(line + column, row * window.kernel.columns + column)
      }
    }
  }

  /// From a window's origin to each of its positions; 0 for bytes beyond the window, so that no
  /// index leads out of bounds.
  var offsets: [Int] {
    (0..<256).map { position in
      position < window.kernel.rows * window.kernel.columns
        ? position / window.kernel.columns * input.columns + position % window.kernel.columns : 0
    }
  }

  /// The input position at a position in a window.
  @inline(__always)
  func input(_ origin: (row: Int, column: Int), _ position: Int) -> Int {
    (origin.row + position / window.kernel.columns) * input.columns + origin.column
      + position % window.kernel.columns
  }
}
