//! What every return model must satisfy, whatever it is: a new one in the registry is tested here
//! without a line of its own.

use dayzero_model::design::Design;
use dayzero_model::estimate::{Estimator, Exclusion};
use dayzero_model::expected::{MODELS, ModelOptions, OptionValue, ReturnModel, Source};
use dayzero_model::peers::{Characteristics, PeerGroups};
use dayzero_model::simulate::{FACTORS, Plan, SEASON, simulate};
use dayzero_model::{
    Calendar, Date, EventCalendar, EventPlace, Hours, Market, Measure, MissingPolicy, Panel, Response, ReturnKind,
    Specification, Window,
};

const DAY0: usize = 270;
const SECURITIES: usize = 9;

/// A simulated market with nine securities, the event being of the first. `edit` changes the returns of
/// the first and `others` those of everything else: benchmark, factors and the other securities.
fn panel(edit: impl Fn(usize, f64) -> f64, others: impl Fn(usize, f64) -> f64) -> Panel {
    let plan = Plan {
        markets: vec!["US"],
        securities: SECURITIES,
        days: 420,
        events: 1,
        effect: 0.02,
        clustering: 1.0,
        season: SEASON,
        correlation: 0.2,
        tails: None,
        seed: 3,
    };
    let simulated = simulate(&plan);
    let returns = |series: usize| -> Vec<f64> {
        let prices = &simulated.series[series].prices;
        std::iter::once(f64::NAN).chain(prices.windows(2).map(|p| p[1].1 / p[0].1 - 1.0)).collect()
    };
    let dates: Vec<Date> = simulated.series[0].prices.iter().map(|&(date, _)| date).collect();
    let factor = |j: usize| -> Vec<f64> {
        let on = |date: &Date| simulated.factors.iter().find(|(d, _)| d == date).map_or(f64::NAN, |(_, row)| row[j]);
        dates.iter().map(on).collect()
    };
    let edited = |values: Vec<f64>, edit: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        values.into_iter().enumerate().map(|(day, r)| edit(day, r)).collect()
    };
    let names: Vec<String> = FACTORS[..6].iter().map(|&name| name.to_owned()).collect();
    let market = Market {
        name: "US".into(),
        calendar: Calendar::new(dates.clone()).expect("dates"),
        hours: Hours::new(0, 86_400, Default::default()).expect("hours"),
        benchmark: edited(returns(0), &others),
        measures: vec![],
        factors: (0..6).map(|j| edited(factor(j), &others)).collect(),
        risk_free: Some(factor(6)),
    };
    let mut panel = Panel::new(vec![market], names);
    for security in 0..SECURITIES {
        let values = returns(1 + security);
        let values = if security == 0 { edited(values, &edit) } else { edited(values, &others) };
        panel.push(format!("S{security}"), 0, 0, &values);
        panel.push_measure(Measure::Expected, &edited(returns(0), &others));
    }
    panel.add_log_returns();
    panel
}

fn plain() -> Panel {
    panel(|_, r| r, |_, r| r)
}

fn characteristics() -> Characteristics {
    let securities: Vec<usize> = (0..SECURITIES).collect();
    let size = (0..SECURITIES).map(|s| (s * 7 % SECURITIES) as f64).collect();
    Characteristics::new(&securities, &[None; SECURITIES], vec![("size".into(), size)], vec![]).expect("one row each")
}

/// Options for the models that cannot do without.
fn options(model: &dyn ReturnModel) -> ModelOptions {
    let texts = |texts: &[&str]| OptionValue::Texts(texts.iter().map(|&text| text.to_owned()).collect());
    let option = match model.name() {
        "factors" => ("factors", texts(&["market", "smb"])),
        "reference_portfolio" => ("sort", OptionValue::Counts([("size".to_owned(), 2)].into())),
        "matched_firm" => ("match", texts(&["size"])),
        _ => return ModelOptions::default(),
    };
    ModelOptions::new([(option.0.to_owned(), option.1)])
}

fn specification(model: &'static dyn ReturnModel, returns: ReturnKind) -> Specification {
    let window = |a, b| Window::new(a, b).expect("ordered");
    Specification {
        model,
        options: String::new(),
        recipe: model.recipe(&options(model)).expect("sensible options"),
        response: Response::Return,
        returns,
        trade_to_trade: false,
        estimation: window(-250, -21),
        event: window(-10, 10),
        car_windows: vec![window(-10, 10), window(-10, -1), window(0, 10), window(0, 0)],
        around: vec![],
        minimum_observations: 100,
        mask_other_events: 0,
        missing: MissingPolicy::Exclude,
        diagnostics: false,
        variants: Default::default(),
    }
}

