import CBuild

/// The version of this software, as runs record it.
public let toposheetVersion = "0.2.0"

/// The commit that this software was built from; nil if the build was not given it, as
/// `make install` and `make dist` do.
public let toposheetCommit: String? = {
  let commit = String(cString: toposheet_build_commit())
  return commit.isEmpty ? nil : commit
}()
