//! Makes words harmless for the place they go to. Names and notes are checked when they are typed; a letter trusts nobody
//! and cleans again, because a line break in a header or a calendar is somebody else's command.

/// One line without control characters, without marks that turn the reading direction, without runs of blanks; at most
/// `most` characters. For headers and calendar parameters.
#[must_use]
pub fn line(words: &str, most: usize) -> String {
    let mut kept = String::new();
    for word in words.split(|c: char| parts(c) || c.is_control()) {
        let word: String = word.chars().filter(|c| !turns_direction(*c)).collect();
        if !kept.is_empty() && !word.is_empty() {
            kept.push(' ');
        }
        kept.push_str(&word);
    }
    kept.chars().take(most).collect()
}

/// Whether words end at it: French keeps a colon at its word by a blank that does not break (U+00A0, U+202F).
pub fn parts(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')
}

/// Several lines, ended by `\n` alone, without other control characters and without marks that turn the reading direction.
#[must_use]
pub fn lines(words: &str) -> String {
    let words = words
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    words
        .chars()
        .filter(|c| (*c == '\n' || !c.is_control()) && !turns_direction(*c))
        .collect()
}

/// Embeddings, overrides and isolates (Unicode TR 9), by which a name can pretend to end where it does not.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line("Bob\r\nBcc: x@y", 100), "Bob Bcc: x@y");
        assert_eq!(line("  a\u{0}b\t c\u{202E}d \u{2028} e ", 100), "a b cd e");
        assert_eq!(line("abcdef", 3), "abc");
        assert_eq!(
            line("Oui\u{a0}: à  9\u{202f}h", 100),
            "Oui\u{a0}: à 9\u{202f}h"
        );
        assert_eq!(line("\r\n", 100), "");
    }

    #[test]
    fn lines_end_one_way() {
        assert_eq!(lines("a\r\nb\rc\u{2028}d\u{7}\n.\n"), "a\nb\nc\nd\n.\n");
    }
}
