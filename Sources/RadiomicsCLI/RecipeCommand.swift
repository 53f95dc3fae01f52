import ArgumentParser
import Radiomics
import RadiomicsPyRadiomics

struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract: "Checks recipes, writes them out in full, lists presets.",
    discussion: """
      A recipe is a YAML file that states everything that changes a number. Start from a preset:
        radiomics recipe show ibsi-ct > my.yaml
        radiomics recipe check my.yaml
      or from a PyRadiomics parameter file:
        radiomics recipe import Params.yaml > my.yaml
      """,
    subcommands: [Check.self, Show.self, List.self, Import.self, Export.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Says whether a recipe is right, or where it is not.")
    @Argument(help: "A recipe file or preset.") var recipe: String

    func run() throws {
      let read = try RecipeOption.read(recipe)
      try Terminal.show("\(recipe): valid, \(read.columns.count) columns, fingerprint \(read.fingerprint)\n")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Writes a recipe out in full, defaults included.")
    @Argument(help: "A recipe file or preset.") var recipe: String
    @Option(name: .long, help: "YAML as a recipe file, or JSON.") var format = RecipeFormat.yaml

    func run() throws {
      let read = try RecipeOption.read(recipe)
      try Terminal.show(format == .yaml ? read.yaml : read.settingValue.json + "\n")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the presets.")

    func run() throws {
      for preset in Preset.all {
        let recipe = try Recipe(preset: preset.name)
        try Terminal.show(
          "\(preset.name)  (\(recipe.columns.count) columns)\n" + Terminal.wrapped(recipe.description, indent: "    "))
      }
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Makes an IBSI recipe of a PyRadiomics parameter file, and says what changes.",
      discussion: """
        The recipe measures the same features by IBSI's definitions. Each setting
        that means something else then is listed: on the error stream, and in the
        recipe's first lines.

          radiomics recipe import Params.yaml > my.yaml
        """)
    @Argument(help: "A PyRadiomics parameter file, YAML or JSON.") var params: String
    @Option(name: .shortAndLong, help: ArgumentHelp("Write the recipe here.", valueName: "file")) var output: String?
    @Flag(name: .long, help: "Pass over settings that PyRadiomics does not know, with a warning.") var lenient = false

    func run() throws {
      let parameters = try PyRadiomicsParameters(yaml: WholeFile.text(of: params), file: params, isLenient: lenient)
      let name = Path.name(of: params)
      let (recipe, changes) = try parameters.ibsiRecipe(named: name)
      Terminal.report(changes)
      let comments = changes.map { Terminal.wrapped("\($0.place): \($0.message)", indent: "# ") }.joined()
      let text = "# Made of \(name). What changes, by PyRadiomics' setting:\n" + comments + recipe.yaml
      if let output { try OutputFile.write(text, to: output) } else { try Terminal.show(text) }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Makes a PyRadiomics parameter file of a recipe, where there is one that says the same.",
      discussion: """
        PyRadiomics measures by its own definitions: a recipe has an equivalent only
        if it asks for these, as 'extract --params' makes it. Any other is refused,
        with what stands against it.
        """)
    @Argument(help: "A recipe file or preset.") var recipe: String

    func run() throws { try Terminal.show(try RecipeOption.read(recipe).pyRadiomicsParameters()) }
  }

  enum RecipeFormat: String, ExpressibleByArgument, CaseIterable {
    case yaml, json
  }
}
