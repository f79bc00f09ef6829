import ArgumentParser

/// What tables show.
struct TableOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Take networks that learned nothing (silent, collapsed, at chance) into the means of tables, "
        + "which otherwise only count them."))
  var includeDead = false
}
