extension PackPlan {
  /// Divides `count` members among devices that are equally fast but have room for different
  /// numbers of members: as few rounds of one pack per device as possible, and in them packs as
  /// even as the rooms allow.
  /// - Parameter rooms: how many members each device has room for; 0 for a device without use.
  ///   One at least has room.
  /// - Returns: the members of each pack, in order, larger packs first.
  public static func ranges(_ count: Int, rooms: [Int]) -> [Range<Int>] {
    let total = rooms.reduce(0) { min($0 + min($1, count), count) }
    precondition(count > 0 && total > 0)
    let rounds = (count + total - 1) / total
    var left = count
    var sizes: [Int] = []
    // The smallest rooms first: what they cannot take is left to the larger ones.
    let slots = rooms.filter { $0 > 0 }.sorted().flatMap { Array(repeating: $0, count: rounds) }
    for (index, room) in slots.enumerated() {
      let fair = left / (slots.count - index)
      sizes.append(min(room, fair))
      left -= min(room, fair)
    }
    var start = 0
    return sizes.sorted(by: >).filter { $0 > 0 }.map { size in
      defer { start += size }
      return start..<(start + size)
    }
  }
}
