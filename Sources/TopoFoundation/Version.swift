/// The version of this software, as runs record it.
public let toposheetVersion = "0.1.1"
