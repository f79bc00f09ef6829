import Toposheet

// Your own network: its layers, with a 5 x 5 sheet.
let data = try Dataset.load("fashion-mnist")
let network = try Architecture(
  name: "small", input: data.shape,
  layers: [
    .convolution(name: "conv1", outputs: 16, window: Window(3, padding: 1)), .relu,
    .maxPooling(Window(4, stride: 4)), .globalAveragePooling,
    .sheet(name: "fc1", Sheet(rows: 5, columns: 5)), .relu, .dropout(rate: 0.5),
    .linear(name: "fc2", outputs: data.classes),
  ])

// A population: two conditions, two seeds each, trained in lockstep.
let conditions = [Penalty.control, .weightSimilarity(.euclidean, lambda: 1)]
let members = conditions.flatMap { condition in
  (0..<2).map { Member(condition: condition, seed: $0) }
}
let device = try DeviceChoice.automatic.open()
let trainer = try Trainer(
  configuration: TrainingConfiguration(
    architecture: network, dataset: data.name, epochs: 5, learningRate: 0.01),
  members: members, training: try data.training.subset(5000),
  normalization: data.normalization, device: device)
while trainer.epoch < trainer.configuration.epochs { _ = try trainer.trainEpoch() }

// The results: accuracy, calibration and Moran's I, clean and under white noise.
let models = zip(members, try trainer.networks()).map { member, network in
  EvaluatedModel(
    penalty: member.condition, seed: member.seed, trainedOn: data.name, network: network)
}
var suite = Suite(name: "noise", subset: 500)
let noise = try NoiseSelection(noises: [Noise(.white)], levels: [0.1], draws: 1)
try suite.add(ImagePart(noise.sweeps))
let evaluation = try SuiteRun(
  suite: suite, models: models, images: data.test, dataset: data.name,
  normalization: data.normalization)
print(SummaryTable(try evaluation.run(device: device)).text)
