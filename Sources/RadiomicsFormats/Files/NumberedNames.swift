/// The names that a pattern such as `slice%03d.raw` makes of the numbers from `first` to `last`, or nil if the pattern
/// has no place for a whole number or the step leads away from `last`.
/// - `most`: More names than this are not made.
func numberedNames(_ pattern: String, from first: Int, to last: Int, step: Int, most: Int) -> [String]? {
  guard step != 0, (last >= first) == (step > 0) || first == last else { return nil }
  guard let percent = pattern.firstIndex(of: "%") else { return nil }
  var rest = pattern[pattern.index(after: percent)...]
  let flags = rest.prefix { $0 == "0" }
  rest.removeFirst(flags.count)
  let digits = rest.prefix { $0.isASCII && $0.isNumber }
  rest.removeFirst(digits.count)
  guard let letter = rest.popFirst(), "diu".contains(letter), !rest.contains("%"), digits.count < 3 else { return nil }
  let width = Int(digits) ?? 0
  let start = pattern[..<percent]
  var names: [String] = []
  for number in stride(from: first, through: last, by: step) {
    guard names.count < most else { return nil }
    let written = String(number.magnitude), sign = number < 0 ? "-" : ""
    let padding = String(repeating: flags.isEmpty ? " " : "0", count: max(0, width - written.count - sign.count))
    names.append(start + (flags.isEmpty ? padding + sign : sign + padding) + written + rest)
  }
  return names
}
