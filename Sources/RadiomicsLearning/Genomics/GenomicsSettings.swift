import RadiomicsCore
import RadiomicsStatistics

extension Genomics {
  /// What is tested, and beside what.
  package struct Options: Sendable, Hashable {
    package var test = MassUnivariate.Test.plain
    package var scale = ExpressionScale.none
    /// Columns, or terms such as `factor(stage)`, whose effects are taken out of both sides; the site is one of them by itself.
    package var confounders: [String] = []
    package var site: String?
    /// The false discovery rate.
    package var level = 0.05
    /// Features of a cluster correlate by more than this in size.
    package var above = 0.8
    /// How many pairs are listed whatever their q.
    package var top = 1000
    /// Most permutations within sites; 0 for none.
    package var permutations = 0
    package var seed: UInt64 = 1

    package init() {}
  }
}

extension MassUnivariate.Test: ChoiceSetting {}
extension ExpressionScale: ChoiceSetting {}

extension Genomics.Options: Configurable {
  package static let name = "genomics"
  package static let summary =
    "Every feature against every gene, beside confounders: which pairs, genes and clusters of features go together."
  package static let definition =
    "t = r √(df / (1 − r²)) of the partial correlation r, df = n − 2 − rank of the confounders; moderated: by a variance drawn to those of all "
    + "genes with the same feature; q by Benjamini and Hochberg over all pairs, over genes and over clusters of features by Simes' P"
  package static let limits =
    "Benjamini and Hochberg's procedure holds for positively dependent tests; correlated features come in bundles of hits, so that genes and clusters "
    + "are what to count. A linear confounder is taken out linearly. Within a site means by a constant of each site."
  package static let reference =
    "Shabalin 2012, doi:10.1093/bioinformatics/bts163; Smyth 2004, doi:10.2202/1544-6115.1027; Simes 1986, doi:10.1093/biomet/73.3.751; Benjamini and "
    + "Hochberg 1995; Freedman and Lane 1983, doi:10.1080/07350015.1983.10509354"
  package static let parameters: [Parameter<Self>] = [
    Parameter("test", \.test, "A t of least squares, one with moderated variances, or ranks (spearman)."),
    Parameter("scale", \.scale, "What is made of the expression before."),
    Parameter("confounders", \.confounders, "Columns or terms whose effects are taken out of both sides."),
    Parameter("site", \.site, "The column of sites, a confounder by itself; permutations stay within."),
    Parameter("level", \.level, in: 0.0001...0.5, "The false discovery rate."),
    Parameter(
      "above", \.above, in: 0...1,
      "Any two features of a cluster correlate by more than this in size beside the confounders."),
    Parameter("top", \.top, in: 0...1_000_000, "How many pairs are listed by rank, also if they are no discoveries."),
    Parameter(
      "permutations", \.permutations, in: 0...1_000_000,
      "Most permutations within sites for P over all pairs; 0 for none."),
    .seed(\.seed),
  ]
}
