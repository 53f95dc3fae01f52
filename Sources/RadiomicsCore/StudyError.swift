/// Why an image and its mask, a table or a run have no result to give, by kind; each kind is worded here and nowhere else.
public enum StudyError: AdvisedError, Sendable, Hashable {
  /// A table at a place has no such column; the columns it has, and what is to be said of this one (", which …").
  case noColumn(String, in: String, names: [String], String = "")
  /// The work at a place takes more memory than it may; what to do but to allow more.
  case memory(String, needed: String, limit: String, otherwise: String)
  /// A folder is not empty, and none of a kind of run.
  case foreignFolder(String, kind: String)
  /// Results of a run are there.
  case resultsThere(String)
  /// A run was begun there, but the file that says which is missing.
  case begun(String, lacks: String, Advice)
  /// The results there are of something else.
  case otherResults(String, of: String)
  /// Another process works on it.
  case atWork(String, what: String)
  /// A place, and what is wrong there.
  case at(String, String, Advice? = nil)
  /// A whole sentence of another error.
  case other(String)

  package init(_ sentence: String) { self = .other(sentence) }

  /// *place: what is, what must be*; and what to do, where that is the same whoever says it.
  public var fact: String {
    switch self {
    case .noColumn(let name, let place, let names, let clause):
      "\(place): has no column '\(name)'\(clause). It has: "
        + "\(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", …" : "").\(didYouMean(name, among: names))"
    case .memory(let place, let needed, let limit, let otherwise):
      "\(place) needs about \(needed), the memory limit is \(limit). Allow more, or \(otherwise)."
    case .foreignFolder(let path, let kind):
      "\(path): the folder is not empty and \(kind). Choose another output, or remove it."
    case .resultsThere(let path): "\(path): results of a run are there already."
    case .begun(let path, let mark, _): "\(path): a run was begun there, but \(mark) is missing."
    case .otherResults(let path, let what): "\(path): the results there are of \(what). Choose another output."
    case .atWork(let path, let what): "\(path): another process \(what). Wait until it ends, or end it."
    case .at(let place, let fact, _): "\(place): \(fact)"
    case .other(let sentence): sentence
    }
  }

  /// What to do, for whoever says it in words of their own.
  public var advice: Advice? {
    switch self {
    case .resultsThere: .resumeOrRestart
    case .begun(_, _, let advice): advice
    case .at(_, _, let advice): advice
    default: nil
    }
  }
}
