import ArgumentParser
import Foundation
import Toposheet

extension RunCommand {
  /// The shard that `--shard` names.
  /// - Throws: `ValidationError`; `UserError` if it is to come from the environment, but does not.
  static func shard(_ text: String) throws -> Shard {
    if text == "array" { return try Shard(arrayTaskOf: ProcessInfo.processInfo.environment) }
    do {
      return try Shard(text)
    } catch let error as UserError { throw ValidationError("--shard: \(error.description)") }
  }

  /// Trains the networks of a shard. Networks that stop are no error here: the other shards go on,
  /// and the evaluation reports them.
  func train(
    _ shard: Shard, of study: StudyRun, in folder: URL, on devices: [any Device]
  ) throws {
    let members = try study.members(of: shard, in: folder)
    let name = "shard \(shard.number) of \(shard.count)"
    guard !members.isEmpty else {
      return Terminal.error(
        "\(name) has nothing to do: the plan has \(study.plan.members.count.counted("network")), all "
          + "of which are dealt to other shards or trained already")
    }
    var report = TrainingReport(
      epochs: study.plan.epochs,
      announcement: "study \(study.plan.name), \(name): training "
        + "\(members.count.counted("network")) of \(study.plan.members.count) on "
        + Readable.devices(devices))
    var study = study
    study.watch = watching.watch(
      study.folder(of: shard, in: folder), isPlanned: study.plan.writesEvents)
    let progress = try study.run(
      shard, in: folder, devices: devices, resume: resumption.isGiven
    ) { report.show($0) }
    Terminal.print(
      "Done: \(name), \((members.count - progress.stopped.count).counted("network")) trained. When "
        + "all shards are done, --resume without --shard puts them together and evaluates.")
  }
}
