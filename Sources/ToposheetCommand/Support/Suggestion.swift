import Toposheet

/// Suggestions for unknown commands and options.
enum Suggestion {
  /// Options by their names in other programs and by likely mistakes, the most likely first.
  private static let options: [String: [String]] = [
    "lr": ["learning-rate"], "rate": ["learning-rate"], "learningrate": ["learning-rate"],
    "step-size": ["learning-rate"], "seed": ["seeds", "noise-seed"],
    "seeds": ["seed", "noise-seed"], "random-seed": ["seeds", "seed", "noise-seed"],
    "lambdas": ["lambda"], "lambda-values": ["lambda"], "strength": ["lambda", "levels"],
    "alpha": ["lambda"], "weight": ["lambda", "weights"], "penalties": ["penalty"],
    "condition": ["penalty"], "conditions": ["penalty", "condition"], "loss": ["penalty"],
    "regularizer": ["penalty"], "metrics": ["metric"], "distance": ["metric"],
    "dissimilarity": ["metric"], "epoch": ["epochs"], "iterations": ["epochs"],
    "num-epochs": ["epochs"], "n-epochs": ["epochs"], "batch-size": ["batch"],
    "batchsize": ["batch"], "bs": ["batch"], "output": ["out"], "output-dir": ["out"],
    "output-folder": ["out"], "outdir": ["out"], "out-dir": ["out"], "save": ["out"],
    "save-dir": ["out"], "folder": ["out"], "dir": ["out"], "directory": ["out"],
    "logdir": ["out"], "dataset": ["data"], "data-set": ["data"], "data-dir": ["data"],
    "data-path": ["data"], "data-root": ["data"], "root": ["data"], "input": ["data"],
    "gpu": ["device"], "gpus": ["device"], "cuda": ["device"], "cpu": ["device"],
    "opencl": ["device"], "accelerator": ["device"], "platform": ["device"],
    "devices": ["device"], "model": ["architecture"], "models": ["architecture"],
    "arch": ["architecture"], "net": ["architecture"], "network": ["architecture"],
    "backbone": ["architecture"], "opt": ["optimizer"], "optimiser": ["optimizer"],
    "optim": ["optimizer"], "neighbors": ["neighborhood"],
    "neighbours": ["neighborhood"], "grid": ["sheet"], "sheet-size": ["sheet"],
    "size": ["sheet"], "workers": ["threads"], "num-workers": ["threads"], "jobs": ["threads"],
    "cores": ["threads"], "num-threads": ["threads"], "memory": ["memory-limit"],
    "mem": ["memory-limit"], "max-memory": ["memory-limit"], "limit": ["subset"],
    "num-images": ["subset"], "samples": ["subset"], "n": ["subset"], "noises": ["noise"],
    "level": ["levels"], "noise-level": ["levels"], "noise-levels": ["levels"],
    "severity": ["severities", "levels"], "sigma": ["levels"], "repeats": ["draws"],
    "weight-repeats": ["weight-draws"],
    "patch-centres": ["patch-centers"],
    "repetitions": ["draws"], "trials": ["draws"], "epsilon": ["epsilons"],
    "eps": ["epsilons"], "attacks": ["attack"], "adversarial": ["attack"],
    "corruption": ["perturbation", "suite"], "corruptions": ["perturbation", "suite"],
    "perturbations": ["perturbation", "suite"], "suites": ["suite"], "lesions": ["weights"],
    "layer": ["layers"], "continue": ["resume"], "restart": ["resume"],
    "activations": ["sheet"], "outputs": ["logits"], "predictions": ["logits"],
    "normalisation": ["normalization"], "normalize": ["normalization"], "fast": ["quick"],
    "o": ["out"], "d": ["data"], "a": ["architecture"], "e": ["epochs"], "b": ["batch"],
    "s": ["seeds", "seed"], "l": ["lambda"], "p": ["penalty"], "t": ["threads"], "j": ["threads"],
  ]

  private static let commands = [
    "fit": "train", "learn": "train", "training": "train", "eval": "evaluate", "test": "evaluate",
    "measure": "evaluate", "evaluation": "evaluate", "predict": "evaluate", "study": "run",
    "plans": "plan", "resume": "run", "benchmark": "bench", "time": "bench", "profile": "bench",
    "autotune": "tune", "check": "verify", "selftest": "verify", "list": "devices",
    "gpu": "devices", "info": "devices", "noise": "corrupt", "perturb": "corrupt",
    "damage": "corrupt", "corruption": "corrupt", "corruptions": "corrupt",
  ]

  /// The option that an unknown one probably means; nil if none is close. All without dashes.
  static func option(_ word: String, among names: [String]) -> String? {
    let word = plain(word)
    if names.contains(word) { return word }
    if let meant = options[word]?.first(where: names.contains) { return meant }
    return NearestName.of(word, among: names)
  }

  /// The command that an unknown one probably means; nil if none is close.
  static func command(_ word: String, among names: [String]) -> String? {
    let word = plain(word)
    if names.contains(word) { return word }
    if let meant = commands[word], names.contains(meant) { return meant }
    return NearestName.of(word, among: names)
  }

  private static func plain(_ word: String) -> String {
    word.lowercased().replacing("_", with: "-")
  }
}
