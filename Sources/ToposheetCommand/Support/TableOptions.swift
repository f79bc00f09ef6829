import ArgumentParser

/// Options of tables.
struct TableOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Include networks that learned nothing (silent, collapsed, at chance) in the means of "
        + "tables; by default they are only counted."))
  var includeDead = false
}
