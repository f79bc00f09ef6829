import TopoCompute

/// The candidates of tuning.
enum TuningCandidates {
  /// The candidates for a convolution, without the shipped choice of the device.
  /// - Parameter isQuick: whether only tilings that ship for some device are candidates.
  static func choices(
    _ key: TuningTable.Key, on device: OpenCLDevice, isQuick: Bool
  ) -> [TuningTable.Choice] {
    guard let shipped = device.shippedTuning.choice(for: key) else { return [] }
    var tilings = DeviceProfile.tilings(key)
    if device.profile == .cpu {
      // OpenCL compilers for CPUs turn a work-group into a loop, which takes long for larger
      // groups.
      tilings = tilings.filter { $0.workItems <= 128 && $0.itemM * $0.itemN <= 16 }
    } else if !isQuick, key.precision == .float32 {
      tilings += grid(key)
    }
    let others = key.pass.algorithms.filter { $0 != "implicit-gemm" }
      .map { TuningTable.Choice($0, shipped.tiling) }
    let tensor =
      key.precision == .float32 ? [] : tensor(key, on: device, isQuick: isQuick)
    return unique(others + valid(tilings, key, device) + tensor, without: [shipped])
  }

  /// The candidates with tensor cores.
  private static func tensor(
    _ key: TuningTable.Key, on device: OpenCLDevice, isQuick: Bool
  ) -> [TuningTable.Choice] {
    ["tensor", "tensor-split"].flatMap { name in
      let shipped = DeviceProfile.tensorTilings(key, isSplit: name == "tensor-split")
      guard device.profile != .cpu else { return valid(shipped.suffix(1), key, device, name) }
      return valid(isQuick ? shipped : shipped + tensorGrid(key), key, device, name)
    }
  }

  private static func tensorGrid(_ key: TuningTable.Key) -> [ConvolutionTiling] {
    let rows = [32, 64, 128].filter { $0 <= max(32, key.shape.channels) }
    var tilings: [ConvolutionTiling] = []
    for tileM in rows {
      for tileN in [64, 128, 256] {
        for tileK in [8, 16, 32] {
          for item in [(4, 8), (4, 16), (8, 8), (8, 16)] {
            for buffers in [1, 2] {
              tilings.append(
                .init(tileM, tileN, tileK, item: item, unroll: tileK, buffers: buffers))
            }
          }
        }
      }
    }
    return tilings.filter { (64...256).contains($0.workItems) }
  }

  /// Choices that differ from a given one in one constant.
  static func neighbors(
    of choice: TuningTable.Choice, _ key: TuningTable.Key, on device: OpenCLDevice
  ) -> [TuningTable.Choice] {
    // The grid of tensor cores has all neighbors.
    guard choice.algorithm == "implicit-gemm" else { return [] }
    var tilings: [ConvolutionTiling] = []
    func vary(_ constant: WritableKeyPath<ConvolutionTiling, Int>, _ values: [Int]) {
      for value in values {
        var tiling = choice.tiling
        tiling[keyPath: constant] = value
        tiling.unroll = min(tiling.unroll, tiling.tileK)
        tilings.append(tiling)
      }
    }
    vary(\.tileK, [choice.tiling.tileK / 2, choice.tiling.tileK * 2])
    vary(\.unroll, [1, 2, 4, 8, choice.tiling.tileK])
    vary(\.buffers, [1, 2])
    vary(\.itemM, [4, 8])
    vary(\.itemN, [4, 8])
    return unique(valid(tilings, key, device), without: [choice])
  }

  /// Constants of CLBlast's kernels, without the shipped ones of the device.
  static func clblast(on device: OpenCLDevice, isQuick: Bool) -> [CLBlastParameters] {
    var found: [CLBlastParameters] = []
    for tile in isQuick ? [32] : [16, 32, 64] {
      for items in [8, 16] {
        for vectors in [(1, 1), (2, 1), (2, 2), (4, 2), (4, 4)] {
          let values = [2, items, items, items, items, 1, 1, vectors.0, vectors.1, tile]
          // A work-item has at most 8 x 8 sums.
          if let parameters = CLBlastParameters(.direct, values), tile / items <= 8 {
            found.append(parameters)
          }
        }
      }
    }
    if !isQuick {
      for (m, n) in [(32, 32), (64, 64), (128, 64), (128, 128)] {
        for vector in [2, 4] {
          let values = [0, 1, 16, 2, 8, 8, m, 8, 8, n, 1, 1, 0, 0, vector, vector]
          if let parameters = CLBlastParameters(.indirect, values) { found.append(parameters) }
        }
      }
    }
    let shipped = device.shippedTuning.clblastParameters
    return found.filter { shipped[$0.kernel] != $0 }
  }

  private static func grid(_ key: TuningTable.Key) -> [ConvolutionTiling] {
    let rows = [32, 64, 128].filter { $0 <= max(32, key.shape.channels) }
    let isWeight = key.pass == .backwardWeight
    let columns = isWeight ? (key.shape.hasFewChannels ? [16, 32] : [32, 64, 128]) : [64, 128]
    let depths = !isWeight && key.shape.hasFewChannels ? [9, 16] : [8, 16]
    var tilings: [ConvolutionTiling] = []
    for tileM in rows {
      for tileN in columns {
        for tileK in depths {
          for item in [(4, 4), (8, 4), (8, 8)] {
            for buffers in [1, 2] {
              tilings.append(
                .init(
                  tileM, tileN, tileK, item: item, unroll: tileK == 9 ? 9 : 8, buffers: buffers))
            }
          }
        }
      }
    }
    return tilings.filter { (32...256).contains($0.workItems) }
  }

  private static func valid(
    _ tilings: [ConvolutionTiling], _ key: TuningTable.Key, _ device: OpenCLDevice,
    _ name: String = "implicit-gemm"
  ) -> [TuningTable.Choice] {
    tilings.filter {
      $0.isValid(
        key.pass, for: device.tilingLimits, isTensor: ConvolutionPass.tensor.contains(name))
    }
    .map { .init(name, $0) }
  }

  private static func unique(
    _ choices: [TuningTable.Choice], without others: [TuningTable.Choice]
  ) -> [TuningTable.Choice] {
    // Descriptions leave out constants without effect, so that they reveal equal choices.
    var seen = Set(others.map(\.description))
    return choices.filter { seen.insert($0.description).inserted }
  }
}
