//! The market model for non-synchronous trading, by Scholes and Williams.

use super::{
    EstimationSample, Fit, FitError, Method, ModelOptions, Recipe, RecipeError, Regressor, Reported, ReturnModel,
    Source,
};

/// β = (β₋₁ + β₀ + β₊₁)/(1 + 2ρ_m), α = R̄ − β R̄_m (Scholes & Williams 1977, eq. 19–20), β_j the slope
/// of R_t on R_m,t+j and ρ_m the correlation of R_m,t with R_m,t−1, all on the same days.
///
/// The estimator is that of an instrument Z_t = R_m,t−1 + R_m,t + R_m,t+1 (ibid., §3.2), and so the
/// covariance of its coefficients is s²(Z'X)⁻¹Z'Z(X'Z)⁻¹.
pub(super) struct ScholesWilliams;

impl ReturnModel for ScholesWilliams {
    fn name(&self) -> &'static str {
        "scholes_williams"
    }

    fn summary(&self) -> &'static str {
        "market model with a beta from the market's day before, day and day after"
    }

    fn reference(&self) -> &'static str {
        "Scholes & Williams 1977"
    }

    fn recipe(&self, _: &ModelOptions) -> Result<Recipe, RecipeError> {
        let shifted = |shift| Regressor { source: Source::Market, shift };
        let regressors: Vec<Regressor> = [0, -1, 1].map(shifted).to_vec();
        let slopes = [("lag1", "day before"), ("lag0", "same day"), ("lead1", "day after")];
        let slopes = slopes.map(|(name, day)| {
            Reported::new(format!("beta_market_{name}"), format!("slope of the return on the market's {day}, alone"))
        });
        Ok(Recipe {
            regressors,
            forecast: Some(vec![Source::Market]),
            reported: [Reported::alpha(), Reported::beta("market")].into_iter().chain(slopes).collect(),
            parameters: 2,
            ..Recipe::market_model(Aggregate)
        })
    }
}

/// The aggregate of three slopes.
struct Aggregate;

impl Method for Aggregate {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        if sample.len() < 3 {
            return Err(FitError::TooFewDays { needed: 3 });
        }
        let response = Centred::new(&sample.y);
        // After the constant: the market on the day, the day before, the day after.
        let columns = [1, 2, 3].map(|column| Centred::new(sample.column(column)));
        if let Some(flat) = columns.iter().position(|column| column.square <= 0.0) {
            return Err(FitError::Singular { column: flat + 1 });
        }
        let [now, before, after] = &columns;
        let [slope_now, slope_before, slope_after] =
            [now, before, after].map(|column| column.product(&response) / column.square);
        let correlation = now.product(before) / (now.square * before.square).sqrt();
        let damping = 1.0 + 2.0 * correlation;
        if damping <= 1e-12 {
            return Err(FitError::Singular { column: 2 });
        }
        let beta = (slope_before + slope_now + slope_after) / damping;
        let alpha = response.mean - beta * now.mean;
        fit.coefficients.clear();
        fit.coefficients.extend([alpha, beta]);
        fit.reported.clear();
        fit.reported.extend([alpha, beta, slope_before, slope_now, slope_after]);
        fit.inverse.clear();
        fit.inverse.extend(instrumental_covariance(&columns, sample.len()));
        fit.assess(sample, 2);
        Ok(())
    }

    fn takes_spans(&self) -> bool {
        false
    }
}

/// (Z'X)⁻¹Z'Z(X'Z)⁻¹ for X = (1, R_m) and Z = (1, sum of the three columns), the market's own first.
fn instrumental_covariance(columns: &[Centred; 3], days: usize) -> [f64; 4] {
    let now = &columns[0];
    let instrument: Vec<f64> = (0..days).map(|t| columns.iter().map(|column| column.values[t]).sum()).collect();
    let square: f64 = instrument.iter().map(|z| z * z).sum();
    let product: f64 = instrument.iter().zip(&now.values).map(|(z, m)| z * m).sum();
    let slope = square / (product * product);
    [1.0 / days as f64 + now.mean * now.mean * slope, -now.mean * slope, -now.mean * slope, slope]
}

/// Values about their mean.
struct Centred {
    mean: f64,
    values: Vec<f64>,
    /// Their sum of squares; zero where it is rounding.
    square: f64,
}

impl Centred {
    fn new(values: &[f64]) -> Self {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let centred: Vec<f64> = values.iter().map(|v| v - mean).collect();
        let square: f64 = centred.iter().map(|v| v * v).sum();
        let rounding = values.len() as f64 * (1e-14 * mean).powi(2);
        Self { mean, values: centred, square: if square <= rounding { 0.0 } else { square } }
    }

    fn product(&self, other: &Self) -> f64 {
        self.values.iter().zip(&other.values).map(|(a, b)| a * b).sum()
    }
}
