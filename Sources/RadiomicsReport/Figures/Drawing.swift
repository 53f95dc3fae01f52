import RadiomicsCore

/// A figure as Scalable Vector Graphics, made of a few shapes; lengths in pixels, y downwards.
package struct Drawing {
  /// Where a text stands with regard to its point.
  package enum Anchor: String {
    case start, middle, end
  }

  private let width: Double, height: Double
  private let title: String
  private var shapes: [String] = []

  /// - `title`: What the figure shows, for those who hear it read.
  package init(width: Double, height: Double, title: String) {
    self.width = width
    self.height = height
    self.title = title
  }

  package mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, opacity: Double = 1, hint: String? = nil
  ) {
    let tip = hint.map { "><title>\(Self.escaped($0))</title></rect>" } ?? "/>"
    shapes.append(
      "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(fill)\""
        + (opacity < 1 ? " fill-opacity=\"\(n(opacity))\"" : "") + tip)
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String = "#444", width: Double = 1,
    isDashed: Bool = false
  ) {
    shapes.append(
      "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"\(color)\" stroke-width=\"\(n(width))\""
        + (isDashed ? " stroke-dasharray=\"5 4\"" : "") + "/>")
  }

  mutating func polyline(_ points: [(Double, Double)], color: String, width: Double = 2, isDashed: Bool = false) {
    shapes.append(
      "<polyline points=\"\(places(points))\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(n(width))\" "
        + "stroke-linejoin=\"round\"" + (isDashed ? " stroke-dasharray=\"6 4\"" : "") + "/>")
  }

  mutating func polygon(_ points: [(Double, Double)], fill: String, opacity: Double) {
    shapes.append("<polygon points=\"\(places(points))\" fill=\"\(fill)\" fill-opacity=\"\(n(opacity))\"/>")
  }

  /// A picture in PNG, which the file holds.
  mutating func image(_ png: [UInt8], _ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    shapes.append(
      "<image x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" preserveAspectRatio=\"none\" "
        + "href=\"data:image/png;base64,\(Base64.text(png))\"/>")
  }

  private func places(_ points: [(Double, Double)]) -> String {
    points.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " ")
  }

  mutating func dot(_ x: Double, _ y: Double, radius: Double = 3.5, fill: String) {
    shapes.append(
      "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(fill)\" fill-opacity=\"0.75\"/>")
  }

  package mutating func text(
    _ x: Double, _ y: Double, _ words: String, size: Double = 12, anchor: Anchor = .start, color: String = "#222",
    isBold: Bool = false, turned: Double = 0
  ) {
    shapes.append(
      "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" text-anchor=\"\(anchor.rawValue)\" fill=\"\(color)\""
        + (isBold ? " font-weight=\"bold\"" : "")
        + (turned == 0 ? "" : " transform=\"rotate(\(n(turned)) \(n(x)) \(n(y)))\"") + ">\(Self.escaped(words))</text>")
  }

  /// The file's text.
  var svg: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(n(width)) \(n(height))\" width=\"\(n(width))\" "
      + "height=\"\(n(height))\" font-family=\"Helvetica, Arial, sans-serif\" role=\"img\">\n"
      + "<title>\(Self.escaped(title))</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
      + shapes.joined(separator: "\n") + "\n</svg>\n"
  }

  /// Two decimals are a hundredth of a pixel.
  private func n(_ number: Double) -> String { numberText((number * 100).rounded() / 100) }

  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case _ where character.value < 0x20: escaped += " "
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  /// A colour between pale yellow (0) and dark blue (1), even in brightness, also for the colour-blind and in print.
  package static func shade(_ value: Double) -> String {
    let stops: [SIMD3<Double>] = [
      [253, 246, 208], [186, 222, 183], [98, 181, 190], [44, 119, 176], [29, 44, 102],
    ]
    let place = value.isNaN ? 0 : min(max(value, 0), 1) * Double(stops.count - 1),
      index = min(Int(place), stops.count - 2)
    let color = stops[index] + (stops[index + 1] - stops[index]) * (place - Double(index))
    return "rgb(\(Int(color.x.rounded())),\(Int(color.y.rounded())),\(Int(color.z.rounded())))"
  }

  /// A text cut off, with a sign that it is, where it is too long.
  static func short(_ text: String, _ count: Int) -> String {
    text.count > count ? text.prefix(count - 1) + "…" : text
  }

  /// Round numbers that divide a range into about `count` parts.
  static func ticks(_ low: Double, _ high: Double, count: Int = 6) -> [Double] {
    guard high - low > Plot.narrowest, (high - low).isFinite else { return [low] }
    let rough = (high - low) / Double(count), power = pow(10, log10(rough).rounded(.down))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10)
    let first = (low / step).rounded(.up), last = (high / step).rounded(.down)
    // Counted from the first: beyond 2⁵³ adding 1 changes nothing.
    guard last >= first, last - first < 100 else { return first > last ? [] : [low] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }
}
