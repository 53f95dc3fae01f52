import ArgumentParser
import RadiomicsCLI
import Testing

/// What commands declare is known by its type, so that nothing that is declared tomorrow is passed over.
@Suite struct DeclaredOptionsTests {
  private static func commands(_ command: any ParsableCommand.Type) -> [any ParsableArguments.Type] {
    [command] + command.configuration.subcommands.flatMap(commands)
  }

  @Test func everyTextFlagAndGroupIsSeen() {
    let owners = Self.commands(RadiomicsCommand.self) + DeclaredOption.knownGroups
    var seen = 0
    for owner in owners {
      for child in Mirror(reflecting: owner.init()).children {
        let type = type(of: child.value), name = "\(type)"
        guard ["Flag<Bool>", "OptionGroup<", "String"].contains(where: { name.contains($0) }) else { continue }
        seen += 1
        #expect(DeclaredOption.isKnown(type), "\(owner): \(child.label ?? ""), \(name)")
      }
    }
    #expect(seen > 200)
  }

  @Test func aCommandSaysItsName() {
    for command in Self.commands(RadiomicsCommand.self) {
      #expect((command as? any ParsableCommand.Type)?.configuration.commandName != nil, "\(command)")
    }
  }
}
