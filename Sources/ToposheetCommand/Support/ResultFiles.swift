import Foundation

/// The files in folders of results, as a command lists them at its end.
enum ResultFiles {
  /// The table of measures along training.
  static let measures = "measures-by-epoch.csv"

  /// The files of an evaluation.
  static let evaluation = """
      metrics.csv, metrics.json   each row is one measured value of a network
      confusion.csv               how often networks took one class for another
      tables.txt                  these tables; toposheet show prints them again
      suite.json, tasks/          what was evaluated, and the results of each task
    """

  /// Further files of an evaluation with analyses.
  static let findings = """
      units.csv, analyses/        values of each unit, curves and histograms;
                                  units-undefined.csv has the reasons for empty cells
    """

  /// Further files of a comparison of networks.
  static let similarities = """
      similarities.csv            how similar each pair of networks is
    """

  /// Further files of ensembles of networks.
  static let ensembles = """
      ensembles.csv               several seeds of a condition that classify together
    """

  /// The files of an analysis of arrays.
  static let analysis = """
      metrics.csv, metrics.json   a row per measure of the layer
      units.csv                   a row per unit
      analyses/                   curves and histograms
    """

  /// Further files of a study.
  static let study = """
      training.csv                losses and accuracies of each network by epoch
      measures-by-epoch.csv       order and weights of each sheet by epoch
      <condition>/seed-<n>/       the networks, as safetensors
      plan.yaml, study.json       what was run, on what
      provenance.json             which processes worked on it, and when
    """

  /// Event files for TensorBoard of a study, and the command that shows them; nil without any.
  static func events(in folder: URL) -> String? {
    let place = folder.appending(path: "tensorboard", directoryHint: .notDirectory)
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    return "  tensorboard/                event files: tensorboard --logdir "
      + Interruption.quoted(place.path)
  }
}
