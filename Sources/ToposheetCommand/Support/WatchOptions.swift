import ArgumentParser
import Foundation
import Toposheet

/// How a training can be watched beside its own records.
struct WatchOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Write event files into DIR/tensorboard while training runs: losses, accuracies, measures and "
        + "maps of each network by epoch, for `tensorboard --logdir DIR/tensorboard`. With --resume, "
        + "epochs that were trained without it are added, except their maps."))
  var tensorboard = false

  /// What a run is to call after each epoch; nil for nothing.
  /// - Parameter isPlanned: whether the plan wants event files.
  func watch(
    _ folder: URL, isPlanned: Bool = false
  ) -> (@Sendable ([EpochReport], [Member: EpochMaps]) throws -> Void)? {
    guard tensorboard || isPlanned else { return nil }
    let board = TensorBoardFolder(folder.appending(path: "tensorboard"))
    return { try board.add($0, maps: $1) }
  }
}
