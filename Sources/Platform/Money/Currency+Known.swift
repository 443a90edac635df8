extension Currency {
  package static let usd = Currency("usd", smallestCharge: 50)

  /// nil for what Stripe charges no cards in, and for what it counts otherwise than in hundredths or whole units: the
  /// dinars of three decimals, and the krona and shilling that are sent as hundredths and charged as whole units.
  package init?(code: String) {
    if let smallest = Self.listed[code] {
      self.init(code, smallestCharge: smallest)
    } else if code == "jpy" {
      self.init(code, exponent: 0, smallestCharge: 50)
    } else if Self.withoutDecimals.contains(code) {
      self.init(code, exponent: 0)
    } else if Self.others.contains(code) {
      self.init(code)
    } else {
      return nil
    }
  }

  /// Smallest charges, in hundredths (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
  private static let listed: [String: Int64] = [
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17_500, "inr": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200,
    "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
  ]

  /// Besides the yen (docs.stripe.com/currencies#zero-decimal).
  private static let withoutDecimals: Set<String> = [
    "bif", "clp", "djf", "gnf", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
  ]

  private static let others = Set(
    """
    afn all amd ang aoa ars awg azn bam bbd bdt bmd bnd bob bsd bwp byn bzd cdf cny cop crc cve dop
    dzd egp etb fjd fkp gel gip gmd gtq gyd hnl htg idr ils jmd kes kgs khr kyd kzt lak lbp lkr lrd
    lsl mad mdl mkd mmk mnt mop mur mvr mwk mzn nad ngn nio npr pab pen pgk php pkr qar rsd rub sar
    sbd scr shp sle sos srd std szl tjs top try ttd twd tzs uah uyu uzs wst xcd yer zar zmw
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
