//! The peers of every event, chosen once before estimation.

use std::fmt;
use std::sync::Arc;

use super::snapshot::{Cells, Columns, Snapshot};
use super::{Characteristics, PeerRule};
use crate::Date;

/// How many more of the nearest securities are kept than are wanted: those without returns around
/// the event give way to the next.
const SPARE: usize = 5;

/// A column that a rule names and the characteristics do not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownColumn(pub String);

impl fmt::Display for UnknownColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the characteristics have no column {}", self.0)
    }
}

impl std::error::Error for UnknownColumn {}

/// The peers of events under one rule.
#[derive(Clone, Debug)]
pub struct PeerGroups {
    events: Vec<Choice>,
}

/// The securities with which that of an event is compared, itself perhaps among them: so that the
/// events of one cell share a list.
#[derive(Clone, Debug)]
struct Choice {
    own: u32,
    listed: Result<Arc<[u32]>, String>,
}

/// The peers of one event.
#[derive(Clone, Copy, Debug)]
pub struct Peers<'a> {
    own: u32,
    listed: &'a [u32],
}

impl<'a> Peers<'a> {
    /// The peers, as indices into the panel: nearest first under [`PeerRule::Nearest`], else rising.
    pub fn iter(self) -> impl Iterator<Item = usize> + 'a {
        self.listed.iter().filter(move |&&security| security != self.own).map(|&security| security as usize)
    }
}

impl PeerGroups {
    /// Chooses the peers of events, each a security and its day 0, from what was known before that
    /// day. `markets` is the market of every security of the panel; `excluded` are securities that
    /// are nobody's peers, such as benchmarks. `traded` says whether a security still traded before the
    /// event window of a day 0: what has left the market is no peer and sets no breakpoint.
    ///
    /// # Errors
    /// The characteristics lack a column of the rule.
    pub fn new(
        rule: &PeerRule,
        characteristics: &Characteristics,
        markets: &[usize],
        excluded: &[usize],
        events: &[(usize, Date)],
        traded: impl Fn(usize, Date) -> bool,
    ) -> Result<Self, UnknownColumn> {
        let columns = Columns::find(rule, characteristics)?;
        let candidates = candidates(markets, excluded);
        // What is known, and who still trades, may change from day to day: events of one day are alike.
        let state = |event: usize| {
            let (security, day0) = events[event];
            (markets[security], day0)
        };
        let states: Vec<_> = (0..events.len()).map(state).collect();
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|&event| states[event]);
        let quantiles = rule.quantiles();
        let unchosen = |&(security, _): &(usize, Date)| Choice { own: security as u32, listed: Err(String::new()) };
        let mut chosen: Vec<Choice> = events.iter().map(unchosen).collect();
        for alike in order.chunk_by(|&a, &b| states[a] == states[b]) {
            let (market, day0) = states[alike[0]];
            let trading: Vec<u32> =
                candidates[market].iter().copied().filter(|&security| traded(security as usize, day0)).collect();
            let snapshot = Snapshot::take(&columns, &trading, day0);
            let mut cells = Cells::new(&snapshot, &quantiles);
            for &event in alike {
                let (security, day0) = events[event];
                let own = security as u32;
                let listed = columns.profile(security, day0).map(|profile| match rule {
                    PeerRule::Nearest { count, .. } => snapshot.nearest(&profile, own, SPARE * count),
                    PeerRule::Portfolio { .. } | PeerRule::Donors { .. } => cells.around(&profile),
                });
                let alone = |listed: &Arc<[u32]>| listed.iter().all(|&security| security == own);
                chosen[event].listed = match listed {
                    Ok(listed) if alone(&listed) => Err(rule.without_peers()),
                    other => other,
                };
            }
        }
        Ok(Self { events: chosen })
    }

    /// The peers of an event, at least one, or the reason why there are none.
    ///
    /// # Errors
    /// Something that the rule asks for was not known of the security, or nobody is like it.
    pub fn of(&self, event: usize) -> Result<Peers<'_>, &str> {
        let Choice { own, listed } = &self.events[event];
        listed.as_ref().map(|listed| Peers { own: *own, listed }).map_err(String::as_str)
    }
}

/// The securities of every market that may be peers, rising.
fn candidates(markets: &[usize], excluded: &[usize]) -> Vec<Vec<u32>> {
    let mut candidates = by_market(markets);
    let mut eligible = vec![true; markets.len()];
    for &security in excluded {
        eligible[security] = false;
    }
    for (security, &market) in markets.iter().enumerate().filter(|&(security, _)| eligible[security]) {
        candidates[market].push(security as u32);
    }
    candidates
}

