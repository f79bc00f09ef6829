/// Everything that depends on the vendor or the kind of a device, and why.
struct OpenCLQuirks: Sendable {
  /// Build options beside the constants.
  var buildOptions = "-cl-std=CL1.2 -cl-mad-enable"
  /// Work-items of a group where they do not share anything.
  var pointwiseGroup = 256
  /// Work-items of a group that reduces: a power of two.
  var reductionGroup = 256
  /// Work-items of a group in the convolutions.
  var convolutionGroup = 64
  /// Multiply-accumulates of a member from which on CLBlast computes a linear layer.
  var clblastThreshold = 1 << 17

  /// Whether the host writes device memory through a mapping instead of a command.
  var writesByMapping = false

  /// The quirks of a device.
  init(platform: String, profile: DeviceProfile, maximumGroup: Int) {
    // -cl-fast-relaxed-math is left out everywhere: it implies finite math, and a loss that is
    // not finite must be seen.
    if profile == .cpu {
      // A CPU computes a group's items in a loop on one core: barriers cost, and half a dozen
      // sums in flight fill its vector units.
      reductionGroup = 64
    }
    if PoCLCache.belongs(to: platform) && profile == .cpu {
      // CLBlast's parameters for PoCL are untuned defaults: up to here our kernel is faster.
      clblastThreshold = 1 << 26
    }
    if platform.contains("NVIDIA") {
      // The driver prints "1 warning generated." on standard error for programs that compile, and
      // warns of attributes that it adds to kernels itself. `make kernels-check` sees warnings of
      // ours.
      buildOptions += " -w"
    }
    if platform.contains("Oclgrind") {
      // Its check for uninitialized values does not know `freeze`, which clang's optimizer emits.
      buildOptions += " -cl-opt-disable"
      // That check (of 21.10) treats memory that commands fill or write as uninitialized.
      writesByMapping = true
    }
    // Devices may allow less than 256 work-items.
    while pointwiseGroup > maximumGroup { pointwiseGroup /= 2 }
    while reductionGroup > maximumGroup { reductionGroup /= 2 }
    while convolutionGroup > maximumGroup { convolutionGroup /= 2 }
  }
}
