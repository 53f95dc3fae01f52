import Foundation
import Radiomics
import RadiomicsTestSupport
import Testing

/// A cohort whose column `recipe` says by what each row is measured.
@Suite struct CohortRecipesTests {
  private let cohort: SmallCohort
  private var folder: TemporaryFolder { cohort.folder }

  init() throws {
    cohort = try SmallCohort(4)
    try WholeFile.makeFolder(folder.path("recipes"))
    try folder.write(
      "name: other\nlayers: [{families: [{intensity_histogram: {discretisation: {fixed_bin_number: 8}}}]}]\n",
      to: "recipes/other.yaml")
    let recipes = ["recipe.yaml", "recipes/other.yaml", "recipe.yaml", "recipes/other.yaml"]
    try folder.write(
      "subject,image,mask,recipe\n"
        + recipes.enumerated().map { "S\($0),i\($0).nrrd,m\($0).nrrd,\($1)\n" }.joined(), to: "mixed.csv")
    for (name, rows) in [("one", [0, 2]), ("two", [1, 3])] {
      try folder.write(
        "subject,image,mask,recipe\n"
          + rows.map { "S\($0),i\($0).nrrd,m\($0).nrrd,\(recipes[$0])\n" }.joined(), to: "\(name).csv")
    }
  }