fn by_market<T>(markets: &[usize]) -> Vec<Vec<T>> {
    (0..markets.iter().max().map_or(0, |last| last + 1)).map(|_| Vec::new()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(size: &[f64], industry: &[&str]) -> Characteristics {
        let securities: Vec<usize> = (0..size.len()).collect();
        let industry = industry.iter().map(|&name| (name != "?").then(|| name.to_owned())).collect();
        let known = vec![Some(Date(9)); size.len()];
        let numbers = vec![("size".to_owned(), size.to_vec())];
        Characteristics::new(&securities, &known, numbers, vec![("industry".to_owned(), industry)])
            .expect("no duplicates")
    }

    fn portfolio(quantiles: usize, within: &[&str]) -> PeerRule {
        let within = within.iter().map(|&name| name.to_owned()).collect();
        PeerRule::Portfolio { sorts: vec![("size".to_owned(), quantiles)], within }
    }

    fn nearest(count: usize) -> PeerRule {
        PeerRule::Nearest { columns: vec!["size".to_owned()], within: vec![], count }
    }

    /// The peers of every security of one market on day 10, or the reason.
    fn all(rule: &PeerRule, table: &Characteristics, securities: usize) -> Vec<Result<Vec<usize>, String>> {
        let events: Vec<_> = (0..securities).map(|security| (security, Date(10))).collect();
        let groups = PeerGroups::new(rule, table, &vec![0; securities], &[], &events, |_, _| true)
            .expect("the columns are there");
        let peers = |event| groups.of(event).map(|peers| peers.iter().collect()).map_err(str::to_owned);
        (0..securities).map(peers).collect()
    }

    #[test]
    fn cells_leave_out_the_security_itself_and_say_why_they_are_empty() {
        let table = table(&[1.0, 2.0, f64::NAN, 3.0, 9.0, 8.0], &["a", "a", "a", "a", "a", "?"]);
        let unknown = || Err("no size is known before day 0".to_owned());
        // The median of the five known sizes is 3.
        let halves = [Ok(vec![1, 3]), Ok(vec![0, 3]), unknown(), Ok(vec![0, 1]), Ok(vec![5]), Ok(vec![4])];
        assert_eq!(all(&portfolio(2, &[]), &table, 6), halves);
        let nobody = "no other security of its market has the same quantile of size".to_owned();
        assert_eq!(all(&portfolio(5, &[]), &table, 6)[0], Err(nobody));
        let labelled = all(&portfolio(1, &["industry"]), &table, 6);
        assert_eq!(labelled[0], Ok(vec![1, 3, 4]));
        assert_eq!(labelled[5], Err("no industry is known before day 0".to_owned()));
    }

    #[test]
    fn the_nearest_come_first_and_ties_in_the_order_of_securities() {
        let sizes = [5.0, 7.0, 3.0, 5.5, f64::NAN, 4.0, 100.0, 8.0];
        let table = table(&sizes, &["a"; 8]);
        assert_eq!(all(&nearest(1), &table, 8)[0], Ok(vec![3, 5, 1, 2, 7]));
        assert_eq!(all(&nearest(2), &table, 8)[0], Ok(vec![3, 5, 1, 2, 7, 6]));
    }

    #[test]
    fn columns_weigh_by_their_spread_and_not_at_all_without_one() {
        let numbers = vec![
            ("large".to_owned(), vec![0.0, 1000.0, 0.0, 3000.0]),
            ("small".to_owned(), vec![0.0, 0.0, 0.002, 0.003]),
            ("same".to_owned(), vec![7.0; 4]),
        ];
        let table = Characteristics::new(&[0, 1, 2, 3], &[None; 4], numbers, vec![]).expect("no duplicates");
        let columns = ["large", "small", "same"].map(str::to_owned).to_vec();
        let rule = PeerRule::Nearest { columns, within: vec![], count: 1 };
        assert_eq!(all(&rule, &table, 4)[0], Ok(vec![1, 2, 3]));
    }

    #[test]
    fn donors_are_all_others_of_the_market_and_need_no_characteristics() {
        let donors = |within: &[&str]| {
            let within = within.iter().map(|&name| name.to_owned()).collect();
            PeerRule::Donors { within, count: 1 }
        };
        let nothing = Characteristics::default();
        let events = [(0, Date(0)), (2, Date(1)), (1, Date(2)), (3, Date(3))];
        let groups =
            PeerGroups::new(&donors(&[]), &nothing, &[0, 1, 0, 0], &[3], &events, |_, _| true).expect("no columns");
        let peers = |event| groups.of(event).map(|peers| peers.iter().collect::<Vec<_>>());
        assert_eq!(peers(0), Ok(vec![2]));
        assert_eq!(peers(1), Ok(vec![0]));
        assert_eq!(peers(2), Err("its market has no other security"));
        // A benchmark is no peer, but may have events.
        assert_eq!(peers(3), Ok(vec![0, 2]));

        let table = table(&[1.0; 4], &["a", "b", "a", "b"]);
        assert_eq!(all(&donors(&["industry"]), &table, 4), [2, 3, 0, 1].map(|peer| Ok(vec![peer])));
    }

    #[test]
    fn an_unknown_column_is_an_error() {
        let table = table(&[1.0], &["a"]);
        let unknown = |rule| PeerGroups::new(&rule, &table, &[0], &[], &[], |_, _| true).err().map(|error| error.0);
        assert_eq!(unknown(portfolio(2, &["size"])), Some("size".to_owned()));
        assert_eq!(
            unknown(PeerRule::Nearest { columns: vec!["value".into()], within: vec![], count: 1 }),
            Some("value".into())
        );
        assert_eq!(unknown(nearest(1)), None);
    }
}
