/// The files in folders of results, as a command lists them at its end.
enum ResultFiles {
  /// The files of an evaluation.
  static let evaluation = """
      metrics.csv, metrics.json   each row: one measure of one network under one perturbation
      confusion.csv               each row: how often a network took one class for another
      tables.txt                  these tables; toposheet show prints them again
      suite.json, tasks/          what was evaluated, and the results of each task
    """

  /// Further files of a study.
  static let study = """
      training.csv                each row: losses and accuracies of one network after one epoch
      <condition>/seed-<n>/       the networks, as safetensors
      plan.yaml, study.json       what was run, on what
    """
}
