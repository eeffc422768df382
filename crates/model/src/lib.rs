//! Event-study estimation and inference: numbers in, numbers out.
//!
//! This crate knows no files, no Arrow, no clock and starts no threads. Its nouns, in the order in
//! which a study meets them:
//!
//! 1. [`Calendar`] and [`Market`]: the trading days of a market become small integers, once.
//! 2. [`Panel`]: dense returns of every security on its market's calendar, with factors beside them.
//! 3. [`align`]: an announcement becomes day 0.
//! 4. [`expected`]: return models, one file each, in the registry [`expected::MODELS`].
//! 5. [`estimate`] and [`abnormal`]: one event under one specification.
//! 6. [`significance`]: test statistics, one file each, in the registry [`significance::TESTS`].
//! 7. [`differences`]: tests of two groups, one file each, in the registry [`differences::DIFFERENCES`].
//! 8. [`longrun`] and [`crosssection`]: portfolios in calendar time, and what explains the size of a CAR.
//! 9. [`backtest`]: the events traded as a strategy, with decisions that see the past only.
//! 10. [`performance`]: what daily returns and closed lots say of a strategy, and how much of it is luck.
//!
//! ```
//! use dayzero_model::design::Design;
//! use dayzero_model::estimate::Estimator;
//! use dayzero_model::expected::{self, ModelOptions};
//! use dayzero_model::{
//!     Calendar, Date, EventCalendar, EventPlace, Hours, Market, MissingPolicy, Panel, Response, ReturnKind,
//!     Specification, Window,
//! };
//!
//! // A market of 100 days, and a security that moves with it but for 5 % on day 80.
//! let market_return = |day: usize| if day % 2 == 0 { 0.01 } else { -0.01 };
//! let market = Market {
//!     name: "US".into(),
//!     calendar: Calendar::new((0..100).map(Date).collect()).unwrap(),
//!     hours: Hours::new(34_200, 57_600, Default::default()).unwrap(),
//!     benchmark: (0..100).map(market_return).collect(),
//!     measures: vec![],
//!     factors: vec![],
//!     risk_free: None,
//! };
//! let security = |day: usize| 1.2 * market_return(day) + if day == 80 { 0.05 } else { 0.001 * (day % 3) as f64 };
//! let mut panel = Panel::new(vec![market], vec![]);
//! panel.push("A".into(), 0, 0, &(0..100).map(security).collect::<Vec<_>>());
//!
//! let model = expected::model("market").unwrap();
//! let specification = Specification {
//!     model,
//!     options: String::new(),
//!     recipe: model.recipe(&ModelOptions::default()).unwrap(),
//!     response: Response::Return,
//!     returns: ReturnKind::Simple,
//!     trade_to_trade: false,
//!     diagnostics: false,
//!     estimation: Window::new(-60, -11).unwrap(),
//!     event: Window::new(-1, 1).unwrap(),
//!     car_windows: vec![],
//!     around: vec![],
//!     minimum_observations: 30,
//!     mask_other_events: 0,
//!     missing: MissingPolicy::Exclude,
//!     variants: Default::default(),
//! };
//! let design = Design::new(&panel, &specification, 0, &[]).unwrap();
//! let events = EventCalendar::new([(0, 80)]);
//! let peers = Err("the market model needs none");
//! let place = EventPlace { panel: &panel, security: 0, day0: 80, events: &events, peers, characteristics: None };
//! let mut estimator = Estimator::default();
//! estimator.estimate(&specification, &design, &place).unwrap();
//! let day0 = estimator.days.days().nth(1).flatten().unwrap();
//! assert!((day0.ar - 0.049).abs() < 1e-4);
//! ```
//!
//! Returns are decimals everywhere (0.01 is one per cent). NaN exists only inside the panel;
//! downstream a value is finite, or it is absent with a reason ([`Maybe`], [`Outcome`],
//! [`significance::Undefined`]).

pub mod abnormal;
pub mod align;
pub mod averages;
pub mod backtest;
pub mod calendar;
pub mod crosssection;
pub mod date;
pub mod design;
pub mod diagnostics;
pub mod differences;
pub mod estimate;
pub mod event;
pub mod event_time;
pub mod expected;
pub mod groups;
pub mod influence;
mod kernel;
pub mod longrun;
pub mod market;
pub mod maybe;
pub mod outcome;
pub mod panel;
pub mod peers;
pub mod performance;
pub mod period;
pub mod permutation;
mod placebo;
pub mod pseudo_events;
pub mod rejections;
pub mod results;
pub mod robust;
pub mod sample;
pub mod significance;
pub mod simplex;
pub mod simulate;
pub mod specification;
mod standins;
mod symmetric;
pub mod variants;
pub mod volatility;
pub mod window;

pub use calendar::Calendar;
pub use date::Date;
pub use event::{EventCalendar, EventPlace};
pub use market::{Hours, Market};
pub use maybe::Maybe;
pub use outcome::Outcome;
pub use panel::{Measure, Panel, ReturnKind, Security};
pub use specification::{MissingPolicy, Response, Specification};
pub use window::Window;
