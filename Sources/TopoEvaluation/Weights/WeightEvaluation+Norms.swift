import TopoFoundation
import TopoNetworks

extension WeightEvaluation {
  /// Records of the mean norm of the sheet's weights, in the order of the models. Absolute noise is
  /// to be compared with it.
  var weightNorms: [Record] {
    context.models.map { model in
      let architecture = model.network.architecture
      let weights = model.network.tensors[architecture.sheetWeightIndex]
      let inputs = weights.count / architecture.sheet.units
      let norms = (0..<architecture.sheet.units).map { unit in
        weights[unit * inputs..<(unit + 1) * inputs].reduce(0.0) {
          $0 + Double($1) * Double($1)
        }.squareRoot()
      }
      return model.record(
        dataset: context.dataset, measure: MeasureName.weightNorm,
        value: MeasuredValue(Statistics.mean(norms)))
    }
  }
}
