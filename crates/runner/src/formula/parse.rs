//! From text to a formula.

use std::ops::Range;

use dayzero_loader::suggest::closest;
use dayzero_model::Window;

use super::scan::{Word, scan};
use super::{Expression, Formula, FormulaError, Name, Part, Response, Term};

/// Reads a formula.
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse(text: &str) -> Result<Formula, FormulaError> {
    let mut reader = Reader { words: scan(text)?, place: 0 };
    let start = reader.here();
    let response = reader.response()?;
    let response_span = start.start..reader.words[reader.place - 1].1.end;
    reader.sign('~', "between the response and the terms")?;
    let mut formula = Formula { response, response_span, intercept: true, terms: Vec::new() };
    let begins = reader.here().start;
    reader.terms(&mut formula)?;
    if !formula.intercept && formula.terms.is_empty() {
        return Err(FormulaError {
            span: begins..text.len(),
            problem: "nothing explains the response".into(),
            help: None,
        });
    }
    Ok(formula)
}

struct Reader {
    words: Vec<(Word, Range<usize>)>,
    place: usize,
}

impl Reader {
    fn word(&self) -> &Word {
        &self.words[self.place].0
    }

    fn here(&self) -> Range<usize> {
        self.words[self.place].1.clone()
    }

    /// Takes a sign if it is next.
    fn took(&mut self, sign: char) -> bool {
        let found = *self.word() == Word::Sign(sign);
        self.place += usize::from(found);
        found
    }

    fn fail<T>(&self, problem: impl Into<String>, help: impl Into<String>) -> Result<T, FormulaError> {
        Err(FormulaError { span: self.here(), problem: problem.into(), help: Some(help.into()) })
    }

    fn sign(&mut self, sign: char, what: &str) -> Result<(), FormulaError> {
        if self.took(sign) { Ok(()) } else { self.fail(format!("a `{sign}` is needed here, {what}"), EXAMPLE) }
    }

    fn response(&mut self) -> Result<Response, FormulaError> {
        let Word::Name(name) = self.word().clone() else {
            return self.fail("a formula begins with what is explained", EXAMPLE);
        };
        if !RESPONSES.contains(&name.as_str()) {
            let help = match closest(&name, RESPONSES) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "write car[a,b] or bhar[a,b] of a window, or ar[t] of a day".into(),
            };
            return self.fail(format!("`{name}` is nothing that can be explained"), help);
        }
        self.place += 1;
        self.sign('[', "before the days")?;
        let start = self.here().start;
        let first = self.day()?;
        if name == "ar" {
            self.sign(']', "after the day")?;
            return Ok(Response::Ar(first));
        }
        self.sign(',', "between the first and the last day")?;
        let last = self.day()?;
        let span = start..self.words[self.place - 1].1.end;
        self.sign(']', "after the last day")?;
        let Some(window) = Window::new(first, last) else {
            let problem = format!("[{first}, {last}] is no window: the first day comes first");
            return Err(FormulaError { span, problem, help: None });
        };
        Ok(if name == "car" { Response::Car(window) } else { Response::Bhar(window) })
    }

    fn day(&mut self) -> Result<i32, FormulaError> {
        let negative = self.took('-');
        match *self.word() {
            Word::Whole(number) => {
                self.place += 1;
                Ok(if negative { -number } else { number })
            }
            _ => self.fail("a day of event time is needed here", "days count from day 0, as in car[-1,1]"),
        }
    }

    fn terms(&mut self, formula: &mut Formula) -> Result<(), FormulaError> {
        let mut minus = self.took('-');
        loop {
            let start = self.here();
            match (self.word().clone(), minus) {
                (Word::Whole(1), _) => {
                    self.place += 1;
                    formula.intercept = !minus;
                }
                (Word::Whole(0), false) => {
                    self.place += 1;
                    formula.intercept = false;
                }
                (_, true) => {
                    return self.fail("only the constant can be taken away", "write - 1, or leave the term out");
                }
                _ => {
                    let term = self.term()?;
                    let alike = |known: &Term| sorted_parts(known) == sorted_parts(&term);
                    if formula.terms.iter().any(alike) {
                        let span = start.start..self.words[self.place - 1].1.end;
                        let problem = format!("the term `{term}` is there already");
                        return Err(FormulaError { span, problem, help: Some("name it once".into()) });
                    }
                    formula.terms.push(term);
                }
            }
            if *self.word() == Word::End {
                return Ok(());
            }
            minus = self.took('-');
            if !minus {
                self.sign('+', "between two terms")?;
            }
        }
    }

    fn term(&mut self) -> Result<Term, FormulaError> {
        let mut parts = vec![self.part()?];
        while self.took(':') {
            let span = self.here();
            parts.push(self.part()?);
            if parts.iter().filter(|part| matches!(part, Part::Label(_))).count() > 1 {
                let problem = "a product holds one column of labels at most".into();
                let help = "make a column of their combinations".into();
                return Err(FormulaError { span, problem, help: Some(help) });
            }
        }
        Ok(Term { parts })
    }

    fn part(&mut self) -> Result<Part, FormulaError> {
        if self.opens("C") {
            self.place += 2;
            let name = self.name("C() takes")?;
            self.sign(')', "after the column")?;
            return Ok(Part::Label(name));
        }
        Ok(Part::Number(self.number()?))
    }

    /// Whether a function of this name is next.
    fn opens(&self, function: &str) -> bool {
        matches!(self.word(), Word::Name(name) if name == function)
            && matches!(self.words.get(self.place + 1), Some((Word::Sign('('), _)))
    }

    fn number(&mut self) -> Result<Expression, FormulaError> {
        type Make = fn(Box<Expression>) -> Expression;
        let functions: [(&str, Make); 2] = [("log", Expression::Log), ("abs", Expression::Abs)];
        let mut expression = if let Some((_, make)) = functions.into_iter().find(|(name, _)| self.opens(name)) {
            self.place += 2;
            let inner = self.number()?;
            self.sign(')', "after the number")?;
            make(Box::new(inner))
        } else {
            if let (Word::Name(name), Some((Word::Sign('('), _))) = (self.word(), self.words.get(self.place + 1)) {
                let help = "log(x), abs(x) and C(x) are known, and x^2";
                return self.fail(format!("unknown function `{name}`"), help);
            }
            Expression::Column(self.name("a term is")?)
        };
        while self.took('^') {
            match *self.word() {
                Word::Whole(exponent @ 2..=9) => {
                    self.place += 1;
                    expression = Expression::Power(Box::new(expression), exponent);
                }
                _ => return self.fail("a whole power from 2 to 9 is needed here", "write x^2"),
            }
        }
        Ok(expression)
    }

    fn name(&mut self, what: &str) -> Result<Name, FormulaError> {
        let Word::Name(text) = self.word().clone() else {
            return self.fail(format!("{what} the name of a column, which is missing here"), EXAMPLE);
        };
        let span = self.here();
        self.place += 1;
        Ok(Name { text, span })
    }
}

