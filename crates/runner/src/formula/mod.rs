//! Formulas of regressions: `car[0,1] ~ surprise_pct + log(weight) + C(session)`.
//!
//! The notation is that of Wilkinson & Rogers (1973), as R and patsy have it, as far as it is needed.

mod parse;
mod scan;

use std::fmt;
use std::ops::Range;

use dayzero_model::Window;

pub use parse::parse;

/// What is explained by what.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// What is explained.
    pub response: Response,
    /// Where it stands in the text.
    pub response_span: Range<usize>,
    /// Whether there is a constant.
    pub intercept: bool,
    /// The terms in their order.
    pub terms: Vec<Term>,
}

/// The response of a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// Cumulative abnormal return of a declared window.
    Car(Window),
    /// Buy-and-hold abnormal return of a declared window.
    Bhar(Window),
    /// Abnormal return of a day.
    Ar(i32),
}

/// A product of numbers, and of one column of labels at most.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Its factors in the order in which they were written.
    pub parts: Vec<Part>,
}

/// A factor of a term.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A number of the event.
    Number(Expression),
    /// A label of the event: C(name).
    Label(Name),
}

/// A number that is made from a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// The column itself.
    Column(Name),
    /// Its natural logarithm, missing where it is not positive.
    Log(Box<Self>),
    /// Its absolute value.
    Abs(Box<Self>),
    /// A whole power of it.
    Power(Box<Self>, i32),
}

/// The name of a column, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Its bytes in the formula.
    pub span: Range<usize>,
}

/// What is wrong with a formula, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// The bytes in question.
    pub span: Range<usize>,
    /// The problem.
    pub problem: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Formula {
    /// The columns of numbers, in the order of the text.
    pub fn numbers(&self) -> impl Iterator<Item = &Name> {
        self.parts().filter_map(|part| match part {
            Part::Number(expression) => Some(expression.column()),
            Part::Label(_) => None,
        })
    }

    /// The columns of labels, in the order of the text.
    pub fn labels(&self) -> impl Iterator<Item = &Name> {
        self.parts().filter_map(|part| match part {
            Part::Number(_) => None,
            Part::Label(name) => Some(name),
        })
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.terms.iter().flat_map(|term| &term.parts)
    }
}

impl Term {
    /// Its column of labels.
    pub fn label(&self) -> Option<&Name> {
        self.parts.iter().find_map(|part| match part {
            Part::Label(name) => Some(name),
            Part::Number(_) => None,
        })
    }

    /// Its numbers.
    pub fn numbers(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Number(expression) => Some(expression),
            Part::Label(_) => None,
        })
    }

    /// The texts of its numbers, sorted: terms with the same ones are multiples of the same numbers.
    pub fn number_texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = self.numbers().map(ToString::to_string).collect();
        texts.sort();
        texts
    }

    /// Its name with a level of its labels, as in `surprise_pct:C(session)[amc]`.
    pub fn at_level(&self, level: &str) -> String {
        let part = |part: &Part| match part {
            Part::Label(_) => format!("{part}[{level}]"),
            Part::Number(_) => part.to_string(),
        };
        self.parts.iter().map(part).collect::<Vec<_>>().join(":")
    }
}

impl Expression {
    /// The column that it is made from.
    pub fn column(&self) -> &Name {
        match self {
            Self::Column(name) => name,
            Self::Log(inner) | Self::Abs(inner) | Self::Power(inner, _) => inner.column(),
        }
    }

    /// Its value where the column has this one; nothing where there is none.
    pub fn value(&self, column: f64) -> Option<f64> {
        let value = match self {
            Self::Column(_) => column,
            Self::Log(inner) => Some(inner.value(column)?).filter(|value| *value > 0.0)?.ln(),
            Self::Abs(inner) => inner.value(column)?.abs(),
            Self::Power(inner, exponent) => inner.value(column)?.powi(*exponent),
        };
        value.is_finite().then_some(value)
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Car(window) => write!(f, "car{window}"),
            Self::Bhar(window) => write!(f, "bhar{window}"),
            Self::Ar(tau) => write!(f, "ar[{tau}]"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(":"))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(expression) => expression.fmt(f),
            Self::Label(name) => write!(f, "C({})", name.text),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(name) => f.write_str(&name.text),
            Self::Log(inner) => write!(f, "log({inner})"),
            Self::Abs(inner) => write!(f, "abs({inner})"),
            Self::Power(inner, exponent) => write!(f, "{inner}^{exponent}"),
        }
    }
}
