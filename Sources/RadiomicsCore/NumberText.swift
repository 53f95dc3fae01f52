/// Shortest text that reads back the same, with `.` in every locale; whole numbers without a fraction.
public func numberText(_ number: Double) -> String { Setting.Value.number(number).description }

/// A number with so many decimals, for columns of numbers that people compare.
public func fixedText(_ number: Double, decimals: Int) -> String {
  guard number.isFinite, abs(number) < 1e15, (1...15).contains(decimals) else { return shortText(number) }
  let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
  let units = (abs(number) * scale).rounded()
  guard units < 9e15 else { return shortText(number) }
  let digits = String(Int(units)), padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return (number < 0 && units > 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// A number rounded to some significant digits, for people; files have all digits.
public func shortText(_ number: Double, digits: Int = 4) -> String {
  if number.isInfinite { return number > 0 ? "inf" : "-inf" }
  guard number != 0, number.isFinite else { return numberText(number) }
  let magnitude = Int(log10(abs(number)).rounded(.down))
  guard (-4...14).contains(magnitude) else {
    return "\(numberText(rounded(number / pow(10, Double(magnitude)), digits - 1)))e\(magnitude)"
  }
  return numberText(rounded(number, max(0, digits - 1 - magnitude)))
}

/// Rounded to decimal places.
private func rounded(_ number: Double, _ places: Int) -> Double {
  let scale = pow(10, Double(places))
  return (number * scale).rounded() / scale
}
