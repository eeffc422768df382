//! A column of a table: its field, and how its values are made.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, DictionaryArray, StringArray};
use arrow::datatypes::{DataType, Field, Float64Type, Int16Type, Int32Type, TimeUnit};
use dayzero_loader::columns::dictionary_type;
use dayzero_loader::texts::Texts;
use dayzero_model::groups::Group;
use dayzero_model::{Date, Maybe, Outcome, Window};

use super::arrays::{dates, dictionary, flags, instants, join, kept, numbers, whole};
use super::{Cell, Estimate, Runs};
use crate::finished::Finished;

/// Makes the values of some rows. One call for many of them, so that the loop over them is compiled with what
/// makes each.
type Make<'a> = Box<dyn Fn(&Runs) -> ArrayRef + Sync + 'a>;

/// A column.
pub struct Column<'a> {
    name: String,
    description: String,
    key: bool,
    data_type: DataType,
    make: Make<'a>,
}

macro_rules! constructor {
    ($function:ident, $type:ty, $data_type:expr, $array:expr, $doc:literal) => {
        #[doc = $doc]
        pub(super) fn $function(
            name: impl Into<String>,
            description: impl Into<String>,
            make: impl Fn(&Cell<'_>) -> Option<$type> + Sync + 'a,
        ) -> Self {
            Self::made(name, description, $data_type, move |runs| Arc::new($array(runs, &make)))
        }
    };
}

impl<'a> Column<'a> {
    constructor!(int16, i16, DataType::Int16, numbers::<Int16Type, _>, "Small whole numbers.");
    constructor!(int32, i32, DataType::Int32, numbers::<Int32Type, _>, "Whole numbers.");
    constructor!(float, f64, DataType::Float64, numbers::<Float64Type, _>, "Numbers.");
    constructor!(flag, bool, DataType::Boolean, flags, "True or false.");
    constructor!(text, Cow<'a, str>, dictionary_type(), dictionary, "Text, dictionary-encoded.");
    constructor!(date, Date, DataType::Date32, dates, "Civil dates.");
    constructor!(instant, i64, instant_type(), instants, "Instants in microseconds from the epoch.");

    /// A column whose arrays are made so; no key.
    fn made(
        name: impl Into<String>,
        description: impl Into<String>,
        data_type: DataType,
        make: impl Fn(&Runs) -> ArrayRef + Sync + 'a,
    ) -> Self {
        Self { name: name.into(), description: description.into(), key: false, data_type, make: Box::new(make) }
    }

    /// Numbers of runs of rows: `make` adds those of the estimate of the run that a cell begins, one for each of its
    /// rows.
    pub(super) fn float_run(
        name: impl Into<String>,
        description: impl Into<String>,
        make: impl Fn(Estimate<'_>, &Cell<'_>, &mut Vec<Maybe>) + Sync + 'a,
    ) -> Self {
        Self::made(name, description, DataType::Float64, move |runs| Arc::new(join(runs, &make)))
    }

    /// A key of runs of rows, in small whole numbers that rest on specification and part alone.
    pub(super) fn int16_run<I: Iterator<Item = i16>>(
        name: &str,
        description: &str,
        make: impl Fn(&Cell<'_>) -> I + Sync + 'a,
    ) -> Self {
        let make = move |cell: &Cell<'_>, rows: usize| make(cell).take(rows);
        Self::made(name, description, DataType::Int16, kept(move |runs| Arc::new(whole::<Int16Type, _>(runs, &make))))
            .key()
    }

    /// Texts that are kept once each: those of the rows that `row` says.
    pub(super) fn texts(
        name: impl Into<String>,
        description: impl Into<String>,
        texts: &'a Texts,
        row: impl Fn(&Cell<'_>) -> usize + Sync + 'a,
    ) -> Self {
        let values: OnceLock<ArrayRef> = OnceLock::new();
        Self::made(name, description, dictionary_type(), move |runs| {
            let distinct = texts.distinct();
            let plain =
                || StringArray::from_iter_values(distinct.iter().map(|text| text.as_deref().unwrap_or_default()));
            let values = values.get_or_init(|| Arc::new(plain()));
            let key = |cell: &Cell| Some(texts.code(row(cell))).filter(|&code| distinct[code].is_some());
            let keys = numbers::<Int32Type, _>(runs, |cell| key(cell).map(|code| code as i32));
            Arc::new(DictionaryArray::new(keys, values.clone()))
        })
    }

    /// One of few texts, by its number.
    pub(super) fn choice(
        name: impl Into<String>,
        description: impl Into<String>,
        choices: impl IntoIterator<Item = &'a str>,
        make: impl Fn(&Cell<'_>) -> Option<usize> + Sync + 'a,
    ) -> Self {
        let choices: ArrayRef = Arc::new(StringArray::from_iter_values(choices));
        Self::made(name, description, dictionary_type(), move |runs| {
            let keys = numbers::<Int32Type, _>(runs, |cell| make(cell).map(|choice| choice as i32));
            Arc::new(DictionaryArray::new(keys, choices.clone()))
        })
    }

    /// What became of events.
    pub(super) fn outcome(of: impl Fn(&Cell<'_>) -> Option<Outcome> + Sync + 'a) -> Self {
        let (name, description) = ("outcome", "ok, or why the event was not or not fully used");
        let place = move |cell: &Cell<'_>| of(cell).map(|outcome| outcome as usize);
        Self::choice(name, description, Outcome::ALL.map(Outcome::code), place)
    }

    /// The outcome of an event under a specification, in a sentence.
    pub(super) fn reason(finished: &'a Finished<'a>) -> Self {
        Self::text("reason", "the outcome in a sentence", |cell| {
            let remarkable = cell.outcome != Some(Outcome::Ok);
            remarkable.then(|| finished.reason(cell.specification, cell.item)).flatten().map(Cow::Borrowed)
        })
    }

    /// A key that the rows of a run share.
    fn shared_key(name: &str, description: &str, of: impl Fn(&Cell<'_>) -> usize + Sync + 'a) -> Self {
        Self::made(name, description, DataType::Int32, move |runs| {
            Arc::new(whole::<Int32Type, _>(runs, |cell, rows| std::iter::repeat_n(of(cell) as i32, rows)))
        })
        .key()
    }

    /// The key `spec_id` of tables of estimates.
    pub(super) fn own_specification() -> Self {
        let make = |cell: &Cell<'_>, rows| std::iter::repeat_n(cell.specification as i32, rows);
        let make = kept(move |runs| Arc::new(whole::<Int32Type, _>(runs, make)));
        Self::made("spec_id", "specification", DataType::Int32, make).key()
    }

    /// The key `spec_id`; the rows of a run have the same.
    pub(super) fn specification(of: impl Fn(&Cell<'_>) -> usize + Sync + 'a) -> Self {
        Self::shared_key("spec_id", "specification", of)
    }

    /// The key `event_id` of tables whose item is an event.
    pub(super) fn event() -> Self {
        Self::shared_key("event_id", "event", |cell| cell.item)
    }

    /// The key `group`, from the place of the group.
    pub(super) fn group(groups: &'a [Group], of: impl Fn(&Cell<'_>) -> usize + Sync + 'a) -> Self {
        Self::text("group", "all, or column=value", move |cell| Some(groups[of(cell)].label.as_str().into())).key()
    }

    /// The key `tau` of tables whose part is a day of the event window.
    pub(super) fn tau(finished: &'a Finished<'a>) -> Self {
        Self::int16_run("tau", "trading days from day 0", move |cell| {
            let first = finished.specification(cell.specification).event.first() + cell.part as i32;
            (first..).map(|tau| tau as i16)
        })
    }

    /// The keys `first` and `last`, the days of a window.
    pub(super) fn window(of: impl Fn(&Cell<'_>) -> Window + Copy + Sync + 'a) -> [Self; 2] {
        [
            Self::int16("first", "first day of the window", move |cell| Some(of(cell).first() as i16)).key(),
            Self::int16("last", "last day of the window", move |cell| Some(of(cell).last() as i16)).key(),
        ]
    }

    /// A column that is kept however the table is narrowed.
    pub(super) fn key(mut self) -> Self {
        self.key = true;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is kept however the table is narrowed.
    pub fn is_key(&self) -> bool {
        self.key
    }

    /// Its field.
    pub fn field(&self) -> Field {
        // One entry only: more would be written in an order that varies from run to run.
        let metadata = HashMap::from([("description".to_owned(), self.description.clone())]);
        Field::new(&self.name, self.data_type.clone(), !self.key).with_metadata(metadata)
    }

    /// Its values for some rows.
    pub fn array(&self, runs: &Runs) -> ArrayRef {
        (self.make)(runs)
    }
}

fn instant_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

#[cfg(test)]
mod tests {
    use dayzero_model::align::Day0Rule;

    use super::*;

    #[test]
    fn choices_are_numbered_as_they_are_declared() {
        assert!(Outcome::ALL.iter().enumerate().all(|(place, &outcome)| outcome as usize == place));
        assert!(Day0Rule::ALL.iter().enumerate().all(|(place, &rule)| rule as usize == place));
    }
}
