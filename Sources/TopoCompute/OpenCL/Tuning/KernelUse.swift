import Synchronization
import TopoKernels

/// A kernel as a device runs it.
public struct KernelUse: Sendable, Hashable, Comparable {
  /// The family that it belongs to.
  public var family: String
  /// Its name.
  public var name: String
  /// Work-items of its groups.
  public var workItems: Int
  /// The compiler's options.
  public var options: String

  /// What its family is compiled from.
  public var source: String { KernelFamily(rawValue: family)?.source ?? "" }

  /// By family, options, name and work-items.
  public static func < (a: KernelUse, b: KernelUse) -> Bool {
    (a.family, a.options, a.name, a.workItems) < (b.family, b.options, b.name, b.workItems)
  }
}

/// Kernels that were prepared, shared by a device and those that measure for it.
final class KernelRecord: Sendable {
  let uses = Mutex<Set<KernelUse>>([])
}
