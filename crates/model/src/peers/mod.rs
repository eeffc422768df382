//! Securities that stand for another one at its event, and what holding them earned.
//!
//! Three kinds of return models compare a security with others of its market: reference portfolios
//! (Lyon, Barber & Tsai 1999, Journal of Finance 54(1)), matched firms (Barber & Lyon 1997, Journal of
//! Financial Economics 43(3)) and synthetic controls (Abadie, Diamond & Hainmueller 2010, Journal of
//! the American Statistical Association 105(490)). [`PeerRule`] says which, [`Characteristics`] are
//! what it goes by, and [`PeerGroups`] are the answers, for all events at once. The peers' returns
//! then choose further ([`most_correlated`]) or are held ([`buy_and_hold`]).
//!
//! ```
//! use dayzero_model::Date;
//! use dayzero_model::peers::{Characteristics, PeerGroups, PeerRule};
//!
//! let size = ("size".to_owned(), vec![10.0, 20.0, 30.0, 40.0]);
//! let known_from = [Some(Date(100)); 4];
//! let characteristics = Characteristics::new(&[0, 1, 2, 3], &known_from, vec![size], vec![]).unwrap();
//! let rule = PeerRule::Portfolio { sorts: vec![("size".to_owned(), 2)], within: vec![] };
//! let events = [(3, Date(101)), (3, Date(100))];
//! let groups = PeerGroups::new(&rule, &characteristics, &[0; 4], &[], &events, |_, _| true).unwrap();
//! assert_eq!(groups.of(0).unwrap().iter().collect::<Vec<_>>(), [2]);
//! assert_eq!(groups.of(1).unwrap_err(), "no size is known before day 0");
//! ```

mod characteristics;
mod correlated;
mod holding;
mod rule;
mod select;
mod snapshot;

pub use characteristics::{Characteristics, DuplicateRows};
pub use correlated::most_correlated;
pub use holding::buy_and_hold;
pub use rule::PeerRule;
pub use select::{PeerGroups, Peers, UnknownColumn};
