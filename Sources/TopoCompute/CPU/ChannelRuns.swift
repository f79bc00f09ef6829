/// How the channels of an activation lie in memory, seen as runs of vectors: the shape that loops
/// over channels share, for every layout.
///
/// A *group* is the channels that are walked together: eight of a block, each in its own SIMD lane,
/// or a single one whose positions fill the lanes.
struct ChannelRuns: Sendable {
  let batch: Int
  let channels: Int
  let positions: Int
  /// Channels of a block; 1 when dense.
  let block: Int

  init(_ tensor: Tensor) {
    (batch, channels) = (tensor.shape[0], tensor.shape[1])
    positions = tensor.shape[2] * tensor.shape[3]
    switch tensor.layout {
    case .dense: block = 1
    case .blockedChannels(let channels): block = channels
    }
  }

  /// Whether SIMD lanes are channels; otherwise they are positions of one channel.
  var lanesAreChannels: Bool { block > 1 }
  /// Channels of a group.
  var width: Int { lanesAreChannels ? 8 : 1 }
  var groups: Int { channels / width }
  /// First channel of a group.
  func channel(_ group: Int) -> Int { group * width }

  /// Index of a group's first element in an image.
  @inline(__always)
  func start(_ group: Int, image: Int) -> Int {
    let channel = group * width
    return (image * (channels / block) + channel / block) * positions * block + channel % block
  }

  /// Elements from one vector of a run to the next.
  var step: Int { lanesAreChannels ? block : 8 }
  /// Whole vectors of a run.
  var vectors: Int { lanesAreChannels ? positions : positions / 8 }
  /// Elements after the last whole vector.
  var remainder: Int { lanesAreChannels ? 0 : positions % 8 }

  /// The values of a group's channels in the lanes that they have: one each, or the same in all.
  @inline(__always)
  func spread(_ values: UnsafeMutablePointer<Float>, _ group: Int) -> Vector {
    lanesAreChannels ? values.vector(at: group * 8) : Vector(repeating: values[group])
  }

  /// Sums over all images and positions of a group's channels of what `term` makes of the vector
  /// or the single elements at an index. Single precision within an image, double across images;
  /// an order that depends on the shape alone.
  @inline(__always)
  func sum(
    _ group: Int, images: Range<Int>? = nil, _ term: (_ index: Int) -> Vector,
    _ single: (_ index: Int) -> Float
  ) -> SIMD8<Double> {
    var total = SIMD8<Double>()
    for image in images ?? 0..<batch {
      let first = start(group, image: image)
      var (even, odd) = (Vector(), Vector())
      var vector = 0
      while vector + 2 <= vectors {
        even += term(first + vector * step)
        odd += term(first + (vector + 1) * step)
        vector += 2
      }
      if vector < vectors { even += term(first + vector * step) }
      for index in 0..<remainder { odd[index] += single(first + vectors * step + index) }
      total += SIMD8<Double>(even) + SIMD8<Double>(odd)
    }
    return lanesAreChannels ? total : SIMD8(repeating: total.sum())
  }

  /// Mean and sum of squared differences from it, over all images and positions of a group's
  /// channels. Images are summed one by one, so that an image's values stay in the L1 cache, and
  /// combined in double precision (Chan, Golub and LeVeque 1979). Each image takes two passes,
  /// because the variance would be lost in a sum of squares of values far from zero.
  @inline(__always)
  func moments(
    _ group: Int, _ values: UnsafeMutablePointer<Float>
  ) -> (mean: SIMD8<Double>, squares: SIMD8<Double>) {
    let count = Double(positions)
    var (mean, squares) = (SIMD8<Double>(), SIMD8<Double>())
    for image in 0..<batch {
      let part = sum(group, images: image..<image + 1, { values.vector(at: $0) }, { values[$0] })
      let average = part / SIMD8(repeating: count)
      let near = Vector(average)
      let spread = sum(
        group, images: image..<image + 1,
        { index in
          let difference = values.vector(at: index) - near
          return difference * difference
        },
        { index in
          let difference = values[index] - near[0]
          return difference * difference
        })
      let before = count * Double(image)
      let step = average - mean
      mean += step * (count / (before + count))
      squares += spread + step * step * (before * count / (before + count))
    }
    return (mean, squares)
  }

  /// Two sums at once, for terms that read the same values.
  @inline(__always)
  func sums(
    _ group: Int, _ term: (_ index: Int) -> (Vector, Vector),
    _ single: (_ index: Int) -> (Float, Float)
  ) -> (SIMD8<Double>, SIMD8<Double>) {
    var totals = (SIMD8<Double>(), SIMD8<Double>())
    for image in 0..<batch {
      let first = start(group, image: image)
      var (one, other) = (Vector(), Vector())
      for vector in 0..<vectors {
        let terms = term(first + vector * step)
        one += terms.0
        other += terms.1
      }
      for index in 0..<remainder {
        let terms = single(first + vectors * step + index)
        one[index] += terms.0
        other[index] += terms.1
      }
      totals.0 += SIMD8<Double>(one)
      totals.1 += SIMD8<Double>(other)
    }
    return lanesAreChannels
      ? totals : (SIMD8(repeating: totals.0.sum()), SIMD8(repeating: totals.1.sum()))
  }

  /// Replaces every vector and single element of a group by what the bodies make of it.
  @inline(__always)
  func map(
    _ group: Int, into output: UnsafeMutablePointer<Float>, _ term: (_ index: Int) -> Vector,
    _ single: (_ index: Int) -> Float
  ) {
    for image in 0..<batch {
      let first = start(group, image: image)
      for vector in 0..<vectors {
        let index = first + vector * step
        output.store(term(index), at: index)
      }
      for index in 0..<remainder {
        let index = first + vectors * step + index
        output[index] = single(index)
      }
    }
  }

  /// Stores one value for each channel of a group.
  @inline(__always)
  func store(_ value: Vector, _ target: UnsafeMutablePointer<Float>, _ group: Int) {
    if lanesAreChannels {
      target.store(value, at: group * 8)
    } else {
      target[group] = value[0]
    }
  }
}
