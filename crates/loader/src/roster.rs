//! Which securities the price rows have, and the market of each.

use std::collections::{BTreeSet, HashMap};

use dayzero_model::Measure;

use crate::chunk::Chunk;
use crate::{DataError, FactorSource, MarketSource, PriceSource};

/// What a panel is made of.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Where the price rows came from.
    pub prices: &'a PriceSource,
    /// The markets of the study.
    pub markets: &'a [MarketSource],
    /// The factors of the study.
    pub factors: &'a FactorSource,
    /// What is measured beside returns from close to close.
    pub measures: &'a [Measure],
}

/// The securities of the price rows, in the order of their identifiers.
pub(crate) struct Roster {
    pub(crate) ids: Vec<String>,
    /// Per chunk and local code, the security.
    pub(crate) codes: Vec<Vec<Option<usize>>>,
    pub(crate) market_of: Vec<Option<usize>>,
    pub(crate) unconfigured: HashMap<String, String>,
}

impl Roster {
    pub(crate) fn new(inputs: &Inputs<'_>, chunks: &[Chunk]) -> Result<Self, DataError> {
        let names = chunks.iter().flat_map(Chunk::securities_with_rows);
        let ids: Vec<String> = names.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let find = |name: &String| ids.binary_search(name).ok();
        let codes = chunks.iter().map(|chunk| chunk.securities.iter().map(find).collect()).collect();
        let mut roster = Self { market_of: vec![None; ids.len()], ids, codes, unconfigured: HashMap::new() };
        roster.find_markets(inputs, chunks)?;
        Ok(roster)
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.ids.binary_search_by(|known| known.as_str().cmp(id)).ok()
    }

    fn find_markets(&mut self, inputs: &Inputs<'_>, chunks: &[Chunk]) -> Result<(), DataError> {
        let mut named: Vec<Option<&str>> = vec![None; self.ids.len()];
        for (c, chunk) in chunks.iter().enumerate() {
            if chunk.markets.is_empty() && chunk.len() > 0 {
                if inputs.markets.len() > 1 {
                    let problem =
                        format!("the study has {} markets, but this column is not there", inputs.markets.len());
                    let error = DataError::new(problem).file(&inputs.prices.files[chunk.file].path);
                    return Err(error.column(&inputs.prices.market).remedy("name the market of every row"));
                }
                self.codes[c].iter().flatten().for_each(|&security| self.market_of[security] = Some(0));
                continue;
            }
            let mut contradictions = Vec::new();
            for run in &chunk.runs {
                let Some(security) = self.codes[c][run.security as usize] else { continue };
                let market = chunk.markets[run.market as usize].as_str();
                let known = *named[security].get_or_insert(market);
                if known != market {
                    contradictions.push((chunk.first_row(run), security, market, known));
                }
            }
            if let Some((row, security, market, known)) = contradictions.into_iter().min() {
                let problem = format!("{} is in market {market} here and in {known} before", self.ids[security]);
                let file = &inputs.prices.files[chunk.file].path;
                let error = DataError::new(problem).file(file).column(&inputs.prices.market).row(row);
                return Err(error.remedy("a security belongs to one market; give the listings different identifiers"));
            }
        }
        for (security, market) in named.iter().enumerate() {
            let Some(market) = market else { continue };
            self.market_of[security] = inputs.markets.iter().position(|known| known.name == *market);
            if self.market_of[security].is_none() {
                self.unconfigured.insert(self.ids[security].clone(), (*market).to_owned());
            }
        }
        Ok(())
    }
}
