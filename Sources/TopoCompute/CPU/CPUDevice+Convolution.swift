extension CPUDevice {
  /// Slices of a batch in operations without a sum over images.
  static let mapSlices = 8
  /// Slices where each leaves a partial sum of the whole weight gradient, which then must be
  /// added up: few.
  static let sumSlices = 4

  /// A primitive for full slices and one for the last, where it is shorter.
  private struct Sliced: @unchecked Sendable {
    let slices: BatchSlices
    let full: CPUConvolution
    let rest: CPUConvolution?

    func convolution(_ slice: Int) -> CPUConvolution {
      slices.isRest(slice) ? rest ?? full : full
    }

    /// Floats of one slice's converted input.
    var sourceCount: Int { max(full.sourceCount, rest?.sourceCount ?? 0) }
    /// Floats of one slice's converted output.
    var destinationCount: Int { max(full.destinationCount, rest?.destinationCount ?? 0) }
  }

  private func sliced(
    _ direction: CPUConvolution.Direction, _ window: Window, input: Tensor, output: Tensor,
    bias: Bool, slices: BatchSlices
  ) throws -> Sliced {
    try library.prepare { [library] in
      func make(_ images: Int, weights: DNNLayout? = nil) throws -> CPUConvolution {
        try CPUConvolution(
          direction, window, input: input, output: output, images: images, bias: bias,
          weights: weights, library: library)
      }
      let full = try make(slices.size)
      // Both read the same converted weights.
      let rest =
        slices.rest == slices.size
        ? nil : try make(slices.rest, weights: full.primitive.layouts[.weights])
      return Sliced(slices: slices, full: full, rest: rest)
    }
  }

  /// Step memory of `count` floats for each of `pieces`.
  func workspace(_ members: Int, _ count: Int, pieces: Int = 1) throws -> Tensor? {
    guard count > 0 else { return nil }
    return try makeTensor(
      members: members, shape: [pieces, count], elementType: .float32, lifetime: .step)
  }

  public func convolution(
    _ window: Window, input: Tensor, weight: Tensor, bias: Tensor, output: Tensor
  ) throws -> any Operation {
    if ownConvolutions, let own = OwnConvolution(window, input: input, output: output) {
      return own.ofImages
        ? try imageConvolution(own, input: input, weight: weight, bias: bias, output: output)
        : try winogradConvolution(own, input: input, weight: weight, bias: bias, output: output)
    }
    let slices = BatchSlices(batch: output.shape[0], most: Self.mapSlices)
    let plan = try sliced(
      .forward, window, input: input, output: output, bias: true, slices: slices)
    let weights = try CPUConvolutionWeights(plan.full, weight, toPrimitive: true, device: self)
    let converted = try workspace(output.members, plan.sourceCount, pieces: slices.count)
      .map(CPUView<Float>.init)
    let unconverted = try workspace(
      output.members, plan.destinationCount, pieces: slices.count
    ).map(CPUView<Float>.init)
    let (x, b, y) = (CPUView<Float>(input), CPUView<Float>(bias), CPUView<Float>(output))
    let (imageIn, imageOut) = (input.count / input.shape[0], output.count / output.shape[0])

    return CPUOperation(
      "convolution/\(plan.full.primitive.implementation)", members: output.members
    ) {
      member, team in
      let w = weights.converted(member, team)
      team.forEach(slices.count) { slice in
        let part = plan.convolution(slice)
        var source = x[member, team] + slices.first(slice) * imageIn
        let destination = y[member, team] + slices.first(slice) * imageOut
        if let converted, let reorder = part.source {
          let copy = converted[member, team] + slice * plan.sourceCount
          reorder.execute(lane: team.lane, .init(source: source, destination: copy))
          source = copy
        }
        var target = destination
        if let unconverted, part.destination != nil {
          target = unconverted[member, team] + slice * plan.destinationCount
        }
        part.primitive.execute(
          lane: team.lane,
          .init(source: source, weights: w, bias: b[member, team], destination: target))
        part.destination?.execute(
          lane: team.lane, .init(source: target, destination: destination))
      }
    }
  }

  public func convolutionBackwardData(
    _ window: Window, outputGradient: Tensor, weight: Tensor, inputGradient: Tensor
  ) throws -> any Operation {
    if ownConvolutions,
      let own = OwnConvolution(window, input: outputGradient, output: inputGradient), !own.ofImages
    {
      return try winogradBackwardData(
        own, outputGradient: outputGradient, weight: weight, inputGradient: inputGradient)
    }
    let members = inputGradient.members
    let slices = BatchSlices(batch: inputGradient.shape[0], most: Self.mapSlices)
    let plan = try sliced(
      .backwardData, window, input: inputGradient, output: outputGradient, bias: false,
      slices: slices)
    let weights = try CPUConvolutionWeights(plan.full, weight, toPrimitive: true, device: self)
    let converted = try workspace(members, plan.destinationCount, pieces: slices.count)
      .map(CPUView<Float>.init)
    let unconverted = try workspace(members, plan.sourceCount, pieces: slices.count)
      .map(CPUView<Float>.init)
    let (dx, dy) = (CPUView<Float>(inputGradient), CPUView<Float>(outputGradient))
    let imageIn = inputGradient.count / inputGradient.shape[0]
    let imageOut = outputGradient.count / outputGradient.shape[0]

    return CPUOperation(
      "convolution-backward-data/\(plan.full.primitive.implementation)", members: members
    ) { member, team in
      let w = weights.converted(member, team)
      team.forEach(slices.count) { slice in
        let part = plan.convolution(slice)
        let gradient = dx[member, team] + slices.first(slice) * imageIn
        var given = dy[member, team] + slices.first(slice) * imageOut
        if let converted, let reorder = part.destination {
          let copy = converted[member, team] + slice * plan.destinationCount
          reorder.execute(lane: team.lane, .init(source: given, destination: copy))
          given = copy
        }
        var target = gradient
        if let unconverted, part.source != nil {
          target = unconverted[member, team] + slice * plan.sourceCount
        }
        part.primitive.execute(
          lane: team.lane, .init(source: target, weights: w, destination: given))
        part.source?.execute(lane: team.lane, .init(source: target, destination: gradient))
      }
    }
  }

  public func convolutionBackwardWeight(
    _ window: Window, input: Tensor, outputGradient: Tensor, weightGradient: Tensor,
    biasGradient: Tensor
  ) throws -> any Operation {
    if ownConvolutions, let own = OwnConvolution(window, input: input, output: outputGradient) {
      let backward = own.ofImages ? imageBackwardWeight : winogradBackwardWeight
      return try backward(own, input, outputGradient, weightGradient, biasGradient)
    }
    let members = outputGradient.members
    let slices = BatchSlices(batch: outputGradient.shape[0], most: Self.sumSlices)
    let plan = try sliced(
      .backwardWeight, window, input: input, output: outputGradient, bias: true, slices: slices)
    let weights = try CPUConvolutionWeights(
      plan.full, weightGradient, toPrimitive: false, device: self)
    let outputs = outputGradient.shape[1]
    // One slice's partial sums: the weights as the primitive writes them, then the biases.
    let (weightCount, biasCount) = (plan.full.weightCount, (outputs + 15) / 16 * 16)
    let stride = weightCount + biasCount
    let partials = CPUView<Float>(
      try makeTensor(
        members: members, shape: [slices.count, stride], elementType: .float32, lifetime: .step))
    let convertedSource = try workspace(members, plan.sourceCount, pieces: slices.count)
      .map(CPUView<Float>.init)
    let convertedGradient = try workspace(
      members, plan.destinationCount, pieces: slices.count
    ).map(CPUView<Float>.init)
    let (x, dy) = (CPUView<Float>(input), CPUView<Float>(outputGradient))
    let db = CPUView<Float>(biasGradient)
    let imageIn = input.count / input.shape[0]
    let imageOut = outputGradient.count / outputGradient.shape[0]

    return CPUOperation(
      "convolution-backward-weight/\(plan.full.primitive.implementation)", members: members
    ) { member, team in
      let sums = partials[member, team]
      team.forEach(slices.count) { slice in
        let part = plan.convolution(slice)
        var source = x[member, team] + slices.first(slice) * imageIn
        var gradient = dy[member, team] + slices.first(slice) * imageOut
        if let convertedSource, let reorder = part.source {
          let copy = convertedSource[member, team] + slice * plan.sourceCount
          reorder.execute(lane: team.lane, .init(source: source, destination: copy))
          source = copy
        }
        if let convertedGradient, let reorder = part.destination {
          let copy = convertedGradient[member, team] + slice * plan.destinationCount
          reorder.execute(lane: team.lane, .init(source: gradient, destination: copy))
          gradient = copy
        }
        part.primitive.execute(
          lane: team.lane,
          .init(
            source: source, weights: sums + slice * stride,
            bias: sums + slice * stride + weightCount, destination: gradient))
      }
      team.forEachRange(stride) { range in
        for slice in 1..<max(slices.count, 1) {
          addAll(sums + range.lowerBound, sums + slice * stride + range.lowerBound, range.count)
        }
      }
      weights.write(from: sums, member, team)
      team.once { db[member, team].update(from: sums + weightCount, count: outputs) }
    }
  }
}

