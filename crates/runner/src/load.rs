//! From the study's paths to a panel and the announcements.

use std::collections::HashSet;
use std::path::Path;

use dayzero_loader::assemble::{Assembled, Inputs, assemble};
use dayzero_loader::characteristics;
use dayzero_loader::events::{self, EventTable};
use dayzero_loader::fingerprint::Covered;
use dayzero_loader::prices::{self, PriceRows, Zones};
use dayzero_loader::quarters::{self, Quarter};
use dayzero_loader::spill::Bound;
use dayzero_loader::wanted::Wanted;
use dayzero_loader::{BenchmarkSource, CharacteristicSource};
use dayzero_model::ReturnKind;
use dayzero_model::peers::Characteristics;

use crate::config::Study;
use crate::config::backtest::FigureSource;
use crate::{Failure, backtest, regressions};

/// Everything that is read.
pub struct Loaded {
    /// The announcements.
    pub events: EventTable,
    /// The panel.
    pub assembled: Assembled,
    /// What is known of its securities beside their prices.
    pub characteristics: Characteristics,
    /// Their quarterly figures, where a backtest has a table of them.
    pub quarters: Vec<Quarter>,
}

/// The tables whose rows are many, before they become a panel.
pub struct Rows {
    events: EventTable,
    characteristics: CharacteristicSource,
    prices: PriceRows,
    log: bool,
}

/// Reads everything.
///
/// # Errors
/// An input that cannot be used.
pub fn load(study: &Study) -> Result<Loaded, Failure> {
    read(study)?.assemble(study)
}

/// Reads the events first, then the prices of just the securities that they and the markets need; all
/// of them where others stand in for those of the events.
///
/// # Errors
/// An input that cannot be used.
pub fn read(study: &Study) -> Result<Rows, Failure> {
    let events = events::read(&study.events)?;
    let characteristics = regressions::characteristics(study, &events)?;
    backtest::check_columns(study, &events)?;
    let mut names: HashSet<String> = events.security.distinct().iter().flatten().cloned().collect();
    for market in &study.markets {
        if let BenchmarkSource::Security(id) = &market.benchmark {
            names.insert(id.clone());
        }
    }
    names.extend(study.factors.securities.iter().map(|(_, id)| id.clone()));
    let zones = Zones { by_market: study.markets.iter().map(|m| (m.name.clone(), m.zone.clone())).collect() };
    let others = study.specifications.iter().any(|specification| specification.recipe.peers.is_some());
    let wanted = if others { Wanted::all() } else { Wanted::new(names) };
    let log = study.specifications.iter().any(|specification| specification.returns == ReturnKind::Log);
    let prices = prices::read(&study.prices, &wanted, &zones, bound(study, log).as_ref())?;
    Ok(Rows { events, characteristics, prices, log })
}

impl Rows {
    /// What was read of every price file.
    pub fn read(&self) -> &[Covered] {
        self.prices.read()
    }

    /// Makes a panel of the rows, and reads the smaller tables.
    ///
    /// # Errors
    /// An input that cannot be used.
    pub fn assemble(self, study: &Study) -> Result<Loaded, Failure> {
        let inputs = Inputs {
            prices: &study.prices,
            markets: &study.markets,
            factors: &study.factors,
            measures: &study.measures,
        };
        let mut assembled = assemble(inputs, self.prices)?;
        if self.log {
            assembled.panel.add_log_returns();
        }
        let source = self.characteristics;
        let characteristics = match source.numbers.is_empty() && source.labels.is_empty() {
            true => Characteristics::default(),
            false => {
                let (known, note) = characteristics::read(&source, &assembled.securities)?;
                assembled.notes.extend(note);
                known
            }
        };
        let figures = study.backtest.as_ref().and_then(|backtest| backtest.figures.as_ref());
        let quarters = match figures.and_then(FigureSource::table) {
            None => Vec::new(),
            Some(source) => {
                let (quarters, notes) = quarters::read(source, &assembled.securities)?;
                assembled.notes.extend(notes);
                quarters
            }
        };
        Ok(Loaded { events: self.events, assembled, characteristics, quarters })
    }
}

/// The bound on memory, with what the panel holds. The temporary file is made where the results will be, or above.
fn bound(study: &Study, log: bool) -> Option<Bound> {
    let there = study.output.dir.ancestors().find(|directory| directory.is_dir());
    Some(Bound {
        bytes: study.memory?,
        columns: 1 + study.prices.extras.len() + study.measures.len() + usize::from(log),
        directory: there.map_or_else(std::env::temp_dir, Path::to_owned),
    })
}
