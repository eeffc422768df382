//! The market model for thin trading, by Dimson.

use super::{
    EstimationSample, Fit, FitError, Method, ModelOption, ModelOptions, Recipe, RecipeError, Regressor, Reported,
    ReturnModel, Source, least_squares,
};

/// β = Σβ_j of one regression of R_t on R_m,t+j, j = −lags … leads, and E[R] = α + β R_m
/// (Dimson 1979, eq. 2). The forecast error is that of the full design, with R_m,τ in every column.
pub(super) struct Dimson;

const LAGS: ModelOption = ModelOption { name: "lags", summary: "days of the market before (default 1)" };
const LEADS: ModelOption = ModelOption { name: "leads", summary: "days of the market after (default 1)" };

/// More lags or leads than anybody needs.
const MOST: usize = 20;

impl ReturnModel for Dimson {
    fn name(&self) -> &'static str {
        "dimson"
    }

    fn summary(&self) -> &'static str {
        "market model with the betas of lags and leads added up"
    }

    fn reference(&self) -> &'static str {
        "Dimson 1979"
    }

    fn options(&self) -> &'static [ModelOption] {
        &[LAGS, LEADS]
    }

    fn recipe(&self, options: &ModelOptions) -> Result<Recipe, RecipeError> {
        let lags = options.whole(LAGS.name, 0, MOST)?.unwrap_or(1) as i32;
        let leads = options.whole(LEADS.name, 0, MOST)?.unwrap_or(1) as i32;
        let shifts: Vec<i32> = (-lags..=leads).collect();
        let slope = |&shift: &i32| match shift {
            0 => Reported::new("beta_market_lag0", "coefficient of the market on the same day"),
            shift if shift < 0 => Reported::beta(&format!("market_lag{}", -shift)),
            shift => Reported::beta(&format!("market_lead{shift}")),
        };
        let sums = [Reported::alpha(), Reported::new("beta_market", "sum of the coefficients of the market")];
        Ok(Recipe {
            regressors: shifts.iter().map(|&shift| Regressor { source: Source::Market, shift }).collect(),
            forecast: Some(vec![Source::Market; shifts.len()]),
            reported: sums.into_iter().chain(shifts.iter().map(slope)).collect(),
            parameters: 1 + shifts.len(),
            ..Recipe::market_model(SumOfSlopes)
        })
    }
}

/// Least squares, with the sum of the slopes reported before them.
struct SumOfSlopes;

impl Method for SumOfSlopes {
    fn fit(&self, sample: &EstimationSample, fit: &mut Fit) -> Result<(), FitError> {
        least_squares::fit(sample, fit)?;
        let (alpha, slopes) = (fit.coefficients[0], &fit.coefficients[1..]);
        fit.reported.clear();
        fit.reported.extend([alpha, slopes.iter().sum()]);
        fit.reported.extend_from_slice(slopes);
        Ok(())
    }
}
