import RadiomicsCore

/// A refusal that may be overridden by who knows better than a file's header. Its code stands in the sentence that refuses.
public enum Refusal: String, ChoiceSetting {
  /// A recipe's unit of intensities is not the image's.
  case unit
  /// An image is not of the kernel, or of the pixels, that a recipe's matching of kernels is for.
  case kernel
}
