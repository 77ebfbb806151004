//! Money in words: an amount of minor units and a currency.

use crate::i18n::Locale;

/// "€ 80.00"; on the continent "80,00 €", in Arabic "80.00 €" with European digits. Whole amounts of currencies without cents have none.
#[must_use]
pub fn money(minor: i64, currency: &str, locale: Locale) -> String {
    let places = places(currency);
    let unit = 10_u64.pow(places);
    let (sign, amount) = (
        if minor < 0 { minus(locale) } else { "" },
        minor.unsigned_abs(),
    );
    let (whole, rest) = (grouped(amount / unit, locale), amount % unit);
    let number = match places {
        0 => format!("{sign}{whole}"),
        places => {
            let (mark, width) = (decimal_mark(locale), places as usize);
            format!("{sign}{whole}{mark}{rest:0width$}")
        }
    };
    let symbol = symbol(currency);
    match locale {
        Locale::en => format!("{symbol}\u{a0}{number}"),
        Locale::de | Locale::es | Locale::fr | Locale::pt | Locale::ar => {
            format!("{number}\u{a0}{symbol}")
        }
    }
}

/// What a price field holds: "80.00", "80".
#[must_use]
pub fn typed(minor: i64, currency: &str) -> String {
    let places = places(currency);
    let unit = 10_u64.pow(places);
    let amount = minor.unsigned_abs();
    match places {
        0 => amount.to_string(),
        _ => format!(
            "{}.{:0width$}",
            amount / unit,
            amount % unit,
            width = places as usize
        ),
    }
}

/// Minor units from what was typed, "80", "80.5" or "80,50"; none where it is no price.
#[must_use]
pub fn read(text: &str, currency: &str) -> Option<i64> {
    let places = places(currency) as usize;
    let text = text.trim().replace(',', ".");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() > places {
        return None;
    }
    format!("{whole}{rest:0<places$}").parse().ok()
}

/// How many digits the minor unit has (ISO 4217).
#[must_use]
pub fn places(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

fn symbol(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        other => other,
    }
}

/// Before what is less than nothing; in a text from right to left it is kept at the left of its number.
const fn minus(locale: Locale) -> &'static str {
    match locale {
        Locale::en | Locale::de | Locale::es | Locale::fr | Locale::pt => "−",
        Locale::ar => "\u{200e}−",
    }
}

/// What stands before the part of a number that is less than one.
#[must_use]
pub const fn decimal_mark(locale: Locale) -> char {
    match locale {
        Locale::en | Locale::ar => '.',
        Locale::de | Locale::es | Locale::fr | Locale::pt => ',',
    }
}

/// What stands between thousands, and whether four digits stay together.
const fn grouping(locale: Locale) -> (char, bool) {
    match locale {
        Locale::en | Locale::ar => (',', false),
        Locale::de => ('.', false),
        Locale::es => ('.', true),
        Locale::fr => ('\u{202f}', false),
        Locale::pt => ('\u{a0}', true),
    }
}

fn grouped(amount: u64, locale: Locale) -> String {
    let digits = amount.to_string();
    let (mark, four_together) = grouping(locale);
    if digits.len() < 4 || (digits.len() == 4 && four_together) {
        return digits;
    }
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_each_language_does() {
        assert_eq!(money(8000, "EUR", Locale::en), "€\u{a0}80.00");
        assert_eq!(money(8000, "EUR", Locale::es), "80,00\u{a0}€");
        assert_eq!(money(123_456_789, "USD", Locale::en), "$\u{a0}1,234,567.89");
        assert_eq!(money(1200, "JPY", Locale::en), "¥\u{a0}1,200");
        assert_eq!(money(-50, "GBP", Locale::en), "£\u{a0}−0.50");
        let large = |locale| money(123_456_789, "EUR", locale);
        assert_eq!(large(Locale::de), "1.234.567,89\u{a0}€");
        assert_eq!(large(Locale::es), "1.234.567,89\u{a0}€");
        assert_eq!(large(Locale::fr), "1\u{202f}234\u{202f}567,89\u{a0}€");
        assert_eq!(large(Locale::pt), "1\u{a0}234\u{a0}567,89\u{a0}€");
        assert_eq!(large(Locale::ar), "1,234,567.89\u{a0}€");
        assert_eq!(money(123_400, "EUR", Locale::pt), "1234,00\u{a0}€");
        assert_eq!(money(123_400, "EUR", Locale::de), "1.234,00\u{a0}€");
        assert_eq!(money(-50, "EUR", Locale::ar), "\u{200e}−0.50\u{a0}€");
    }

    #[test]
    fn prices_are_read_back() {
        assert_eq!(read("80", "EUR"), Some(8000));
        assert_eq!(read(" 80,5 ", "EUR"), Some(8050));
        assert_eq!(read("80.505", "EUR"), None);
        assert_eq!(read("-1", "EUR"), None);
        assert_eq!(read("1e9", "EUR"), None);
        assert_eq!(typed(8050, "EUR"), "80.50");
    }
}
