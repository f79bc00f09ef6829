import Toposheet

/// Notes about soft labels of people that seem to be of other images.
enum PeopleNote {
  /// A note for each file of soft labels whose most frequent classes are the labels of less than
  /// half of the images.
  /// - Parameter labels: of the images, in the order of the test set; of the first ones if the soft
  ///   labels are fewer.
  static func lines(_ suite: Suite, labels: [Int32]) -> [String] {
    suite.parts(AnalysisPart.self).compactMap(\.people).compactMap { people in
      guard people.labels.images <= labels.count,
        let share = people.labels.majorityShare(of: Array(labels.prefix(people.labels.images)))
          .number, share < 0.5
      else { return nil }
      let percent = Int((share * 100).rounded())
      return "note: the class that most people chose is the label for \(percent)% of images: is "
        + "\(people.path) in the order of the test set?"
    }
  }
}
