import TopoPerturbations

/// Golden means of corrupted images of the sizes in `CorruptionTests.sizes`.
enum CorruptionMeans {
  /// The mean in which pixels differ in weight, so that their order counts.
  static func mean(_ values: [Float]) -> Double {
    let sum = values.enumerated().reduce(0.0) {
      $0 + Double($1.element) * Double($1.offset % 7 + 1)
    }
    return sum / Double(values.count)
  }

  /// Bits of JPEG depend on the library's version; all others are the same everywhere.
  static func tolerance(_ kind: Corruption.Kind) -> Double {
    kind == .jpegCompression ? 1e-2 : 1e-6
  }

  /// Means by label, of each size; nil if images of this size are refused. A test that fails prints
  /// what it found.
  static let all: [String: [Double?]] = [
    "corruption/gaussian-noise": [2.067067048, 2.189100709, 2.185322949],
    "corruption/shot-noise": [2.055400383, 2.171541885, 2.182035635],
    "corruption/impulse-noise": [2.058807247, 2.181320318, 2.181786781],
    "corruption/defocus-blur": [2.055735353, 2.178967380, 2.183547297],
    "corruption/glass-blur": [2.055073588, 2.172285026, 2.175630061],
    "corruption/motion-blur": [2.025359527, 2.179062806, 2.182023174],
    "corruption/zoom-blur": [2.062892217, 2.178889602, 2.176215385],
    "corruption/snow": [2.486103003, 2.695791560, 2.690884795],
    "corruption/frost": [2.563611176, nil, 2.658352672],
    "corruption/fog": [1.777205931, 1.985432082, 2.035970139],
    "corruption/brightness": [2.579632412, 2.629724888, 2.709568517],
    "corruption/contrast": [2.057606261, 2.178556290, 2.182923547],
    "corruption/elastic-transform": [2.050768037, 2.173488949, 2.179982583],
    "corruption/pixelate": [2.070931432, 2.189377839, 2.193981744],
    "corruption/jpeg-compression": [2.073839931, 2.183628821, 2.192829391],
    "corruption/speckle-noise": [2.057990253, 2.168585676, 2.177266374],
    "corruption/gaussian-blur": [2.056960846, 2.178711172, 2.183401782],
    "corruption/spatter": [2.157859533, 2.169780449, 2.196927462],
    "corruption/saturate": [1.915629139, 2.093362800, 2.045024577],
    "mnist-c/gaussian-noise": [2.501960837, 2.185631420, 2.170694883],
    "mnist-c/shot-noise": [2.525171613, 2.097776512, 2.120192272],
    "mnist-c/impulse-noise": [2.615882415, 2.173351033, 2.171073413],
    "mnist-c/defocus-blur": [2.626127532, 2.196111846, 2.195846780],
    "mnist-c/glass-blur": [2.594460867, 2.180296145, 2.176171116],
    "mnist-c/motion-blur": [2.959068688, 2.210351061, 2.164399074],
    "mnist-c/zoom-blur": [2.577353018, 2.178262807, 2.169271320],
    "mnist-c/snow": [3.598235317, 3.277798075, 3.249806403],
    "mnist-c/frost": [3.218529456, 2.880611820, 2.896963459],
    "mnist-c/fog": [2.265637308, 2.132115746, 2.278507630],
    "mnist-c/brightness": [3.591102964, 3.260088273, 3.241307226],
    "mnist-c/contrast": [2.601789298, 2.187274606, 2.185319376],
    "mnist-c/elastic-transform": [1.046617678, 1.302049058, 1.782999945],
    "mnist-c/pixelate": [2.614117729, 2.198580460, 2.196186492],
    "mnist-c/jpeg-compression": [2.600808905, 2.203019671, 2.188225216],
    "mnist-c/speckle-noise": [2.591911811, 2.194607890, 2.154655248],
    "mnist-c/gaussian-blur": [2.593627534, 2.187637324, 2.186470652],
    "mnist-c/spatter": [1.901715737, 1.881041228, 1.980343975],
    "mnist-c/saturate": [2.549044126, 2.450150992, 2.434157853],
  ]
}