fn try_estimate(panel: &Panel, specification: &Specification) -> Result<Estimator, Exclusion> {
    estimate_among(panel, specification, &EventCalendar::new([(0, DAY0)]))
}

fn estimate_among(
    panel: &Panel,
    specification: &Specification,
    events: &EventCalendar,
) -> Result<Estimator, Exclusion> {
    let design = Design::new(panel, specification, 0, &[true; 6]).expect("every factor is there");
    let characteristics = characteristics();
    let day0 = panel.markets[0].calendar.dates()[DAY0];
    let groups = specification.recipe.peers.as_ref().map(|rule| {
        PeerGroups::new(rule, &characteristics, &[0; SECURITIES], &[], &[(0, day0)], |_, _| true)
            .expect("every column is there")
    });
    let place = EventPlace {
        panel,
        security: 0,
        day0: DAY0,
        events,
        peers: groups.as_ref().map_or(Err("none are needed"), |groups| groups.of(0)),
        characteristics: Some(&characteristics),
    };
    let mut estimator = Estimator::default();
    estimator.estimate(specification, &design, &place)?;
    Ok(estimator)
}

fn estimate(panel: &Panel, specification: &Specification) -> Estimator {
    try_estimate(panel, specification).expect("estimated")
}

/// Every model with both kinds of return.
fn each(check: impl Fn(&Specification)) {
    for model in MODELS {
        for returns in [ReturnKind::Simple, ReturnKind::Log] {
            println!("{} with {} returns", model.name(), returns.name());
            check(&specification(*model, returns));
        }
    }
}

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a:e} against {b:e}");
}

#[test]
fn cars_add_up() {
    let panel = plain();
    each(|specification| {
        let Estimator { fit, days, .. } = &mut estimate(&panel, specification);
        let mut sum = |i: usize| days.cumulative(specification, fit, specification.car_windows[i]);
        let (whole, before, after, day) = (sum(0), sum(1), sum(2), sum(3));
        let [whole, before, after, car] = [whole, before, after, day].map(|sum| sum.car.get().expect("complete"));
        close(whole, before + after, 1e-14);
        let day0 = days.day(10).expect("present");
        close(car, day0.ar, 0.0);
        close(day.scar.get().expect("varies"), day0.sar.expect("varies"), 1e-14);
        close(day0.actual - day0.expected, day0.ar, 0.0);
    });
}

/// Days outside both windows, before them, between them and after them, have no influence at all, be
/// they of the security, of the market, of factors or of peers.
#[test]
fn nothing_is_looked_at_beyond_the_windows() {
    let inside = |day: usize| (DAY0 - 250..=DAY0 - 21).contains(&day) || (DAY0 - 10..=DAY0 + 10).contains(&day);
    let disturb = |day: usize, r: f64| if inside(day) { r } else { 0.5 };
    let (plain, disturbed) = (plain(), panel(disturb, disturb));
    each(|specification| {
        let (a, b) = (estimate(&plain, specification), estimate(&disturbed, specification));
        assert_eq!(a.fit.coefficients, b.fit.coefficients);
        assert!(a.days.days().eq(b.days.days()));
        assert_eq!(a.placebo_shares, b.placebo_shares);
    });
}

/// What a specification says that it looks through is all that it looks at: when every return after that day is
/// another one or is missing, and every security has an event there, the estimate stays, and so do the abnormal
/// returns of days through then. Backtests rely on it.
#[test]
fn estimates_are_known_when_they_say() {
    let plain = plain();
    let none = EventCalendar::new([(0, DAY0)]);
    each(|specification| {
        let mut specification = specification.clone();
        (specification.estimation, specification.mask_other_events) = (Window::new(-250, -12).expect("ordered"), 13);
        if let Some(reach) = specification.recipe.peers.is_some().then(|| specification.looks_through()) {
            assert!(reach >= 1, "{reach}");
        }
        let before = estimate_among(&plain, &specification, &none).expect("estimated");
        for tau in [-10, -3, 0, 2, 10] {
            let known = (DAY0 as i32 + tau.max(specification.looks_through())) as usize;
            let later = |other: f64| move |day: usize, r: f64| if day <= known { r } else { other };
            let events = (0..SECURITIES).flat_map(|security| (known + 1..known + 8).map(move |day| (security, day)));
            let events = EventCalendar::new(events.chain([(0, DAY0)]));
            for other in [0.3, f64::NAN] {
                let panel = panel(later(other), later(other));
                let after = estimate_among(&panel, &specification, &events).expect("estimated");
                assert_eq!(before.fit.coefficients, after.fit.coefficients);
                assert_eq!(before.fit.reported(), after.fit.reported());
                let ar = |estimator: &Estimator| {
                    estimator.days.days().nth((tau + 10) as usize).expect("in the window").map(|day| day.ar)
                };
                assert!(ar(&before).is_some());
                assert_eq!(ar(&before), ar(&after));
            }
        }
    });
}

