extension SafetensorsFile {
  /// Names that PyTorch's wrappers of modules put among those of the tensors: `DataParallel` and
  /// averaged models, `torch.compile`, and others that shard, trace or checkpoint.
  private static let wrappers: Set<Substring> = [
    "module", "_orig_mod", "_module", "_fsdp_wrapped_module", "_forward_module",
    "_checkpoint_wrapped_module",
  ]
  /// What `torch.optim.swa_utils.AveragedModel` keeps beside the tensors.
  private static let averagedCount = "n_averaged"

  /// The same file without the names of wrappers: those of PyTorch wherever they stand
  /// (`module.conv1.weight`, `conv1._orig_mod.weight`), and what all names begin with beyond that
  /// (`model.` and the like, the attribute of an outer module that held the network).
  /// - Returns: the file, and what was taken off (`module.`, `model._orig_mod.`); nil if there are
  ///   no such names, or names would then be equal.
  public var unwrapped: (file: SafetensorsFile, wrapper: String)? {
    let kept = entries.filter { $0.name != Self.averagedCount }
    guard kept.count > 1 else { return nil }
    let paths = kept.map { $0.name.split(separator: ".", omittingEmptySubsequences: false) }
    // The last part is the tensor's own name, and the one before it the layer's.
    let bare = paths.map { path in
      path.enumerated().filter { index, part in
        index == path.count - 1 || !Self.wrappers.contains(part)
      }.map(\.element)
    }
    var common = (bare.first?.count ?? 0) - 1
    for path in bare {
      let shared = zip(path, bare[0]).prefix { $0 == $1 }.count
      common = min(common, shared, path.count - 2)
    }
    common = max(common, 0)
    let names = bare.map { $0.dropFirst(common).joined(separator: ".") }
    guard names != kept.map(\.name), Set(names).count == names.count else { return nil }
    let file = SafetensorsFile(
      url: url,
      entries: zip(kept, names).map { entry, name in
        Entry(
          name: name, elementType: entry.elementType, shape: entry.shape, range: entry.range)
      }, metadata: metadata, bytes: bytes)
    return (file, Self.wrapper(paths[0], bare[0].prefix(common)))
  }

  /// What was taken off the name `path`: the common beginning, and wrappers.
  private static func wrapper(_ path: [Substring], _ prefix: ArraySlice<Substring>) -> String {
    var left = prefix
    return path.filter { part in
      if left.first == part {
        left.removeFirst()
        return true
      }
      return wrappers.contains(part)
    }.map { $0 + "." }.joined()
  }
}
