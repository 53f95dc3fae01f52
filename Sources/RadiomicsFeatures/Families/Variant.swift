import RadiomicsCore

/// Whose definition holds where tools differ.
public enum Variant: String, ChoiceSetting {
  /// IBSI's reference manual.
  case ibsi
  /// PyRadiomics 3.0.1.
  case pyradiomics
}
