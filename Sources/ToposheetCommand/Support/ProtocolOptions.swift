import ArgumentParser
import Foundation
import Toposheet

/// Data, architecture, seeds and training protocol: all of a plan except its conditions and
/// evaluation.
struct ProtocolOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A data set's name (mnist, fashion-mnist, cifar10, ...) or its folder.",
      valueName: "name|folder"),
    completion: Completions.datasets)
  var data: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of training images to use, the first of the files; all by default.",
      valueName: "n"))
  var subset: Int?

  @Option(
    help: ArgumentHelp("mnist or cifar10: the paper's two networks.", valueName: "name"),
    completion: Completions.architectures)
  var architecture: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rows and columns of the sheet; 11x11 by default.", valueName: "size"),
    transform: SheetText.sheet)
  var sheet = Sheet(rows: 11, columns: 11)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seeds: numbers, commas and inclusive ranges, such as 0-2,7.", valueName: "list"))
  var seeds: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the training images.", valueName: "n"))
  var epochs: Int

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Images per network and step.", valueName: "n"))
  var batch = 64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Step size of the optimizer; 0.001 by default.", valueName: "number"),
    transform: NumberText.float)
  var learningRate: Float?

  @Option(help: ArgumentHelp("The optimizer.", valueName: "name"))
  var optimizer: Optimizer = .adam

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Momentum of sgd: from 0 (the default) to below 1.", valueName: "number"),
    transform: NumberText.float)
  var momentum: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of the training images that a network trains on, above 0 and at most 1; the others are "
        + "for validation. 0.8 by default.", valueName: "number"),
    transform: NumberText.double)
  var trainingFraction: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Epochs after which each network is kept as epoch-<n>.safetensors, such as 1,2,5.",
      valueName: "list"))
  var snapshots: String?

  @Option(
    help: ArgumentHelp(
      "What stays in the end: checkpoints, from which --resume continues if more epochs are asked "
        + "for, or models only.", valueName: "name"))
  var keep: Plan.Keep = .checkpoints

  /// Names of optimizers.
  enum Optimizer: String, ExpressibleByArgument, CaseIterable { case adam, sgd }

  /// The plan with these options. Paths of folders become absolute, as a plan may be run from any
  /// folder.
  /// - Throws: `UserError` about seeds; `ValidationError` for options that exclude each other.
  func plan(_ conditions: [Penalty]) throws -> Plan {
    let isPath = !Dataset.isName(data) && !data.isEmpty && !data.hasPrefix("~/")
    var plan = Plan(
      name: conditions.map(\.label).joined(separator: ", "),
      data: isPath ? URL(filePath: data).standardizedFileURL.path : data, subset: subset,
      architecture: .ready(architecture), conditions: conditions, seeds: try SeedList(seeds),
      epochs: epochs)
    plan.sheet = sheet
    plan.batch = batch
    if let learningRate { plan.learningRate = learningRate }
    if let trainingFraction {
      guard trainingFraction > 0, trainingFraction <= 1 else {
        throw ValidationError(
          "--training-fraction takes a number above 0 and at most 1, not \(trainingFraction)")
      }
      plan.trainingFraction = trainingFraction
    }
    plan.rule = try rule()
    if let snapshots { plan.snapshots = try epochs(snapshots) }
    plan.keep = keep
    return plan
  }

  private func epochs(_ list: String) throws -> [Int] {
    let values = try SelectionText.parts(list).map { part in
      guard let epoch = DecimalText.integer(part) else {
        throw UserError("--snapshots takes epochs such as 1,2,5, not \(part)")
      }
      return epoch
    }
    return try Plan.snapshots(values, epochs: epochs)
  }

  private func rule() throws -> OptimizerRule {
    guard optimizer == .sgd else {
      guard momentum == nil else {
        throw ValidationError("--momentum belongs to --optimizer sgd; leave it out")
      }
      return .adam()
    }
    let momentum = momentum ?? 0
    guard (0..<1).contains(momentum) else {
      throw ValidationError("--momentum takes a number from 0 to below 1, not \(momentum)")
    }
    return .sgd(momentum: momentum)
  }
}

extension Plan.Keep: ExpressibleByArgument {}