const EXAMPLE: &str = "a formula looks like car[0,1] ~ surprise_pct + log(weight) + C(session)";

const RESPONSES: [&str; 3] = ["car", "bhar", "ar"];

fn sorted_parts(term: &Term) -> Vec<String> {
    let mut parts: Vec<String> = term.parts.iter().map(ToString::to_string).collect();
    parts.sort();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_read() {
        let read = |text: &str| {
            let formula = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            let terms: Vec<String> = formula.terms.iter().map(ToString::to_string).collect();
            format!("{} {} {}", formula.response, formula.intercept, terms.join(" "))
        };
        assert_eq!(
            read("car[0,1] ~ surprise_pct + log(weight) + C(session)"),
            "car[0, 1] true surprise_pct log(weight) C(session)"
        );
        assert_eq!(read("bhar[ -1 , 10 ]~0+x^2:C(`a b`)+log(abs(y))^3"), "bhar[-1, 10] false x^2:C(a b) log(abs(y))^3");
        assert_eq!(read("ar[-2] ~ a.b:c + _d - 1"), "ar[-2] false a.b:c _d");
        assert_eq!(read("ar[0] ~ 1"), "ar[0] true ");
        // Functions are functions only before a bracket.
        assert_eq!(read("ar[0] ~ log + C"), "ar[0] true log C");
        let spans = parse("ar[0] ~ log(größe) + C(x)").expect("a formula");
        assert_eq!(spans.numbers().map(|name| (name.span.start, name.span.end)).collect::<Vec<_>>(), [(12, 19)]);
        assert_eq!(spans.labels().map(|name| (name.span.start, name.span.end)).collect::<Vec<_>>(), [(25, 26)]);
    }

    #[test]
    fn mistakes_have_a_place() {
        let wrong = |text: &str| {
            let error = parse(text).expect_err(text);
            (text.get(error.span).expect("inside").to_owned(), error.problem)
        };
        for (text, at, problem) in [
            ("cat[0,1] ~ x", "cat", "nothing that can be explained"),
            ("~ x", "~", "begins with what is explained"),
            ("car[0] ~ x", "]", "`,` is needed"),
            ("car[1,0] ~ x", "1,0", "is no window"),
            ("car[0,x] ~ x", "x", "a day of event time"),
            ("car[0,1]", "", "`~` is needed"),
            ("car[0,1] ~", "", "a column, which is missing"),
            ("car[0,1] ~ x + ", "", "a column, which is missing"),
            ("car[0,1] ~ x y", "y", "`+` is needed"),
            ("car[0,1] ~ x - y", "y", "only the constant"),
            ("car[0,1] ~ x * y", "*", "no part of a formula"),
            ("car[0,1] ~ x / y", "/", "no part of a formula"),
            ("car[0,1] ~ sqrt(x)", "sqrt", "unknown function"),
            ("car[0,1] ~ x^0.5", "0.5", "neither a name nor a whole number"),
            ("car[0,1] ~ x^1", "1", "power from 2 to 9"),
            ("car[0,1] ~ log(x", "", "`)` is needed"),
            ("car[0,1] ~ C(x):C(y)", "C", "one column of labels"),
            ("car[0,1] ~ x:y + z + y:x", "y:x", "there already"),
            ("car[0,1] ~ 0", "0", "nothing explains"),
            ("car[0,1] ~ `x", "`x", "not closed"),
        ] {
            let (found_at, found) = wrong(text);
            assert!(found_at == at && found.contains(problem), "{text}: `{found_at}` {found}");
        }
    }
}
