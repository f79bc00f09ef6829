extension CPUDevice {
  /// `Device.attackStep`; image by image.
  public func attackStep(
    _ norm: AttackNorm, clean: Tensor, from: Tensor, gradient: Tensor?, stepAndRadius: Tensor,
    mean: [Float], standardDeviation: [Float], images: Tensor, input: Tensor
  ) throws -> any Operation {
    for other in [clean, from, gradient ?? images, input] {
      precondition(other.shape == images.shape && other.layout == images.layout)
    }
    let runs = ChannelRuns(images)
    precondition(mean.count == runs.channels && standardDeviation.count == runs.channels)
    let views = AttackViews(
      runs: runs, clean: CPUView(clean), from: CPUView(from),
      gradient: gradient.map(CPUView<Float>.init), stepAndRadius: CPUView(stepAndRadius),
      images: CPUView(images), input: CPUView(input), means: runs.spread(mean),
      standardDeviations: runs.spread(standardDeviation))
    return CPUOperation("attack-step-\(norm.rawValue)", members: images.members) { member, team in
      team.forEach(runs.batch) { image in
        let step = AttackStep(views, member, team, image: image)
        switch norm {
        case .linf: step.runInBox()
        case .l2: step.runInBall()
        }
      }
    }
  }
}

/// What an attack step reads and writes, for all members.
private struct AttackViews: Sendable {
  let runs: ChannelRuns
  let clean: CPUView<Float>
  let from: CPUView<Float>
  let gradient: CPUView<Float>?
  let stepAndRadius: CPUView<Float>
  let images: CPUView<Float>
  let input: CPUView<Float>
  /// By group of channels, as the values lie in lanes.
  let means: [Vector]
  let standardDeviations: [Vector]
}

/// A step for one image of one member.
private struct AttackStep {
  private typealias Values = UnsafeMutablePointer<Float>

  private let views: AttackViews
  private let image: Int
  private let (clean, from, images, input): (Values, Values, Values, Values)
  private let gradient: Values?
  private let size: Float
  private let radius: Float
  private var runs: ChannelRuns { views.runs }

  init(_ views: AttackViews, _ member: Int, _ team: Team, image: Int) {
    self.views = views
    self.image = image
    (clean, from) = (views.clean[member, team], views.from[member, team])
    (images, input) = (views.images[member, team], views.input[member, team])
    gradient = views.gradient?[member, team]
    size = views.stepAndRadius[member, team][0]
    radius = views.stepAndRadius[member, team][1]
  }

  func runInBox() {
    store(
      { _, index in
        let origin = clean.vector(at: index)
        return (from.vector(at: index) + signed(size, index))
          .clamped(lowerBound: origin - radius, upperBound: origin + radius)
      },
      { _, index in
        let slope = gradient?[index] ?? 0
        let moved = from[index] + (slope > 0 ? size : slope < 0 ? -size : 0)
        return min(max(moved, clean[index] - radius), clean[index] + radius)
      })
  }

  /// The step's size with the gradient's signs; a NaN has none.
  @inline(__always)
  private func signed(_ size: Float, _ index: Int) -> Vector {
    guard let slope = gradient?.vector(at: index) else { return Vector() }
    return Vector().replacing(with: size, where: slope .> 0)
      .replacing(with: -size, where: slope .< 0)
  }

  func runInBall() {
    let step = direction()
    let distance = length({ differences($0, $1, step) }, { difference($0, $1, step) })
    let share = distance > radius ? radius / distance : 1
    store(
      { group, index in clean.vector(at: index) + share * differences(group, index, step) },
      { group, index in clean[index] + share * difference(group, index, step) })
  }

  /// Two factors that turn the gradient into a step: first `scale`, which makes its largest value
  /// 1, so that no square underflows, then `factor`.
  private typealias Scaling = (scale: Float, factor: Float)

  private func direction() -> Scaling {
    let largest = largestSlope()
    let scale = largest >= AttackNorm.smallest ? 1 / largest : 0
    let norm = length({ scale * slopes($0, $1) }, { scale * slope($0, $1) })
    return (scale, norm.isFinite && norm > 0 ? size / norm : 0)
  }

