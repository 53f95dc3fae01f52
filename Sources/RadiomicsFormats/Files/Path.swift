/// A file's path, taken apart.
package enum Path {
  /// The folder of a path, with its last slash: `a/b/c.dcm` → `a/b/`; empty for a bare name.
  package static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// The name without its folder, whether or not a slash ends it: `a/b/c.dcm` → `c.dcm`, `a/b/` → `b`.
  package static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The name without its last ending: `recipes/lung.ct.yaml` → `lung.ct`.
  package static func stem(of path: String) -> String {
    let name = name(of: path)
    return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }

  /// A folder's path with a slash at its end, whether or not it has one.
  package static func slashed(_ folder: String) -> String { folder.hasSuffix("/") ? folder : folder + "/" }

  /// `name` as seen from the folder of the file that names it.
  package static func located(_ name: String, besides file: String) -> String {
    name.hasPrefix("/") ? name : folder(of: file) + name
  }

  /// The same path with another ending in place of its last one: `run.1/t.csv` → `run.1/t.run`.
  package static func replacingEnding(of path: String, by ending: String) -> String {
    let name = name(of: path)
    return String(path.dropLast(name.count - stem(of: name).count)) + ending
  }
}
