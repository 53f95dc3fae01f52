/// `features.csv` → `features.provenance.json`.
package func provenancePath(for path: String) -> String {
  let name = path.split(separator: "/").last.map(String.init) ?? path
  let ending = name.lastIndex(of: ".").map { name.distance(from: $0, to: name.endIndex) } ?? 0
  return String(path.dropLast(ending)) + ".provenance.json"
}
