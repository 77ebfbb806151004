//! Zones, languages and currencies, as they are typed in settings and accounts.

use booking::refusal::Refusal;
use chrono_tz::Tz;

/// The languages the product speaks.
pub const LANGUAGES: &[&str] = &["en", "de", "es", "fr", "pt", "ar"];

/// The currencies in use, by ISO 4217.
pub const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK",
    "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG",
    "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SYP", "SZL", "THB", "TJS", "TMT",
    "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND",
    "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// A zone by its IANA name, exactly as the zone data spells it.
///
/// # Errors
/// [`Refusal::BadZone`].
pub fn zone(typed: &str) -> Result<Tz, Refusal> {
    typed.trim().parse().map_err(|_| Refusal::BadZone)
}

/// All zones one can choose, in the order of their names.
#[must_use]
pub fn zones() -> &'static [Tz] {
    &chrono_tz::TZ_VARIANTS
}

/// A language the product speaks.
///
/// # Errors
/// [`Refusal::BadLanguage`].
pub fn language(typed: &str) -> Result<&'static str, Refusal> {
    let typed = typed.trim();
    LANGUAGES
        .iter()
        .copied()
        .find(|known| *known == typed)
        .ok_or(Refusal::BadLanguage)
}

/// A currency by its three letters.
///
/// # Errors
/// [`Refusal::BadCurrency`].
pub fn currency(typed: &str) -> Result<&'static str, Refusal> {
    let typed = typed.trim().to_ascii_uppercase();
    CURRENCIES
        .iter()
        .copied()
        .find(|known| *known == typed)
        .ok_or(Refusal::BadCurrency)
}

/// A zone of one's own, or none: the next one's in the order of decision 18.
pub(crate) fn zone_or_none(typed: &str) -> Result<Option<String>, Refusal> {
    if typed.trim().is_empty() {
        Ok(None)
    } else {
        zone(typed).map(|zone| Some(zone.name().to_owned()))
    }
}

/// A language of one's own, or none: the next one's in the order of decision 18.
pub(crate) fn language_or_none(typed: &str) -> Result<Option<String>, Refusal> {
    if typed.trim().is_empty() {
        Ok(None)
    } else {
        language(typed).map(|tag| Some(tag.to_owned()))
    }
}
