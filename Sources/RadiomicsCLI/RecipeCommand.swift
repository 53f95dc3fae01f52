import ArgumentParser
import Radiomics

struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract: "Checks recipes, writes them out in full, lists presets.",
    discussion: """
      A recipe is a YAML file that states everything that changes a number. Start from a preset:
        radiomics recipe show ibsi-ct > my.yaml
        radiomics recipe check my.yaml
      """,
    subcommands: [Check.self, Show.self, List.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says whether a recipe is right, or where it is not.")
    @Argument(help: "A recipe file or preset.") var recipe: String

    func run() throws {
      let read = try RecipeOption.read(recipe)
      try Terminal.show("\(recipe): valid, \(read.columns.count) columns, fingerprint \(read.fingerprint)\n")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes a recipe out in full, defaults included.")
    @Argument(help: "A recipe file or preset.") var recipe: String
    @Option(name: .long, help: "YAML as a recipe file, or JSON.") var format = RecipeFormat.yaml

    func run() throws {
      let read = try RecipeOption.read(recipe)
      try Terminal.show(format == .yaml ? read.yaml : read.settingValue.json + "\n")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the presets.")

    func run() throws {
      for preset in Preset.all {
        let recipe = try Recipe(preset: preset.name)
        try Terminal.show(
          "\(preset.name)  (\(recipe.columns.count) columns)\n" + Terminal.wrapped(recipe.description, indent: "    "))
      }
    }
  }

  enum RecipeFormat: String, ExpressibleByArgument, CaseIterable {
    case yaml, json
  }
}
