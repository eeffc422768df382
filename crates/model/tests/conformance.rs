//! What every return model must satisfy, whatever it is: a new one in the registry is tested here
//! without a line of its own.

use dayzero_model::estimate::{Design, Estimator};
use dayzero_model::expected::{MODELS, ModelOptions, ReturnModel};
use dayzero_model::simulate::{FACTORS, Plan, simulate};
use dayzero_model::{
    Calendar, Date, EventPlace, Hours, Market, MissingPolicy, Panel, ReturnKind, Specification, Window,
};

const DAY0: usize = 270;

/// A simulated market with one security, whose returns are changed by `edit`.
fn panel(edit: impl Fn(usize, f64) -> f64) -> Panel {
    let plan = Plan {
        markets: vec!["US"],
        securities: 1,
        days: 420,
        events: 1,
        effect: 0.02,
        clustering: 1.0,
        correlation: 0.0,
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
    let names: Vec<String> = FACTORS[..6].iter().map(|&name| name.to_owned()).collect();
    let market = Market {
        name: "US".into(),
        calendar: Calendar::new(dates.clone()).expect("dates"),
        hours: Hours::new(0, 86_400, Default::default()).expect("hours"),
        benchmark: returns(0),
        factors: (0..6).map(factor).collect(),
        risk_free: Some(factor(6)),
    };
    let edited: Vec<f64> = returns(1).into_iter().enumerate().map(|(day, r)| edit(day, r)).collect();
    let mut panel = Panel::new(vec![market], names);
    panel.push("A".into(), 0, 0, &edited);
    panel.add_log_returns();
    panel
}

fn specification(model: &'static dyn ReturnModel, returns: ReturnKind) -> Specification {
    let factors = (model.name() == "factors").then(|| vec!["market".to_owned(), "smb".to_owned()]);
    let options = ModelOptions { factors, excess: None };
    let window = |a, b| Window::new(a, b).expect("ordered");
    Specification {
        model,
        recipe: model.recipe(&options).expect("default options"),
        returns,
        estimation: window(-250, -11),
        event: window(-10, 10),
        car_windows: vec![window(-10, 10), window(-10, -1), window(0, 10), window(0, 0)],
        minimum_observations: 100,
        mask_other_events: 0,
        missing: MissingPolicy::Exclude,
    }
}

fn estimate(panel: &Panel, specification: &Specification) -> Estimator {
    let design = Design::new(panel, specification, 0, &[true; 6]).expect("every factor is there");
    let place = EventPlace {
        series: panel.series(0, specification.returns),
        day0: DAY0,
        calendar_len: panel.markets[0].calendar.len(),
        all_day0s: &[DAY0],
    };
    let mut estimator = Estimator::default();
    estimator.estimate(specification, &design, &place).expect("estimated");
    estimator
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
    let panel = panel(|_, r| r);
    each(|specification| {
        let Estimator { fit, days, .. } = &mut estimate(&panel, specification);
        let mut car = |i: usize| days.cumulative(specification, fit, specification.car_windows[i]).expect("complete");
        let (whole, before, after, day) = (car(0), car(1), car(2), car(3));
        close(whole.car, before.car + after.car, 1e-14);
        let day0 = days.days()[10].expect("present");
        close(day.car, day0.ar, 0.0);
        close(day.scar.expect("varies"), day0.sar.expect("varies"), 1e-14);
        close(day0.actual - day0.expected, day0.ar, 0.0);
    });
}

/// Days outside both windows, before them, between them and after them, have no influence at all.
#[test]
fn nothing_is_looked_at_beyond_the_windows() {
    let inside = |day: usize| (DAY0 - 250..=DAY0 - 11).contains(&day) || (DAY0 - 10..=DAY0 + 10).contains(&day);
    let (plain, disturbed) = (panel(|_, r| r), panel(|day, r| if inside(day) { r } else { 0.5 }));
    each(|specification| {
        let (a, b) = (estimate(&plain, specification), estimate(&disturbed, specification));
        assert_eq!(a.fit.coefficients, b.fit.coefficients);
        assert_eq!(a.days.days(), b.days.days());
    });
}

/// What happens in the event window does not move what was expected of it.
#[test]
fn the_event_does_not_contaminate_its_expectation() {
    let (plain, shocked) = (panel(|_, r| r), panel(|day, r| if day >= DAY0 - 10 { r + 0.25 } else { r }));
    each(|specification| {
        let (a, b) = (estimate(&plain, specification), estimate(&shocked, specification));
        for (a, b) in a.days.days().iter().flatten().zip(b.days.days().iter().flatten()) {
            assert_eq!(a.expected, b.expected);
            assert!(b.ar > a.ar);
        }
    });
}

/// Doubling every return on the left and on the right doubles ARs and leaves standardised ones.
#[test]
fn standardised_returns_have_no_unit() {
    let plain = panel(|_, r| r);
    let mut double = panel(|_, r| 2.0 * r);
    let market = &mut double.markets[0];
    let columns = market.factors.iter_mut().chain(market.risk_free.iter_mut()).chain([&mut market.benchmark]);
    columns.flatten().for_each(|r| *r *= 2.0);
    for model in MODELS {
        let specification = specification(*model, ReturnKind::Simple);
        let (a, b) = (estimate(&plain, &specification), estimate(&double, &specification));
        for (a, b) in a.days.days().iter().flatten().zip(b.days.days().iter().flatten()) {
            close(2.0 * a.ar, b.ar, 1e-15);
            close(a.sar.expect("varies"), b.sar.expect("varies"), 1e-10);
        }
    }
}

#[test]
fn a_missing_day_is_absent_and_not_zero() {
    let gap = panel(|day, r| if day == DAY0 + 3 { f64::NAN } else { r });
    each(|specification| {
        let mut available = specification.clone();
        available.missing = MissingPolicy::Available;
        let Estimator { fit, days, .. } = &mut estimate(&gap, specification);
        assert_eq!(days.days()[13], None);
        assert_eq!(days.cumulative(specification, fit, specification.car_windows[0]), None);
        let partial = days.cumulative(&available, fit, specification.car_windows[0]).expect("twenty days");
        assert_eq!(partial.days, 20);
        let sum: f64 = days.days().iter().flatten().map(|day| day.ar).sum();
        close(partial.car, sum, 1e-14);
    });
}

#[test]
fn collinear_regressors_are_refused() {
    let mut panel = panel(|_, r| r);
    panel.markets[0].factors[1] = panel.markets[0].benchmark.iter().map(|r| 0.5 * r + 0.001).collect();
    let model = dayzero_model::expected::model("factors").expect("registered");
    let specification = specification(model, ReturnKind::Simple);
    let design = Design::new(&panel, &specification, 0, &[true; 6]).expect("every factor is there");
    let place = EventPlace {
        series: panel.series(0, ReturnKind::Simple),
        day0: DAY0,
        calendar_len: panel.markets[0].calendar.len(),
        all_day0s: &[],
    };
    let refused = Estimator::default().estimate(&specification, &design, &place).expect_err("singular");
    assert_eq!(refused.outcome, dayzero_model::Outcome::SingularDesign);
    assert!(refused.reason.contains("`smb`"), "{}", refused.reason);
}

/// A security that is its own benchmark has abnormal returns of zero and nothing standardised.
#[test]
fn a_perfect_fit_has_no_standardised_returns() {
    let mut panel = panel(|_, r| r);
    panel.markets[0].benchmark =
        (0..panel.markets[0].calendar.len()).map(|d| panel.series(0, ReturnKind::Simple).at(d)).collect();
    for name in ["market", "market_adjusted"] {
        let model = dayzero_model::expected::model(name).expect("registered");
        let specification = specification(model, ReturnKind::Simple);
        let estimator = estimate(&panel, &specification);
        assert_eq!(estimator.fit.variance, 0.0, "{name}");
        for day in estimator.days.days().iter().flatten() {
            close(day.ar, 0.0, 1e-14);
            assert_eq!(day.sar, None);
        }
    }
}
