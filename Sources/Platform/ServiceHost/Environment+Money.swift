import Money

extension Environment {
  /// `CURRENCY`, US dollars where it is not said.
  package func currency() throws(ConfigurationError) -> Currency {
    guard let code = string("CURRENCY") else { return .usd }
    guard let currency = Currency(code: code) else {
      throw ConfigurationError(
        "CURRENCY is '\(code.prefix(40))': it must be a currency that Stripe charges in hundredths or whole units, as its ISO 4217 code in lower case, such as usd or jpy"
      )
    }
    return currency
  }

  /// `PRICE_MIN` and `PRICE_MAX`, in main units of `CURRENCY`; what Stripe charges where they are not said.
  package func priceLimits() throws(ConfigurationError) -> PriceLimits {
    let currency = try currency()
    let usual = PriceLimits(currency).range
    let lowest = try price("PRICE_MIN", string("PRICE_MIN"), currency) ?? usual.lowerBound
    let highest = try price("PRICE_MAX", string("PRICE_MAX"), currency) ?? usual.upperBound
    guard lowest <= highest else {
      throw ConfigurationError(
        "PRICE_MIN is \(currency.typed(lowest)) and PRICE_MAX \(currency.typed(highest)): no price is between them")
    }
    return PriceLimits(currency, range: lowest...highest)
  }

  private func price(_ name: String, _ text: String?, _ currency: Currency) throws(ConfigurationError) -> Int64? {
    guard let text else { return nil }
    let range = 1...PriceLimits.ceiling(currency)
    guard let amount = try? currency.minorUnits(text), range.contains(amount) else {
      throw ConfigurationError(
        "\(name) is '\(text.prefix(40))': it must be an amount of \(currency.code) from \(currency.typed(1)) to \(currency.typed(range.upperBound))"
      )
    }
    return amount
  }
}
