//! The fast path against the general one, which decomposes the design of each event by itself.

use dayzero_model::design::Design;
use dayzero_model::estimate::Estimator;
use dayzero_model::expected::{self, Fit, ModelOptions};
use dayzero_model::{EventCalendar, EventPlace, MissingPolicy, Panel, Response, ReturnKind, Specification, Window};

mod uniform;

use uniform::{FACTORS, Numbers};

const DAYS: usize = 600;

/// Three securities: whole, listed late, and with gaps. The factors have gaps too where asked for, and
/// `smb` is a level away from zero.
fn panel(factor_gaps: bool) -> Panel {
    let mut numbers = Numbers(7);
    let mut market = uniform::market(&mut numbers, DAYS);
    market.risk_free = Some((0..DAYS).map(|day| 1e-4 + 1e-7 * day as f64).collect());
    market.factors[1].iter_mut().for_each(|x| *x += 0.1);
    if factor_gaps {
        for day in [50, 51, 200, 301] {
            market.factors[2][day] = f64::NAN;
        }
        market.benchmark[120] = f64::NAN;
    }
    let common = market.benchmark.clone();
    let mut panel = Panel::new(vec![market], FACTORS.map(str::to_owned).to_vec());
    for (id, first, gaps) in [("A", 0, 0), ("B", 180, 0), ("C", 0, 40)] {
        let mut returns = numbers.column(DAYS - first, 0.03);
        for (r, m) in returns.iter_mut().zip(&common[first..]) {
            *r += if m.is_finite() { 1.1 * m } else { 0.0 };
        }
        for _ in 0..gaps {
            let day = ((numbers.next() + 1.0) / 2.0 * (DAYS - first) as f64) as usize;
            returns[day] = f64::NAN;
        }
        panel.push(id.into(), 0, first, &returns);
    }
    panel.add_log_returns();
    panel
}

fn specification(model: &str, returns: ReturnKind, mask: usize) -> Specification {
    let model = expected::model(model).expect("known");
    Specification {
        model,
        options: String::new(),
        recipe: model.recipe(&ModelOptions::default()).expect("complete"),
        response: Response::Return,
        returns,
        trade_to_trade: false,
        diagnostics: false,
        around: vec![],
        variants: Default::default(),
        estimation: Window::new(-120, -11).expect("ordered"),
        event: Window::new(-10, 10).expect("ordered"),
        car_windows: vec![Window::new(-1, 1).expect("ordered"), Window::day(0)],
        minimum_observations: 30,
        mask_other_events: mask,
        missing: MissingPolicy::Available,
    }
}

fn close(got: f64, want: f64, size: f64, what: &str) {
    assert!((got - want).abs() <= 1e-12 * size, "{what}: {got} against {want}");
}

/// Everything that is known of an event after its estimate, under a name and with its size.
fn numbers(specification: &Specification, estimator: &mut Estimator) -> Vec<(String, f64, f64)> {
    let Estimator { fit, days, sample, ends, .. } = estimator;
    let mut all = vec![
        ("observations".into(), fit.observations as f64, 0.0),
        ("dof".into(), fit.degrees_of_freedom() as f64, 0.0),
        ("first".into(), ends.0 as f64, 0.0),
        ("last".into(), ends.1 as f64, 0.0),
        ("sigma".into(), fit.variance.sqrt(), 0.01),
        ("r_squared".into(), fit.r_squared.unwrap_or(-1.0), 1.0),
        ("positive".into(), fit.positive_share, 1.0),
        ("residual mean".into(), fit.residual_mean, 0.01),
    ];
    // Slopes are of the size of one.
    all.extend(fit.coefficients.iter().enumerate().map(|(j, b)| (format!("b{j}"), *b, 1.0)));
    all.extend(sample.days.iter().zip(&fit.residuals).map(|(day, e)| (format!("residual on {day}"), *e, 0.1)));
    all.extend(days.days().enumerate().flat_map(|(tau, day)| {
        let day = day.map_or((9.0, 9.0), |day| (day.ar, day.sar.unwrap_or(8.0)));
        [(format!("ar {tau}"), day.0, 0.1), (format!("sar {tau}"), day.1, 10.0)]
    }));
    for &window in &specification.car_windows {
        let sum = days.cumulative(specification, fit, window);
        all.push((format!("car {window}"), sum.car.get().unwrap_or(9.0), 0.1));
        all.push((format!("scar {window}"), sum.scar.get().unwrap_or(9.0), 10.0));
    }
    all
}

