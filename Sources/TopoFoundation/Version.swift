/// The version of this software, as runs record it.
public let toposheetVersion = "0.2.0"
