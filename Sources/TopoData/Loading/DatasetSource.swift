import Foundation
import TopoFoundation

/// The place of a data set: what `--data` names, resolved.
struct DatasetSource {
  /// Its name in results.
  var name: String
  /// The data set that its name says it is.
  var known: KnownDataset?
  /// Its files.
  var files: DatasetFiles

  /// Looks up a name or a folder.
  /// - Throws: `UserError`, with the places that were searched.
  static func find(
    _ nameOrFolder: String, needing splits: [Split] = Split.allCases,
    environment: [String: String]
  ) throws -> DatasetSource {
    guard !nameOrFolder.isEmpty else {
      throw UserError("no data set is named; give a folder or one of \(names)")
    }
    if !nameOrFolder.contains("/"), let known = KnownDataset(spelling: nameOrFolder) {
      let variant = KnownDataset.emnistVariant(in: nameOrFolder)
      return try find(known, variant: variant, splits, environment: environment)
    }
    return try inFolder(nameOrFolder, splits, environment: environment)
  }

  private static var names: String {
    KnownDataset.allCases.map(\.rawValue).joined(separator: ", ")
  }

  // MARK: By folder

  private static func inFolder(
    _ path: String, _ splits: [Split], environment: [String: String]
  ) throws -> DatasetSource {
    var path = path
    if path.hasPrefix("~/"), let home = environment["HOME"] { path = home + path.dropFirst() }
    let folder = URL(fileURLWithPath: path).standardizedFileURL
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isDirectory) else {
      throw UserError(
        "\(path): there is no such folder, and no data set of that name is known; give the "
          + "folder that holds the files, or one of \(names)")
    }
    guard isDirectory.boolValue else {
      throw UserError(path, "is not a folder; give the folder that holds the data's files")
    }
    guard access(folder.path, R_OK | X_OK) == 0 else {
      throw UserError(path, "cannot be read (\(UserError.systemReason)); check its permissions")
    }
    guard let files = try DatasetFiles.find(in: folder, needing: splits) else {
      if let foreign = ForeignCIFAR.find(in: folder) {
        throw UserError(foreign.folder, "holds \(foreign.remedy)")
      }
      throw UserError(
        path,
        "holds neither IDX files (train-images-idx3-ubyte[.gz], ...) nor CIFAR binary batches "
          + "(data_batch_1.bin, ...); give the folder that holds them")
    }
    let name = name(of: folder)
    return DatasetSource(
      name: known(of: files, called: name)?.rawValue ?? name,
      known: known(of: files, called: name), files: files)
  }

  /// The folder's own name, or that of the one above it if an archive adds a folder.
  private static func name(of folder: URL) -> String {
    let inner = ["raw", "gzip", "cifar-10-batches-bin", "cifar-100-binary"]
    let own = folder.lastPathComponent
    return inner.contains(own) ? folder.deletingLastPathComponent().lastPathComponent : own
  }

  /// EMNIST's files say what they are. MNIST and its look-alikes have the same file names, and only the
  /// folder's name distinguishes them. Other images may be in CIFAR's format too: those of CIFAR are in
  /// a folder of that name, or have the number of images that its authors give.
  private static func known(of files: DatasetFiles, called name: String) -> KnownDataset? {
    switch files {
    case .cifar(let format, let training, let test):
      let known: KnownDataset = format.classes == 100 ? .cifar100 : .cifar10
      func size(_ files: [URL]) -> Int {
        files.reduce(0) { sum, url in
          var status = stat()
          return stat(url.path, &status) == 0 ? sum + Int(status.st_size) : sum
        }
      }
      let isWhole =
        training.map { size($0) == 50_000 * format.record }
        ?? (size(test ?? []) == 10_000 * format.record)
      let isInArchive = (training ?? test ?? []).contains {
        ["cifar-10-batches-bin", "cifar-100-binary"].contains(
          $0.deletingLastPathComponent().lastPathComponent)
      }
      return isWhole || isInArchive || KnownDataset(spelling: name) == known ? known : nil
    case .idx(_, _, .some): return .emnist
    case .idx(_, _, nil):
      let known = KnownDataset(spelling: name)
      return known == .cifar10 || known == .cifar100 ? nil : known
    }
  }

  // MARK: By name

  private static func find(
    _ known: KnownDataset, variant: EMNISTVariant?, _ splits: [Split],
    environment: [String: String]
  ) throws -> DatasetSource {
    let name = known.rawValue + (variant.map { "-\($0.rawValue)" } ?? "")
    let places = places(for: known, named: name, environment: environment)
    for place in places {
      guard let files = try DatasetFiles.find(in: place, variant: variant, needing: splits),
        matches(files, known, in: place)
      else { continue }
      return DatasetSource(name: name, known: known, files: files)
    }
    let classes = known == .cifar10 ? 10 : known == .cifar100 ? 100 : 0
    if let foreign = places.lazy.compactMap(ForeignCIFAR.find).first(where: {
      $0.classes == classes
    }) {
      throw UserError(
        "\(name) was not found, but \(foreign.folder.path) holds \(foreign.remedy)")
    }
    let searched = places.map(\.path).joined(separator: ", ")
    let advice =
      environment["TOPOSHEET_DATA"] == nil
      ? ", or set TOPOSHEET_DATA to the folder that holds your data, or give their folder" : ""
    throw UserError("\(name) was not found in \(searched); \(known.remedy)\(advice)")
  }

  private static func places(
    for known: KnownDataset, named name: String, environment: [String: String]
  ) -> [URL] {
    var roots: [URL] = []
    var places: [URL] = []
    func add(_ root: URL) {
      roots.append(root)
      for folder in [name, known.rawValue, known.torchvisionFolder].compactMap({ $0 }) {
        let place = root.appending(path: folder)
        if !places.contains(place) { places.append(place) }
      }
    }
    if let path = environment["TOPOSHEET_DATA"], !path.isEmpty {
      let root = URL(fileURLWithPath: path)
      add(root)
      places.append(root)
    }
    add(URL(fileURLWithPath: "/usr/share/datasets"))
    add(URL(fileURLWithPath: "/usr/local/share/datasets"))
    if let home = environment["HOME"], !home.isEmpty {
      add(URL(fileURLWithPath: home).appending(path: ".local/share/datasets"))
    }
    return places
  }

  /// Whether files found in `place` can be those of `known`: a `fashion-mnist` folder is never
  /// taken for MNIST, whatever the names of its files.
  private static func matches(
    _ files: DatasetFiles, _ known: KnownDataset, in place: URL
  ) -> Bool {
    switch files {
    case .cifar(let format, _, _): known == (format.classes == 100 ? .cifar100 : .cifar10)
    case .idx(_, _, let variant):
      if known == .emnist {
        variant != nil
      } else if known == .cifar10 || known == .cifar100 {
        false
      } else {
        variant == nil
          && (KnownDataset(spelling: name(of: place)) ?? known) == known
      }
    }
  }
}