/// Weights between the parameters' dense order and the order that a primitive wants.
struct CPUConvolutionWeights: @unchecked Sendable {
  private let dense: CPUView<Float>
  private let reorder: DNNPrimitive?
  private let copy: CPUView<Float>?
  private let count: Int

  init(
    _ convolution: CPUConvolution, _ weight: Tensor, toPrimitive: Bool, device: CPUDevice
  ) throws {
    dense = CPUView(weight)
    count = weight.count
    let wanted = try unwrap(convolution.primitive.layouts[.weights])
    reorder = try device.library.prepare { [library = device.library] in
      let own = try unwrap(DNNLayout.dense(weight.shape))
      return toPrimitive ? try library.reorder(own, wanted) : try library.reorder(wanted, own)
    }
    copy =
      reorder == nil || !toPrimitive
      ? nil
      : CPUView(
        try device.makeTensor(
          members: weight.members, shape: [convolution.weightCount], elementType: .float32,
          lifetime: .step))
  }

  /// The weights as the primitive wants them; converted by one lane for the team.
  func converted(_ member: Int, _ team: Team) -> UnsafeMutablePointer<Float> {
    guard let reorder, let copy else { return dense[member, team] }
    let target = copy[member, team]
    team.once {
      reorder.execute(
        lane: team.lane, .init(source: dense[member, team], destination: target))
    }
    return target
  }

  /// Stores a gradient that a primitive wrote.
  func write(from values: UnsafeMutablePointer<Float>, _ member: Int, _ team: Team) {
    team.once {
      if let reorder {
        reorder.execute(
          lane: team.lane, .init(source: values, destination: dense[member, team]))
      } else {
        dense[member, team].update(from: values, count: count)
      }
    }
  }
}
