//! Parquet's hybrid of runs and packed bits, for definition levels and places in dictionaries.

use arrow::buffer::{BooleanBuffer, NullBuffer};

/// Appends a number in sevens of bits, the lowest first.
pub(super) fn varint(mut number: usize, into: &mut Vec<u8>) {
    while number > 0x7f {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Appends numbers of so many bits.
pub(super) fn encode(numbers: &[u32], width: u32, into: &mut Vec<u8>) {
    let (mut packed, mut at) = (0, 0);
    while at < numbers.len() {
        let run = numbers[at..].iter().take_while(|&&number| number == numbers[at]).count();
        // Packed numbers come in eights, which the first of the run fill up.
        let fill = (at - packed).next_multiple_of(8) - (at - packed);
        if run >= fill + 8 {
            packed_run(&numbers[packed..at + fill], width, into);
            repeat(numbers[at], run - fill, width, into);
            packed = at + run;
        }
        at += run;
    }
    packed_run(&numbers[packed..], width, into);
}

/// A run of one number.
fn repeat(number: u32, count: usize, width: u32, into: &mut Vec<u8>) {
    varint(count << 1, into);
    into.extend_from_slice(&number.to_le_bytes()[..width.div_ceil(8) as usize]);
}

/// Numbers side by side in bits, in eights.
fn packed_run(numbers: &[u32], width: u32, into: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let eights = numbers.len().div_ceil(8);
    varint(eights << 1 | 1, into);
    let end = into.len() + eights * width as usize;
    pack(numbers, width, into);
    into.resize(end, 0);
}

/// Appends numbers side by side in so many bits each, from the lowest of the first byte on.
pub(super) fn pack(numbers: &[u32], width: u32, into: &mut Vec<u8>) {
    if width == 0 {
        return;
    }
    let (mut waiting, mut bits) = (0_u64, 0);
    for &number in numbers {
        waiting |= u64::from(number) << bits;
        bits += width;
        if bits >= 32 {
            into.extend_from_slice(&(waiting as u32).to_le_bytes());
            waiting >>= 32;
            bits -= 32;
        }
    }
    into.extend_from_slice(&waiting.to_le_bytes()[..bits.div_ceil(8) as usize]);
}

/// Appends the definition levels of a page, their length first: which of its rows have a value.
pub(super) fn levels(nulls: Option<&NullBuffer>, rows: usize, into: &mut Vec<u8>) {
    let start = into.len();
    into.extend([0; 4]);
    match nulls.filter(|nulls| nulls.null_count() > 0) {
        Some(nulls) if nulls.null_count() < rows => {
            varint(rows.div_ceil(8) << 1 | 1, into);
            into.extend(bits(nulls.inner()));
        }
        nulls => repeat(u32::from(nulls.is_none()), rows, 1, into),
    }
    let length = (into.len() - start - 4) as u32;
    into[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// Bits from the lowest of the first byte on, zeros behind them.
pub(super) fn bits(bits: &BooleanBuffer) -> Vec<u8> {
    let mut bytes = bits.sliced().as_slice()[..bits.len().div_ceil(8)].to_vec();
    if let (Some(last), used @ 1..) = (bytes.last_mut(), bits.len() % 8) {
        *last &= (1 << used) - 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_packed_numbers_are_as_the_format_says() {
        let encoded = |numbers: &[u32], width| {
            let mut bytes = Vec::new();
            encode(numbers, width, &mut bytes);
            bytes
        };
        // The example of the format's own description: 0 to 7 in three bits.
        assert_eq!(encoded(&[0, 1, 2, 3, 4, 5, 6, 7], 3), [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
        assert_eq!(encoded(&[300; 100], 9), [0b1100_1000, 1, 0b10_1100, 1]);
        // Five of the run fill up the eight that begins before it.
        let mixed: Vec<u32> = [1, 2, 3].into_iter().chain([7; 20]).chain([5]).collect();
        assert_eq!(encoded(&mixed, 4), [0b11, 0x21, 0x73, 0x77, 0x77, 30, 7, 0b11, 5, 0, 0, 0]);
        assert!(encoded(&[], 4).is_empty());
    }
}
