import ArgumentParser

/// A property of a command or group that names files, is a flag, or holds further options.
package struct DeclaredOption {
  enum Kind {
    /// What was given, or stands without being given.
    case texts([String])
    case flag
    /// With the group once more if it names further files.
    case group(any ParsableArguments, (any NamesFurtherFiles)?)
  }

  /// As it is declared: `outDir`.
  let name: String
  let kind: Kind
}

extension ParsableArguments {
  /// What is declared here, but for numbers and words of a list.
  var declared: [DeclaredOption] {
    Mirror(reflecting: self).children.compactMap { child in
      guard let label = child.label, let kind = DeclaredOption.kinds[ObjectIdentifier(type(of: child.value))] else {
        return nil
      }
      return DeclaredOption(name: String(label.drop { $0 == "_" }), kind: kind(child.value))
    }
  }
}

extension DeclaredOption {
  fileprivate typealias Reading = (Any) -> Kind

  /// Every group that a command may have. Groups are known by their types: to ask a value whether it is some group means a search of
  /// all conformances of the program, for each type anew.
  private static let groups: [any ParsableArguments.Type] = [
    BatchArguments.self, ConfidenceArgument.self, CoxSnellArgument.self, DatesArgument.self, ElasticNetArguments.self,
    FeaturesArgument.self, JobArguments.self,
    MessageArguments.self, MissingArgument.self, NeighbourhoodArguments.self, PositiveArgument.self,
    ProfileArguments.self, ReadingArguments.self, RecipeOption.self, RepeatedArgument.self, SampleSizeArguments.self,
    SavedModelArguments.self,
    SeriesArguments.self, SheetArgument.self, SignedByArgument.self, SubjectArgument.self,
  ]
  /// Those of them that name files besides.
  private static let groupsOfFiles: [any (ParsableArguments & NamesFurtherFiles).Type] = [
    AnalysisFiles.self, NullArguments.self, NumberFiles.self, RowsArgument.self, TableArguments.self,
  ]

  /// How a property is read, by its type.
  fileprivate nonisolated(unsafe) static let kinds: [ObjectIdentifier: Reading] = {
    var kinds: [ObjectIdentifier: Reading] = [
      ObjectIdentifier(Flag<Bool>.self): { _ in .flag },
      ObjectIdentifier(Option<String>.self): { .texts([($0 as! Option<String>).wrappedValue]) },
      ObjectIdentifier(Option<String?>.self): { .texts([($0 as! Option<String?>).wrappedValue].compactMap { $0 }) },
      ObjectIdentifier(Option<[String]>.self): { .texts(($0 as! Option<[String]>).wrappedValue) },
      ObjectIdentifier(Argument<String>.self): { .texts([($0 as! Argument<String>).wrappedValue]) },
      ObjectIdentifier(Argument<String?>.self): { .texts([($0 as! Argument<String?>).wrappedValue].compactMap { $0 }) },
      ObjectIdentifier(Argument<[String]>.self): { .texts(($0 as! Argument<[String]>).wrappedValue) },
    ]
    func add<Group: ParsableArguments>(_ type: Group.Type) {
      kinds[ObjectIdentifier(OptionGroup<Group>.self)] = { .group(($0 as! OptionGroup<Group>).wrappedValue, nil) }
    }
    func addWithFiles<Group: ParsableArguments & NamesFurtherFiles>(_ type: Group.Type) {
      kinds[ObjectIdentifier(OptionGroup<Group>.self)] = {
        let group = ($0 as! OptionGroup<Group>).wrappedValue
        return .group(group, group)
      }
    }
    for group in groups { add(group) }
    for group in groupsOfFiles { addWithFiles(group) }
    return kinds
  }()

  /// Whether the properties of a type are seen.
  package static func isKnown(_ type: Any.Type) -> Bool { kinds[ObjectIdentifier(type)] != nil }
  /// Types of the groups that are seen.
  package static var knownGroups: [any ParsableArguments.Type] { groups + groupsOfFiles.map { $0 } }
}