  /// The largest magnitude in the gradient.
  private func largestSlope() -> Float {
    var (lanes, largest) = (Vector(), Float(0))
    for group in 0..<runs.groups {
      let first = runs.start(group, image: image)
      for vector in 0..<runs.vectors {
        let slopes = slopes(group, first + vector * runs.step)
        let magnitudes = slopes.replacing(with: -slopes, where: slopes .< 0)
        lanes = lanes.replacing(with: magnitudes, where: magnitudes .> lanes)
      }
      for offset in 0..<runs.remainder {
        largest = max(largest, abs(slope(group, first + runs.vectors * runs.step + offset)))
      }
    }
    return max(largest, lanes.max())
  }

  /// A vector of the gradient of this image's loss with respect to its pixels. The functions for
  /// vectors and for single values have different names, because a value converts to a vector
  /// implicitly.
  @inline(__always)
  private func slopes(_ group: Int, _ index: Int) -> Vector {
    guard let gradient else { return Vector() }
    return gradient.vector(at: index) * (Float(runs.batch) / views.standardDeviations[group])
  }

  @inline(__always)
  private func slope(_ group: Int, _ index: Int) -> Float {
    guard let gradient else { return 0 }
    return gradient[index] * (Float(runs.batch) / views.standardDeviations[group][0])
  }

  /// How far the moved image is from the clean one; a factor of 0 moves nothing, not even by an
  /// infinite gradient.
  @inline(__always)
  private func differences(_ group: Int, _ index: Int, _ step: Scaling) -> Vector {
    let move: Vector =
      step.factor == 0 ? Vector() : step.factor * (step.scale * slopes(group, index))
    return from.vector(at: index) + move - clean.vector(at: index)
  }

  @inline(__always)
  private func difference(_ group: Int, _ index: Int, _ step: Scaling) -> Float {
    let move: Float = step.factor == 0 ? 0 : step.factor * (step.scale * slope(group, index))
    return from[index] + move - clean[index]
  }

  /// Euclidean norm over the image.
  @inline(__always)
  private func length(
    _ term: (_ group: Int, _ index: Int) -> Vector, _ single: (_ group: Int, _ index: Int) -> Float
  ) -> Float {
    var total = 0.0
    for group in 0..<runs.groups {
      let sum = runs.sum(
        group, images: image..<image + 1,
        { index in
          let value = term(group, index)
          return value * value
        },
        { index in
          let value = single(group, index)
          return value * value
        })
      total += runs.lanesAreChannels ? sum.sum() : sum[0]
    }
    return Float(total.squareRoot())
  }

  /// Stores the values clipped to [0, 1], and normalized.
  @inline(__always)
  private func store(
    _ value: (_ group: Int, _ index: Int) -> Vector,
    _ single: (_ group: Int, _ index: Int) -> Float
  ) {
    for group in 0..<runs.groups {
      let (mean, standardDeviation) = (views.means[group], views.standardDeviations[group])
      let first = runs.start(group, image: image)
      for vector in 0..<runs.vectors {
        let index = first + vector * runs.step
        let clipped = value(group, index).clamped(
          lowerBound: Vector(), upperBound: Vector(repeating: 1))
        images.store(clipped, at: index)
        input.store((clipped - mean) / standardDeviation, at: index)
      }
      for offset in 0..<runs.remainder {
        let index = first + runs.vectors * runs.step + offset
        let clipped = min(max(single(group, index), 0), 1)
        images[index] = clipped
        input[index] = (clipped - mean[0]) / standardDeviation[0]
      }
    }
  }
}

extension ChannelRuns {
  /// A value of each channel, by group, in the lanes that the channels have.
  fileprivate func spread(_ values: [Float]) -> [Vector] {
    (0..<groups).map { group in
      lanesAreChannels
        ? Vector(values[group * 8..<group * 8 + 8]) : Vector(repeating: values[group])
    }
  }
}
