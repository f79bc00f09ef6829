/// The choices that ship, by profile. Those of GPUs are made from what compilers say of registers
/// and local memory (`make kernels-check`). Hopper's were timed on an H200, where `toposheet tune`
/// found nothing faster except for the two that are marked; the others are guesses.
extension DeviceProfile {
  /// The choices for all keys.
  /// - Parameter emulatesTensorCores: whether a device without tensor cores has choices of tf32, too.
  public func tuning(emulatesTensorCores: Bool = false) -> TuningTable {
    let tilings = tilings
    var table = TuningTable()
    for pass in ConvolutionPass.allCases {
      for shape in ConvolutionClass.all {
        let rows = shape.channels
        let candidates = tilings.of(.init(pass, shape))
        guard let tiling = candidates.last(where: { $0.tileM <= rows }) ?? candidates.first else {
          continue
        }
        // A CPU's caches do what local memory does, and barriers cost.
        let algorithm = self == .cpu ? pass.unstaged : "implicit-gemm"
        table[.init(pass, shape)] = .init(algorithm, tiling)
      }
    }
    if self == .nvidiaHopper, let tiling = tilings.many.first(where: { $0.tileM == 64 }) {
      // Timed on an H200 with 32 members: 1.15 times as fast as the tile of 128 rows.
      let key = TuningTable.Key(.backwardData, ConvolutionClass(source: 256, target: 128))
      table[key] = .init("implicit-gemm", tiling)
    }
    if hasTensorCores || emulatesTensorCores {
      // Of few channels, tiles of eight terms would be mostly empty.
      for pass in ConvolutionPass.allCases {
        for shape in ConvolutionClass.all where !shape.hasFewChannels {
          let key = TuningTable.Key(pass, shape, .tf32)
          let tilings = Self.tensorTilings(key, isSplit: false)
          // Compilers for CPUs take long over large groups.
          if let tiling = self == .cpu ? tilings.last : tilings.first {
            table[key] = .init("tensor", tiling)
          }
        }
      }
    }
    for parameters in clblastParameters { table.clblastParameters[parameters.kernel] = parameters }
    return table
  }

  /// CLBlast's constants where its database has none. For devices as new as Hopper it falls back to
  /// tiles of 16 x 32; these are ones that it has for older GPUs of NVIDIA: 32 x 32 with 4 x 4 a
  /// work-item (with the vectors of which an H200 was fastest), and 64 x 64 with 4 x 8.
  private var clblastParameters: [CLBlastParameters] {
    guard self == .nvidiaHopper else { return [] }
    return [
      CLBlastParameters(.direct, [2, 8, 8, 8, 8, 1, 1, 2, 1, 32]),
      CLBlastParameters(.indirect, [0, 1, 32, 2, 16, 16, 64, 8, 8, 64, 1, 1, 0, 0, 4, 4]),
    ].compactMap { $0 }
  }

  /// Whether devices of this kind may have tensor cores that multiply TF32 values.
  public var hasTensorCores: Bool {
    switch self {
    case .nvidiaAmpere, .nvidiaAda, .nvidiaHopper: true
    default: false
    }
  }

  /// Tilings for tensor cores, the largest one first. All are guesses from what `make kernels-check`
  /// counts: large tiles take fewest loads for each product, as long as the sums stay in registers.
  /// Split factors take twice as many registers.
  public static func tensorTilings(_ key: TuningTable.Key, isSplit: Bool) -> [ConvolutionTiling] {
    let rows = key.shape.channels
    let depth = key.shape.hasFewChannels && key.pass != .backwardWeight ? 8 : 16
    func tiling(_ m: Int, _ n: Int, _ item: (Int, Int)) -> ConvolutionTiling {
      .init(m, n, depth, item: item, unroll: depth, buffers: 2)
    }
    let small = tiling(32, 64, (4, 8))
    let medium = rows < 64 ? tiling(32, 128, (4, 8)) : tiling(64, 128, (8, 8))
    guard !isSplit, key.pass != .backwardWeight else { return [medium, small] }
    let large =
      rows < 64
      ? tiling(32, 256, (4, 16))
      : rows < 128 ? tiling(64, 256, (8, 16)) : tiling(128, 128, (8, 16))
    return [large, medium, small]
  }

  /// Every tiling that ships for a key, for any device: a tuner's first candidates.
  public static func tilings(_ key: TuningTable.Key) -> [ConvolutionTiling] {
    var all: [ConvolutionTiling] = []
    for profile in allCases {
      for tiling in profile.tilings.of(key) where !all.contains(tiling) { all.append(tiling) }
    }
    return all
  }

  /// Tilings by tile height, of which the highest that a class fills is taken: of forward and
  /// backward-data, and of backward-weight, for many and for few channels.
  private struct Tilings {
    var many: [ConvolutionTiling]
    var few: [ConvolutionTiling]
    var weight: [ConvolutionTiling]
    var weightFew: [ConvolutionTiling]

    func of(_ key: TuningTable.Key) -> [ConvolutionTiling] {
      switch (key.pass, key.shape.hasFewChannels) {
      case (.backwardWeight, true): weightFew
      case (.backwardWeight, false): weight
      case (_, true): few
      case (_, false): many
      }
    }
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
    case .cpu:
      // Not taken by itself. Compilers that make a loop of a group take long over larger ones.
      Tilings(
        many: [.init(32, 64, 8, item: (4, 4), unroll: 1, buffers: 1)],
        few: [.init(32, 64, 9, item: (4, 4), unroll: 1, buffers: 1)],
        weight: [.init(32, 64, 8, item: (4, 4), unroll: 1, buffers: 2)],
        weightFew: [.init(32, 16, 4, item: (4, 4), unroll: 1, buffers: 1)])
    }
  }
}
