/// The choices that ship, by profile. Those of GPUs are made from what compilers say of registers
/// and local memory (`make kernels-check`), not from measurements.
extension DeviceProfile {
  /// The choices for all keys.
  public var tuning: TuningTable {
    let tilings = tilings
    var table = TuningTable()
    for pass in ConvolutionPass.allCases {
      for shape in ConvolutionClass.all {
        let rows = shape.channels
        let candidates =
          switch (pass, shape.hasFewChannels) {
          case (.backwardWeight, true): tilings.weightFew
          case (.backwardWeight, false): tilings.weight
          case (_, true): tilings.few
          case (_, false): tilings.many
          }
        guard let tiling = candidates.last(where: { $0.tileM <= rows }) ?? candidates.first else {
          continue
        }
        // A processor's caches do what local memory does, and barriers cost.
        let algorithm = self == .processor ? pass.unstaged : "implicit-gemm"
        table[.init(pass, shape)] = .init(algorithm, tiling)
      }
    }
    return table
  }

  /// Tilings by tile height, of which the highest that a class fills is taken: of forward and
  /// backward-data, and of backward-weight, for many and for few channels.
  private struct Tilings {
    var many: [ConvolutionTiling]
    var few: [ConvolutionTiling]
    var weight: [ConvolutionTiling]
    var weightFew: [ConvolutionTiling]
  }

  private var tilings: Tilings {
    switch self {
    case .nvidiaAmpere, .nvidiaAda, .nvidiaHopper:
      // 8 x 8 sums and the next tile fit in the 168 registers that leave room for three groups.
      Tilings(
        many: [
          .init(32, 128, 16, item: (8, 4), unroll: 8, buffers: 2),
          .init(64, 128, 16, item: (8, 8), unroll: 8, buffers: 2),
          .init(128, 64, 16, item: (8, 8), unroll: 8, buffers: 2),
        ],
        few: [
          .init(32, 128, 9, item: (8, 4), unroll: 9, buffers: 1),
          .init(64, 64, 9, item: (8, 4), unroll: 9, buffers: 1),
        ],
        weight: [
          .init(32, 64, 16, item: (8, 4), unroll: 8, buffers: 2),
          .init(64, 64, 16, item: (8, 4), unroll: 8, buffers: 2),
          .init(128, 64, 16, item: (8, 8), unroll: 8, buffers: 2),
        ],
        weightFew: [.init(32, 16, 16, item: (4, 4), unroll: 8, buffers: 2)])
    case .amdRDNA, .amdCDNA:
      // Half the local memory, so that more groups share a compute unit; unrolling further makes
      // the compiler load ahead until it runs out of registers.
      Tilings(
        many: [
          .init(32, 128, 8, item: (8, 4), unroll: 4, buffers: 2),
          .init(64, 64, 8, item: (8, 4), unroll: 4, buffers: 2),
          .init(128, 64, 8, item: (8, 8), unroll: 4, buffers: 2),
        ],
        few: [.init(32, 128, 9, item: (8, 4), unroll: 3, buffers: 1)],
        weight: [
          .init(32, 64, 16, item: (8, 4), unroll: 4, buffers: 1),
          .init(64, 64, 16, item: (8, 4), unroll: 4, buffers: 1),
        ],
        weightFew: [.init(32, 32, 16, item: (4, 4), unroll: 4, buffers: 1)])
    case .intel, .other:
      // Work-items with few registers.
      Tilings(
        many: [
          .init(32, 64, 8, item: (4, 4), unroll: 4, buffers: 2),
          .init(64, 64, 8, item: (4, 4), unroll: 4, buffers: 2),
        ],
        few: [.init(32, 64, 9, item: (4, 4), unroll: 3, buffers: 1)],
        weight: [
          .init(32, 64, 16, item: (4, 4), unroll: 4, buffers: 1),
          .init(64, 64, 16, item: (4, 4), unroll: 4, buffers: 1),
        ],
        weightFew: [.init(32, 16, 16, item: (4, 4), unroll: 4, buffers: 1)])
    case .processor:
      // Not taken by itself. Compilers that make a loop of a group take long over larger ones.
      Tilings(
        many: [.init(32, 64, 8, item: (4, 4), unroll: 1, buffers: 1)],
        few: [.init(32, 64, 9, item: (4, 4), unroll: 1, buffers: 1)],
        weight: [.init(32, 64, 8, item: (4, 4), unroll: 1, buffers: 2)],
        weightFew: [.init(32, 16, 4, item: (4, 4), unroll: 1, buffers: 1)])
    }
  }
}
