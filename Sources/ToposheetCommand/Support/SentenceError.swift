import Toposheet

/// Errors that are a sentence for people, not a fault of the command line.
protocol SentenceError: Error {
  var sentence: String { get }
}

extension SentenceError where Self: CustomStringConvertible {
  var sentence: String { description }
}

extension DeviceError: SentenceError {}
extension UserError: SentenceError {}
