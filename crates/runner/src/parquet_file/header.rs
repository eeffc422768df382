//! The headers of pages, in Thrift's compact protocol (Apache Parquet, `parquet.thrift`).

use super::hybrid::varint;

/// What a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// Values as they are.
    Plain,
    /// Whole numbers as steps.
    Steps,
    /// Values as places in the dictionary.
    Coded,
    /// The dictionary.
    Dictionary,
}

/// Types of the fields of a structure, as the protocol numbers them.
const INT: u8 = 5;
const STRUCTURE: u8 = 12;

/// Encodings, as Parquet numbers them.
const PLAIN: usize = 0;
const RLE: usize = 3;
const DELTA_BINARY_PACKED: usize = 5;
const RLE_DICTIONARY: usize = 8;

/// Appends the header of a page of so many values, which takes so many bytes before and after compression.
pub(super) fn write(page: Page, values: usize, (raw, packed): (usize, usize), into: &mut Vec<u8>) {
    let is_dictionary = page == Page::Dictionary;
    field(into, 1, INT, Some(if is_dictionary { 2 } else { 0 }));
    field(into, 1, INT, Some(raw));
    field(into, 1, INT, Some(packed));
    // Data pages have their own header as field 5, dictionaries as field 7.
    field(into, if is_dictionary { 4 } else { 2 }, STRUCTURE, None);
    field(into, 1, INT, Some(values));
    let encoding = match page {
        Page::Plain | Page::Dictionary => PLAIN,
        Page::Steps => DELTA_BINARY_PACKED,
        Page::Coded => RLE_DICTIONARY,
    };
    field(into, 1, INT, Some(encoding));
    if !is_dictionary {
        field(into, 1, INT, Some(RLE));
        field(into, 1, INT, Some(RLE));
    }
    into.extend([0, 0]);
}

/// A field so many numbers behind the one before.
fn field(into: &mut Vec<u8>, step: u8, of: u8, value: Option<usize>) {
    into.push(step << 4 | of);
    if let Some(value) = value {
        // Numbers with a sign are folded: 0, -1, 1, -2, …
        varint(2 * value, into);
    }
}
