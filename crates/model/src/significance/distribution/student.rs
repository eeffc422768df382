//! The tails of Student's t.

/// P(|T| ≥ |t|) for any positive number of degrees of freedom: I_{ν/(ν+t²)}(ν/2, ½) (Abramowitz & Stegun 1964,
/// 26.7.1), of which the smaller of the two parts that add up to one is summed.
pub(super) fn two_sided(dof: f64, t: f64) -> f64 {
    let (a, ratio) = (0.5 * dof, t * t / dof);
    if ratio == 0.0 {
        return 1.0;
    }
    let (x, rest) = (1.0 / (1.0 + ratio), 1.0 / (1.0 + 1.0 / ratio));
    // x^a (1−x)^½ / B(a, ½)
    let front = libm::exp(-a * libm::log1p(ratio)) * rest.sqrt() * gamma_ratio(a) / std::f64::consts::PI.sqrt();
    match x < (a + 1.0) / (a + 2.5) {
        true => front * far(a, x, rest),
        false => 1.0 - front * fraction(0.5, a, rest) / 0.5,
    }
}

/// The continued fraction of I_x(a, ½) over x^a (1 − x)^½ / B(a, ½), in terms of 1 − x: x itself says too little where
/// it is near one, as with many degrees of freedom (DiDonato & Morris 1992, eq. 9).
fn far(a: f64, x: f64, rest: f64) -> f64 {
    const B: f64 = 0.5;
    let c = 1.0 + (a + B) * rest - B;
    let first = 1.0 + 1.0 / a;
    let (mut before, mut now) = ((0.0, 1.0), (1.0, c / first));
    let (mut p, mut s, mut found) = (1.0, a + 1.0, first / c);
    for step in 1..MOST_STEPS {
        let n = f64::from(step);
        let (t, w) = (n / a, n * (B - n) * x);
        let alpha = p * (p + B / a) * (a / s) * (a / s) * (w * x);
        let beta = n + w / s + (1.0 + t) / (first + 2.0 * t) * (c + n * (1.0 + rest));
        (p, s) = (1.0 + t, s + 2.0);
        let next = (alpha * before.0 + beta * now.0, alpha * before.1 + beta * now.1);
        let known = std::mem::replace(&mut found, next.0 / next.1);
        if (found - known).abs() <= f64::EPSILON * found {
            break;
        }
        (before, now) = ((now.0 / next.1, now.1 / next.1), (found, 1.0));
    }
    found
}

/// Steps of a continued fraction; a hundred are many.
const MOST_STEPS: i32 = 10_000;

/// Γ(a + ½)/Γ(a), from its asymptotic series (Tricomi & Erdélyi 1951) for large a, to which smaller ones are raised.
fn gamma_ratio(a: f64) -> f64 {
    const SERIES: [f64; 9] = [
        1.0,
        -1.0 / 8.0,
        1.0 / 128.0,
        5.0 / 1_024.0,
        -21.0 / 32_768.0,
        -399.0 / 262_144.0,
        869.0 / 4_194_304.0,
        39_325.0 / 33_554_432.0,
        -334_477.0 / 2_147_483_648.0,
    ];
    const LARGE: f64 = 40.0;
    let (mut a, mut factor) = (a, 1.0);
    while a < LARGE {
        factor *= a / (a + 0.5);
        a += 1.0;
    }
    factor * a.sqrt() * SERIES.iter().rev().fold(0.0, |sum, c| sum / a + c)
}

/// The continued fraction of the incomplete beta function (Abramowitz & Stegun 1964, 26.5.8) by the method of Lentz
/// (1976).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut found = d;
    for step in 1..MOST_STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        found *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let change = d * c;
        found *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    found
}
