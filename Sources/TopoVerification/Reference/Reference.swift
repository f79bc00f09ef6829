/// Every operation of a `Device` in double precision, for one member and dense arrays: the
/// plainest code that computes the definition, slow and easy to check by eye.
///
/// The backward functions are themselves checked by finite differences of the forward ones.
public enum Reference {}
