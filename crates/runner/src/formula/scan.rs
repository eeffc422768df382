//! The words of a formula, each with its place.

use std::ops::Range;

use super::FormulaError;

/// A word of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A name, in backticks where it holds other signs than letters, digits, dots and underscores.
    Name(String),
    /// A whole number without a sign.
    Whole(i32),
    /// A sign of the notation.
    Sign(char),
    /// The end of the text.
    End,
}

/// Takes a formula apart; the last word is [`Word::End`].
pub(super) fn scan(text: &str) -> Result<Vec<(Word, Range<usize>)>, FormulaError> {
    let mut words = Vec::new();
    let mut place = 0;
    while let Some(letter) = text[place..].chars().next() {
        let start = place;
        let taken = |accepts: fn(char) -> bool| {
            text[start..].find(|letter: char| !accepts(letter)).map_or(text.len(), |length| start + length)
        };
        let error = |span: Range<usize>, problem: String, help: &str| {
            Err(FormulaError { span, problem, help: Some(help.to_owned()) })
        };
        place += letter.len_utf8();
        let word = match letter {
            letter if letter.is_whitespace() => continue,
            '`' => {
                let Some(length) = text[place..].find('`') else {
                    return error(start..text.len(), "the name is not closed".into(), "end it with a backtick");
                };
                let name = text[place..place + length].to_owned();
                place += length + 1;
                Word::Name(name)
            }
            '0'..='9' => {
                place = taken(|letter| letter.is_alphanumeric() || letter == '.' || letter == '_');
                match text[start..place].parse() {
                    Ok(number) => Word::Whole(number),
                    Err(_) => {
                        let problem = format!("`{}` is neither a name nor a whole number", &text[start..place]);
                        return error(start..place, problem, "write unusual names of columns in backticks");
                    }
                }
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                place = taken(|letter| letter.is_alphanumeric() || letter == '.' || letter == '_');
                Word::Name(text[start..place].to_owned())
            }
            '~' | '+' | '-' | ':' | '(' | ')' | '[' | ']' | ',' | '^' => Word::Sign(letter),
            '*' => {
                let help = "write a + b + a:b for two terms and their product";
                return error(start..place, "`*` is no part of a formula here".into(), help);
            }
            other => {
                let help = "write unusual names of columns in backticks";
                return error(start..place, format!("`{other}` is no part of a formula"), help);
            }
        };
        words.push((word, start..place));
    }
    words.push((Word::End, text.len()..text.len()));
    Ok(words)
}
