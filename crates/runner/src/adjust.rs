//! p-values adjusted for the size of their families.

use std::ops::Range;

use dayzero_model::sample::Tested;
use dayzero_model::significance::WildCell;
use dayzero_model::significance::multiple::{benjamini_hochberg, benjamini_yekutieli, holm};
use dayzero_model::significance::step_down::{exceedances, romano_wolf};
use rayon::prelude::*;

use crate::config::raw::MultipleTesting;
use crate::infer::TestRow;

/// Joint draws that are held at once by a thread, for every test of a family.
const BLOCK: usize = 1024;

/// Adjusts p-values within their families: for each test and measure, the declared windows of all groups
/// and specifications are one family, the single days another. Joint draws are dropped.
pub fn adjust(rows: &mut [TestRow], adjustments: &[MultipleTesting], tests: &[&str]) {
    for test in tests {
        for (declared, measure) in [(true, Tested::Car), (true, Tested::Bhar), (false, Tested::Car)] {
            let family: Vec<(usize, f64)> = rows
                .iter()
                .enumerate()
                .filter(|(_, row)| {
                    row.test == *test && row.declared == declared && !row.is_around() && row.measure == measure
                })
                .filter_map(|(index, row)| Some((index, row.p_value()?)))
                .collect();
            let p_values: Vec<f64> = family.iter().map(|&(_, p)| p).collect();
            for adjustment in adjustments {
                let adjusted = match adjustment {
                    MultipleTesting::Holm => holm(&p_values),
                    MultipleTesting::Bh => benjamini_hochberg(&p_values),
                    MultipleTesting::By => benjamini_yekutieli(&p_values),
                    MultipleTesting::RomanoWolf => step_down(rows, &family),
                };
                for (&(index, _), p) in family.iter().zip(adjusted) {
                    let row = &mut rows[index];
                    let column = match adjustment {
                        MultipleTesting::Holm => &mut row.p_holm,
                        MultipleTesting::Bh => &mut row.p_bh,
                        MultipleTesting::By => &mut row.p_by,
                        MultipleTesting::RomanoWolf => &mut row.p_romano_wolf,
                    };
                    *column = Some(p);
                }
            }
        }
    }
    rows.iter_mut().for_each(|row| row.joint = None);
}

/// Romano and Wolf's adjustment of a family; nothing where its test has no joint draws.
///
/// Draws are made again, a block at a time, rather than kept from the test: the largest t* of a draw needs all
/// tests of the family at once, and so memory depends on the family and not on the draws.
fn step_down(rows: &[TestRow], family: &[(usize, f64)]) -> Vec<f64> {
    let Some(cells): Option<Vec<&WildCell>> = family.iter().map(|&(row, _)| rows[row].joint.as_ref()).collect() else {
        return Vec::new();
    };
    let Some(draws) = cells.first().map(|cell| cell.draws()) else { return Vec::new() };
    let observed: Vec<f64> = cells.iter().map(|cell| cell.observed.abs()).collect();
    let blocks: Vec<Range<usize>> = (0..draws).step_by(BLOCK).map(|start| start..(start + BLOCK).min(draws)).collect();
    let count = |block: &Range<usize>| {
        let drawn: Vec<Vec<f64>> = cells.iter().map(|cell| cell.drawn(block.clone())).collect();
        exceedances(&observed, &drawn)
    };
    let add = |mut total: Vec<usize>, counts: Vec<usize>| {
        total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        total
    };
    let counts = blocks.par_iter().map(count).reduce(|| vec![0; observed.len()], add);
    romano_wolf(&observed, &counts, draws)
}
