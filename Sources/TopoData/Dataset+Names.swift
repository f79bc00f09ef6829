extension Dataset {
  /// The names by which data sets are looked up.
  public static var names: [String] { KnownDataset.allCases.map(\.rawValue) }

  /// Whether `load` looks a data set of this name up, rather than open a folder.
  public static func isName(_ nameOrFolder: String) -> Bool {
    !nameOrFolder.contains("/") && KnownDataset(spelling: nameOrFolder) != nil
  }
}