  /// The tables are those of the rows measured apart; before, every row was measured by `default`.
  @Test func eachRowIsMeasuredByItsRecipe() throws {
    let run = try Command("extract", "mixed.csv", "-o", "f.csv", "--jobs", "1", "--events", "e", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(!run.errors.contains("preset 'default'"))
    for (part, name, recipe) in [("one", "recipe", "recipe.yaml"), ("two", "other", "recipes/other.yaml")] {
      // The column is there, and one recipe alone needs no table of another name.
      let apart = try Command("extract", "\(part).csv", "-o", "\(part)-table.csv", "--jobs", "1", in: folder)
      #expect(apart.status == 0, "\(apart.errors)")
      #expect(try folder.read("f.\(name).csv") == folder.read("\(part)-table.csv"))
      let provenance = try folder.read("f.\(name).provenance.json")
      let fingerprint = try Recipe(yaml: folder.read(recipe), file: recipe).fingerprint
      #expect(provenance.contains(fingerprint) && provenance.contains("\"rows\": 2"))
    }
    #expect(!WholeFile.exists(folder.path("f.csv")))
    #expect(try cohort.count("case_finished", in: "e") == 4)
  }

  @Test func shardsResumeAndMergeGoTheSameWay() throws {
    #expect(try Command("extract", "mixed.csv", "-o", "whole.csv", in: folder).status == 0)
    for shard in ["2/2", "1/2"] {
      let run = try Command("extract", "mixed.csv", "-o", "f.csv", "--shard", shard, in: folder)
      #expect(run.status == 0 && run.errors.contains("radiomics merge f.other.run -o f.other.csv"), "\(run.errors)")
    }
    for name in ["recipe", "other"] {
      let merged = try Command("merge", "f.\(name).run", "-o", "f.\(name).csv", in: folder)
      #expect(merged.status == 0, "\(merged.errors)")
      #expect(try folder.read("f.\(name).csv") == folder.read("whole.\(name).csv"))
    }
    let again = try Command("extract", "mixed.csv", "-o", "whole.csv", "--resume", in: folder)
    #expect(again.status == 0 && again.errors.contains("2 of them"), "\(again.errors)")
    let mixed = try Command("merge", "f.recipe.run", "f.other.run", "-o", "x.csv", in: folder)
    #expect(mixed.status == 2 && mixed.errors.contains("another recipe"), "\(mixed.errors)")
  }

  @Test func jobsMeasureTheirPart() throws {
    let run = try Command("submit", "mixed.csv", "-o", "f.csv", "--dry-run", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("--only recipe -o ") && run.output.contains("--only other -o "))
    #expect(run.output.contains("/f.other.run -o ") && run.output.contains("/f.other.csv\n"))
    let part = try Command("extract", "mixed.csv", "--only", "other", "-o", "part.csv", in: folder)
    #expect(part.status == 0, "\(part.errors)")
    let apart = try Command("extract", "two.csv", "-o", "apart.csv", in: folder)
    #expect(try apart.status == 0 && folder.read("part.other.csv") == folder.read("apart.csv"))
    // Both parts by hand collide no more than in one run; the table's own name is no other.
    let first = try Command("extract", "mixed.csv", "--only", "recipe", "-o", "part.csv", in: folder)
    #expect(first.status == 0, "\(first.errors)")
    let named = try Command("extract", "mixed.csv", "--only", "other", "-o", "named.other.csv", in: folder)
    #expect(named.status == 0, "\(named.errors)")
    let tables = ["part.recipe.csv", "part.other.csv", "named.other.csv", "part.csv", "named.other.other.csv"]
    #expect(tables.map { WholeFile.exists(folder.path($0)) } == [true, true, true, false, false])
    let taken = try Command(
      "extract", "mixed.csv", "--only", "other", "-o", "f.csv", "--events", "f.other.csv", in: folder)
    #expect(taken.status == 2 && taken.errors.contains("is named twice"), "\(taken.errors)")
  }

  @Test func rowsWithoutOneTakeTheCommandLines() throws {
    try folder.write(
      "subject,image,mask,recipe\nA,i0.nrrd,m0.nrrd,\nB,i1.nrrd,m1.nrrd,recipes/other.yaml\n", to: "gaps.csv")
    let run = try Command("extract", "gaps.csv", "-o", "f.csv", "--recipe", "recipe.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try folder.read("f.recipe.csv").contains("A,") && folder.read("f.other.csv").contains("B,"))
    let refused = try Command("extract", "gaps.csv", "-o", "g.csv", in: folder)
    #expect(refused.status == 2 && refused.errors.contains("gaps.csv:2: 'recipe' is empty"), "\(refused.errors)")
  }

  @Test(arguments: [
    (["extract", "mixed.csv"], "Name them by -o"),
    (["extract", "mixed.csv", "--only", "x", "-o", "f.csv"], "there are: recipe, other"),
    (["extract", "cohort.csv", "--only", "x", "-o", "f.csv"], "needs a cohort with a column 'recipe'"),
    (["extract", "same.csv", "-o", "f.csv"], "same.csv:3: the recipe 'recipe' is not the one of same.csv:2"),
    (["extract", "none.csv", "-o", "f.csv"], "nowhere"),
    (
      ["perturb", "mixed.csv", "--recipe", "recipe.yaml", "--plan", "plan.yaml", "-o", "f.csv"],
      "here one measures all rows"
    ),
    (["extract", "mixed.csv", "-o", "f.csv", "--events", "recipes/other.yaml"], "is named twice"),
    (["extract", "mixed.csv", "-o", "f.csv", "--events", "f.other.csv"], "is named twice"),
  ])
  func whatCannotBeIsSaid(arguments: [String], sentence: String) throws {
    try folder.write("rotation: [-4, 4]\n", to: "plan.yaml")
    try folder.write(folder.read("recipe.yaml"), to: "recipes/recipe.yaml")
    try folder.write(
      "subject,image,mask,recipe\nA,i0.nrrd,m0.nrrd,recipe.yaml\nB,i1.nrrd,m1.nrrd,recipes/recipe.yaml\n",
      to: "same.csv")
    try folder.write("subject,image,mask,recipe\nA,i0.nrrd,m0.nrrd,nowhere\n", to: "none.csv")
    let run = try Command(arguments: arguments, in: folder)
    #expect(run.status == 2 && run.errors.contains(sentence), "\(run.errors)")
    #expect(try !folder.names.contains { $0.hasPrefix("f.") })
  }
}
