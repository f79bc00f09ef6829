import Toposheet

/// Errors that are a sentence for people, not a fault of the command line.
protocol SentenceError: Error {
  var sentence: String { get }
}

extension SentenceError where Self: CustomStringConvertible {
  var sentence: String { description }
}

extension ArchitectureError: SentenceError {}
extension BenchmarkError: SentenceError {}
extension DeviceError: SentenceError {}
extension FileError: SentenceError {}
extension PenaltyError: SentenceError {
  var sentence: String { SentenceStyle.continued(description) }
}
extension SelectionError: SentenceError {
  var sentence: String { SentenceStyle.continued(description) }
}
extension TrainingError: SentenceError {}
extension UserError: SentenceError {}
