import TopoFoundation

extension SelectivityAnalysis {
  /// Adds the patches of all classes, against permutations of the places of units that respond.
  func addPatches(
    _ selectivity: ClassSelectivity, _ numbers: [Int], _ layout: UnitLayout?,
    to result: inout AnalysisResult
  ) {
    guard let layout else {
      addUndefined(Self.patchMeasures, to: &result)
      return
    }
    let finder = PatchFinder(neighbors: layout.neighbors)
    let selected = (0..<selectivity.classes).map { label in
      selectivity.map(label)?.map { $0 >= threshold } ?? []
    }
    let members = (0..<selectivity.units).filter { !selectivity.isUnselective($0) }
    let (observed, rows) = statistics(selected, finder)
    let null = Permutations(
      count: permutations, seed: seed, stream: OrganizationStream.patches
    ).map(members: members, of: selectivity.units) { places in
      statistics(
        selected.map { isSelected in
          isSelected.isEmpty ? [] : places.map { isSelected[Int($0)] }
        }, finder
      ).0
    }
    let none = "no unit is selective"
    add("patches", observed.selected > 0 ? Double(observed.patches) : nil, none, .both) {
      $0.selected > 0 ? Double($0.patches) : nil
    }
    add("patch-mean-size", observed.meanSize, "there are no patches", .upper, \.meanSize)
    add("patch-largest", observed.selected > 0 ? Double(observed.largest) : nil, none, .upper) {
      $0.selected > 0 ? Double($0.largest) : nil
    }
    add("patch-fraction", observed.fraction, none, .upper, \.fraction)
    result.tables.append(
      .init(
        "patches", columns: ["class", "selective-units", "patches", "mean-size", "largest"],
        rows: rows.map { row in [row[0].map { Double(numbers[Int($0)]) }] + row.dropFirst() }))

    func add(
      _ name: String, _ value: Double?, _ reason: String, _ tail: PermutationNull.Tail,
      _ statistic: (PatchStatistics) -> Double?
    ) {
      let undefined = MeasuredValue.undefined(reason)
      let null = value.map {
        PermutationNull(observed: $0, values: null.map(statistic), tail: tail)
      }
      result.add(name, value.map { .value($0) } ?? undefined)
      result.add("\(name)-null-mean", null?.mean ?? undefined)
      result.add("\(name)-z", null?.z ?? undefined)
      result.add("\(name)-p", null.map { .value($0.p) } ?? undefined)
    }
  }

  /// All classes' patches, and a row of the table of patches for each class that is defined.
  private func statistics(
    _ selected: [[Bool]], _ finder: PatchFinder
  ) -> (PatchStatistics, rows: [[Double?]]) {
    var all = PatchStatistics()
    var rows: [[Double?]] = []
    for (label, isSelected) in selected.enumerated() where !isSelected.isEmpty {
      let count = isSelected.count { $0 }
      let sizes = finder.patches(isSelected, minimum: smallestPatch).map(\.count)
      var one = PatchStatistics()
      one.add(selected: count, patches: sizes)
      all.add(selected: count, patches: sizes)
      rows.append([
        Double(label), Double(count), Double(one.patches), one.meanSize, Double(one.largest),
      ])
    }
    return (all, rows)
  }
}
