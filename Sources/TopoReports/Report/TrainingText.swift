import TopoCompute
import TopoEvaluation
import TopoFoundation
import TopoNetworks
import TopoSheets
import TopoTraining

/// How the networks of a folder were trained, with every constant.
struct TrainingText {
  let training: TrainingProtocol

  /// Sentences in the order of the work.
  var text: String {
    [data, optimizer, architecture, penalties, seeds, probe].joined(separator: " ")
  }

  private var configuration: TrainingConfiguration { training.configuration }

  private var data: String {
    let share = configuration.trainingFraction
    let used = Int((share * Double(training.images)).rounded())
    return "Data: \(training.images) training images of \(configuration.dataset). Each seed draws "
      + "\(used) of them to train on (training fraction \(Self.text(share))); the other "
      + "\(training.images - used) validate."
  }

  private var optimizer: String {
    let rule =
      switch configuration.rule {
      case .adam(let beta1, let beta2, let epsilon):
        "Adam with beta1 \(Self.text(beta1)), beta2 \(Self.text(beta2)), epsilon "
          + Self.text(epsilon)
      case .sgd(let momentum): "stochastic gradient descent with momentum \(Self.text(momentum))"
      }
    return "Optimizer: \(rule), learning rate \(Self.text(configuration.learningRate)), batches of "
      + "\(configuration.batch), \(configuration.epochs.counted("epoch"))."
  }

  private var architecture: String {
    let architecture = configuration.architecture
    let input = architecture.input
    return "Architecture \(architecture.name): input of \(input.channels) x \(input.rows) x "
      + "\(input.columns); " + architecture.layers.map(Self.text).joined(separator: "; ") + "."
  }

  private static func text(_ layer: Layer) -> String {
    func extent(_ extent: Window.Extent) -> String { "\(extent.rows) x \(extent.columns)" }
    func window(_ window: Window) -> String {
      "stride \(extent(window.stride)), padding \(extent(window.padding))"
    }
    return switch layer {
    case .convolution(let name, let outputs, let kernel):
      "convolution \(name), \(extent(kernel.kernel)), \(outputs) channels, \(window(kernel))"
    case .batchNormalization(let name, let momentum, let epsilon):
      "batch normalization \(name), momentum \(text(momentum)), epsilon \(text(epsilon))"
    case .relu: "ReLU"
    case .maxPooling(let kernel): "max pooling, \(extent(kernel.kernel)), \(window(kernel))"
    case .globalAveragePooling: "global average pooling"
    case .sheet(let name, let sheet):
      "linear layer \(name), a sheet of \(sheet.rows) x \(sheet.columns) units"
    case .dropout(let rate): "dropout \(text(rate))"
    case .linear(let name, let outputs): "linear layer \(name), \(outputs) outputs"
    }
  }

  /// The penalties; those that differ in nothing but lambda together.
  private var penalties: String {
    var families: [(penalty: Penalty, lambdas: [Double])] = []
    for penalty in training.members.map(\.condition) {
      var plain = penalty
      plain.lambda = 0
      let index = families.firstIndex { $0.penalty == plain } ?? families.count
      if index == families.count { families.append((plain, [])) }
      if !families[index].lambdas.contains(penalty.lambda) {
        families[index].lambdas.append(penalty.lambda)
      }
    }
    return "Conditions: "
      + families.map { penalty, lambdas in
        guard penalty.kind != .control else { return "control, without a penalty" }
        let near = penalty.neighborhood
        return [
          "\(penalty.kind.rawValue.uppercased()) by \(penalty.metric.rawValue)",
          "lambda " + lambdas.sorted().map { EpsilonText.text($0) }.listed(),
          penalty.kind == .activationSimilarity
            ? "view \(penalty.view.rawValue), layout \(penalty.layout.rawValue), scale "
              + penalty.scale.rawValue : nil,
          "neighborhood \(near.shape.rawValue), \(near.wraps ? "a torus" : "open borders")",
        ].compactMap { $0 }.joined(separator: ", ")
      }.joined(separator: "; ") + "."
  }

  private var seeds: String {
    var order: [Penalty] = []
    var seeds: [Penalty: [UInt64]] = [:]
    for member in training.members {
      if seeds[member.condition] == nil { order.append(member.condition) }
      seeds[member.condition, default: []].append(member.seed)
    }
    let texts = order.map { SeedRanges.text(seeds[$0] ?? []) }
    guard Set(texts).count > 1 else { return "Seeds: \(texts.first ?? "none")." }
    return "Seeds: "
      + zip(order, texts).map { "\($0.label) \($1)" }.joined(separator: "; ") + "."
  }

  private var probe: String {
    guard let probe = training.alongTraining else {
      return "Sheets were not measured along training."
    }
    let often = probe.every == 1 ? "every epoch" : "every \(probe.every) epochs"
    return "Measured after \(often) on the first \(probe.images.counted("test image")): "
      + probe.measures.joined(separator: ", ") + "."
  }

  private static func text(_ number: Float) -> String { text(Double("\(number)") ?? 0) }
  private static func text(_ number: Double) -> String { EpsilonText.text(number) }
}

/// Seeds as short texts.
enum SeedRanges {
  /// `0-4, 7`
  static func text(_ seeds: [UInt64]) -> String {
    var ranges: [ClosedRange<UInt64>] = []
    for seed in Set(seeds).sorted() {
      if let last = ranges.last, last.upperBound + 1 == seed {
        ranges[ranges.count - 1] = last.lowerBound...seed
      } else {
        ranges.append(seed...seed)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ", ")
  }
}
