/// `features.csv` → `features.provenance.json`.
package func provenancePath(for path: String) -> String { Path.replacingEnding(of: path, by: ".provenance.json") }