#[test]
fn the_fast_path_agrees_with_the_general_one() {
    let (mut compared, mut with_gaps) = (0, 0);
    for factor_gaps in [false, true] {
        let panel = panel(factor_gaps);
        let day0s = [130, 133, 190, 300, 321, 400, 455, 512, 575];
        let events = EventCalendar::new(day0s.iter().flat_map(|&day0| (0..3).map(move |security| (security, day0))));
        for model in ["constant_mean", "market_adjusted", "market", "capm", "ff3", "ff5"] {
            for (returns, mask) in [(ReturnKind::Simple, 0), (ReturnKind::Simple, 1), (ReturnKind::Log, 2)] {
                let specification = specification(model, returns, mask);
                let design = Design::new(&panel, &specification, 0, &[true; 5]).expect("complete");
                let general = design.clone().without_kernel();
                let (mut fast, mut slow) = (Estimator::default(), Estimator::default());
                for security in 0..3 {
                    for day0 in day0s {
                        let peers = Err("none");
                        let place =
                            EventPlace { panel: &panel, security, day0, events: &events, peers, characteristics: None };
                        let outcomes = (
                            fast.estimate(&specification, &design, &place),
                            slow.estimate(&specification, &general, &place),
                        );
                        assert_eq!(outcomes.0, outcomes.1);
                        if outcomes.0.is_err() {
                            continue;
                        }
                        let what = format!("{model} {returns:?} mask {mask}, security {security}, day {day0}");
                        let (got, want) = (numbers(&specification, &mut fast), numbers(&specification, &mut slow));
                        assert_eq!(got.len(), want.len(), "{what}");
                        for ((name, got, size), (_, want, _)) in got.into_iter().zip(want) {
                            close(got, want, size, &format!("{what}: {name}"));
                        }
                        compared += 1;
                        with_gaps += usize::from(fast.fit.observations < 110);
                    }
                }
            }
        }
    }
    assert!(compared > 700 && with_gaps > 300, "{compared} events, {with_gaps} with gaps");
}

/// Returns of which the benchmark explains more and more, and others with a large mean, so that the squares about a
/// line follow from the sums of the first pass, or just do not, or are a millionth of those.
#[test]
fn squares_about_a_line_keep_their_digits() {
    let mut numbers = Numbers(11);
    let mut market = uniform::market(&mut numbers, DAYS);
    market.risk_free = Some(vec![1e-4; DAYS]);
    let benchmark = market.benchmark.clone();
    let mut panel = Panel::new(vec![market], FACTORS.map(str::to_owned).to_vec());
    let means = [0.0, 0.002, 0.005, 0.008, 0.01, 0.02, 0.1];
    let shares = [0.1, 0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.995, 0.999_999];
    for (mean, share) in means.iter().flat_map(|mean| shares.map(|share| (mean, share))) {
        let size = (1.0 / share - 1.0_f64).sqrt();
        let mut returns = numbers.column(DAYS, 0.02 * size);
        returns.iter_mut().zip(&benchmark).for_each(|(r, m)| *r += mean + m);
        if panel.securities().len() % 2 == 1 {
            returns.iter_mut().skip(3).step_by(17).for_each(|r| *r = f64::NAN);
        }
        panel.push(format!("{mean} {share}"), 0, 0, &returns);
    }
    let events = EventCalendar::default();
    for model in ["constant_mean", "market_adjusted", "market", "ff5"] {
        let specification = specification(model, ReturnKind::Simple, 0);
        let design = Design::new(&panel, &specification, 0, &[true; 5]).expect("complete");
        let general = design.clone().without_kernel();
        let mut estimators =
            [Estimator::default(), Estimator::without_residuals(true), Estimator::without_residuals(false)];
        let mut slow = Estimator::default();
        for (security, day0) in (0..panel.securities().len()).flat_map(|one| [130, 301, 470].map(|day0| (one, day0))) {
            let place = EventPlace {
                panel: &panel,
                security,
                day0,
                events: &events,
                peers: Err("none"),
                characteristics: None,
            };
            slow.estimate(&specification, &general, &place).expect("enough days");
            let what = format!("{model}, {}, day {day0}", panel.securities()[security].id);
            let sums = estimators.each_mut().map(|fast| {
                fast.estimate(&specification, &design, &place).expect("enough days");
                let Fit { variance, r_squared, residual_mean, .. } = fast.fit;
                (variance, r_squared.unwrap_or(0.0), residual_mean)
            });
            assert!(sums.iter().all(|one| *one == sums[0]), "{what}: {sums:?}");
            close(sums[0].0, slow.fit.variance, slow.fit.variance, &format!("{what}: variance"));
            close(sums[0].1, slow.fit.r_squared.unwrap_or(0.0), 1.0, &format!("{what}: R²"));
            close(sums[0].2, slow.fit.residual_mean, 0.01, &format!("{what}: residual mean"));
        }
    }
}