/// What happens in the event window does not move what was expected of it.
#[test]
fn the_event_does_not_contaminate_its_expectation() {
    let (plain, shocked) = (plain(), panel(|day, r| if day >= DAY0 - 10 { r + 0.25 } else { r }, |_, r| r));
    each(|specification| {
        let (a, b) = (estimate(&plain, specification), estimate(&shocked, specification));
        for (a, b) in a.days.days().flatten().zip(b.days.days().flatten()) {
            assert_eq!(a.expected, b.expected);
            assert!(b.ar > a.ar);
        }
    });
}

/// Doubling every return on the left and on the right doubles ARs and leaves standardised ones. A
/// portfolio that is held does not double with its members, and is left out.
#[test]
fn standardised_returns_have_no_unit() {
    let plain = plain();
    let mut double = panel(|_, r| 2.0 * r, |_, r| 2.0 * r);
    double.markets[0].risk_free.iter_mut().flatten().for_each(|r| *r *= 2.0);
    for model in MODELS {
        let specification = specification(*model, ReturnKind::Simple);
        if specification.recipe.uses(&Source::Portfolio) {
            continue;
        }
        let (a, b) = (estimate(&plain, &specification), estimate(&double, &specification));
        for (a, b) in a.days.days().flatten().zip(b.days.days().flatten()) {
            close(2.0 * a.ar, b.ar, 1e-15);
            close(a.sar.expect("varies"), b.sar.expect("varies"), 1e-10);
        }
    }
}

/// What a model reports has a name, and what has a name is reported.
#[test]
fn every_reported_number_has_a_name() {
    let plain = plain();
    each(|specification| {
        let names = &specification.recipe.reported;
        let reported = estimate(&plain, specification).fit.reported().to_vec();
        assert!(names.is_empty() || names.len() == reported.len(), "{} of {}", names.len(), reported.len());
        assert!(reported.iter().all(|value| value.is_finite()), "{reported:?}");
    });
}

#[test]
fn a_missing_day_is_absent_and_not_zero() {
    let gap = panel(|day, r| if day == DAY0 + 3 { f64::NAN } else { r }, |_, r| r);
    each(|specification| {
        let mut available = specification.clone();
        available.missing = MissingPolicy::Available;
        let Estimator { fit, days, .. } = &mut estimate(&gap, specification);
        assert_eq!(days.day(13), None);
        assert_eq!(days.cumulative(specification, fit, specification.car_windows[0]).car.get(), None);
        let partial = days.cumulative(&available, fit, specification.car_windows[0]);
        assert_eq!(partial.days, 20);
        let sum: f64 = days.days().flatten().map(|day| day.ar).sum();
        close(partial.car.get().expect("twenty days"), sum, 1e-14);
    });
}

#[test]
fn collinear_regressors_are_refused() {
    let mut panel = plain();
    panel.markets[0].factors[1] = panel.markets[0].benchmark.iter().map(|r| 0.5 * r + 0.001).collect();
    let model = dayzero_model::expected::model("factors").expect("registered");
    let refused = try_estimate(&panel, &specification(model, ReturnKind::Simple)).expect_err("singular");
    assert_eq!(refused.outcome, dayzero_model::Outcome::SingularDesign);
    assert!(refused.reason.contains("`smb`"), "{}", refused.reason);
}

/// A security that is its own benchmark has abnormal returns of zero and nothing standardised; a
/// likelihood without variance has no maximum.
#[test]
fn a_perfect_fit_has_no_standardised_returns() {
    let mut panel = plain();
    let own = panel.series(0, Measure::Return, ReturnKind::Simple);
    panel.markets[0].benchmark = (0..panel.markets[0].calendar.len()).map(|day| own.at(day)).collect();
    for name in ["market", "market_adjusted", "huber", "theil_sen"] {
        let model = dayzero_model::expected::model(name).expect("registered");
        let estimator = estimate(&panel, &specification(model, ReturnKind::Simple));
        assert_eq!(estimator.fit.variance, 0.0, "{name}");
        for day in estimator.days.days().flatten() {
            close(day.ar, 0.0, 1e-14);
            assert_eq!(day.sar, None);
        }
    }
    for name in ["garch", "egarch"] {
        let model = dayzero_model::expected::model(name).expect("registered");
        let refused = try_estimate(&panel, &specification(model, ReturnKind::Simple)).expect_err("no variance");
        assert_eq!(refused.outcome, dayzero_model::Outcome::NoConvergence, "{name}");
    }
}
