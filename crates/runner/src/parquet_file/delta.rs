//! Whole numbers as what each adds to the one before, in as few bits as that takes (Apache Parquet, Encodings,
//! DELTA_BINARY_PACKED): for identifiers, which count up, and dates.

use super::hybrid::{pack, varint};

/// Numbers of a block, and of its parts, each of which has a width of its own.
const BLOCK: usize = 128;
const PART: usize = 32;

/// Appends numbers.
pub(super) fn encode(numbers: &[i32], into: &mut Vec<u8>) {
    varint(BLOCK, into);
    varint(BLOCK / PART, into);
    varint(numbers.len(), into);
    signed(numbers.first().copied().unwrap_or(0), into);
    let behind = numbers.get(1..).unwrap_or_default();
    for (before, numbers) in numbers.chunks(BLOCK).zip(behind.chunks(BLOCK)) {
        let mut steps = [0; BLOCK];
        for (step, (number, before)) in steps.iter_mut().zip(numbers.iter().zip(before)) {
            *step = number.wrapping_sub(*before);
        }
        block(&steps[..numbers.len()], into);
    }
}

fn block(steps: &[i32], into: &mut Vec<u8>) {
    let least = steps.iter().copied().min().unwrap_or(0);
    signed(least, into);
    let widths = into.len();
    into.extend([0; BLOCK / PART]);
    for (part, steps) in steps.chunks(PART).enumerate() {
        let mut above = [0; PART];
        above.iter_mut().zip(steps).for_each(|(above, step)| *above = step.wrapping_sub(least) as u32);
        let width = u32::BITS - above.iter().fold(0, |all, above| all | above).leading_zeros();
        into[widths + part] = width as u8;
        pack(&above, width, into);
    }
}

/// Appends a number with a sign; 0, -1, 1, -2 and so on are folded to 0, 1, 2, 3.
fn signed(number: i32, into: &mut Vec<u8>) {
    varint(((number << 1) ^ (number >> 31)) as u32 as usize, into);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_packed_as_the_format_says() {
        let encoded = |numbers: &[i32]| {
            let mut bytes = Vec::new();
            encode(numbers, &mut bytes);
            bytes
        };
        // The examples of the format's own description.
        assert_eq!(encoded(&[1, 2, 3, 4, 5]), [128, 1, 4, 5, 2, 2, 0, 0, 0, 0]);
        let mut want = vec![128, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0b1100_0000, 0b11_1111];
        want.extend([0; 6]);
        assert_eq!(encoded(&[7, 5, 3, 1, 2, 3, 4, 5]), want);
        assert_eq!(encoded(&[]), [128, 1, 4, 0, 0]);
        assert_eq!(encoded(&[-3]), [128, 1, 4, 1, 5]);
    }
}
