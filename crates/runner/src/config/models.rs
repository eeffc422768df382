//! Models with their options, and whether a model suits what it is to explain.

use dayzero_model::expected::{self, MODELS, ModelOptions, OptionValue, Recipe, ReturnModel, Source};

use super::mistake::Mistake;
use super::raw::{Missing, RawModel, RawOption, RawResponse, RawStudy};
use super::specifications::{Choice, response_of};

/// A model with the recipe that its options make.
pub(super) struct Chosen {
    pub(super) model: &'static dyn ReturnModel,
    /// The options as text.
    pub(super) options: String,
    pub(super) recipe: Recipe,
}

pub(super) fn model(choice: &Choice<RawModel>, mistakes: &mut Vec<Mistake>) -> Option<Chosen> {
    let (name, options) = match &choice.value {
        RawModel::Name(name) => (name.as_str(), ModelOptions::default()),
        RawModel::Options(options) => {
            let values = options.options.iter().map(|(name, value)| (name.clone(), value_of(value)));
            (options.name.as_deref().unwrap_or("factors"), ModelOptions::new(values))
        }
    };
    let Some(model) = expected::model(name) else {
        let known = MODELS.iter().map(|model| model.name());
        let mistake = Mistake::new(choice.path.clone(), format!("unknown model `{name}`"));
        mistakes.push(mistake.did_you_mean(name, known));
        return None;
    };
    let recipe = options.check_names(name, model.options()).and_then(|()| model.recipe(&options));
    match recipe {
        Ok(recipe) => Some(Chosen { model, options: text(&choice.value), recipe }),
        Err(error) => {
            let path = choice.path.iter().cloned().chain(error.option.clone());
            mistakes.push(Mistake::new(path, error.to_string()));
            None
        }
    }
}

/// Options as they would be written, in the order of their names.
fn text(raw: &RawModel) -> String {
    let RawModel::Options(options) = raw else { return String::new() };
    let one = |(name, value): (&String, &RawOption)| {
        let value = serde_json::to_value(value).unwrap_or_default();
        // A table is written with equal signs.
        let value = match &value {
            serde_json::Value::Object(entries) => {
                let entries: Vec<String> = entries.iter().map(|(key, count)| format!("{key} = {count}")).collect();
                format!("{{ {} }}", entries.join(", "))
            }
            other => other.to_string(),
        };
        format!("{name} = {value}")
    };
    options.options.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn value_of(raw: &RawOption) -> OptionValue {
    match raw {
        RawOption::Flag(flag) => OptionValue::Flag(*flag),
        RawOption::Whole(number) => OptionValue::Whole(*number),
        RawOption::Text(text) => OptionValue::Text(text.clone()),
        RawOption::Texts(texts) => OptionValue::Texts(texts.clone()),
        RawOption::Counts(counts) => OptionValue::Counts(counts.clone()),
    }
}

/// Refuses models that cannot explain a response, and returns from trade to trade where they make no
/// sense.
pub(super) fn check_fit(
    models: &[Choice<Chosen>],
    responses: &[Choice<RawResponse>],
    raw: &RawStudy,
    mistakes: &mut Vec<Mistake>,
) {
    let whole_day = |response: &RawResponse| matches!(response, RawResponse::Return | RawResponse::Volatility);
    for Choice { value: Chosen { model, recipe, .. }, path } in models {
        let market_only = recipe.regressors.iter().all(|regressor| regressor.source == Source::Market);
        let simple = market_only && !recipe.excess && recipe.peers.is_none();
        if let Some(response) = responses.iter().find(|response| !whole_day(&response.value) && !simple) {
            let name = response_of(response.value).name();
            let problem =
                format!("the model `{}` explains returns of a whole day, not the response `{name}`", model.name());
            let help =
                "models of the market alone explain any response, such as market, market_adjusted, constant_mean";
            mistakes.push(Mistake::new(path.clone(), problem).help(help));
        }
        let own = [Source::Expected, Source::Portfolio, Source::Donors].iter().any(|source| recipe.uses(source));
        if raw.study.trade_to_trade && own {
            let problem = format!("the model `{}` has no returns from trade to trade", model.name());
            mistakes.push(Mistake::new(path.clone(), problem).help("leave out trade_to_trade, or use a regression"));
        } else if raw.study.trade_to_trade && !recipe.method.takes_spans() {
            let problem =
                format!("the model `{}` counts every day alike, and returns from trade to trade do not", model.name());
            mistakes
                .push(Mistake::new(path.clone(), problem).help("leave out trade_to_trade, or use market or dimson"));
        }
    }
    if !raw.study.trade_to_trade {
        return;
    }
    let place = ["study", "trade_to_trade"];
    if let Some(response) = responses.iter().find(|response| !whole_day(&response.value)) {
        let name = response_of(response.value).name();
        mistakes.push(Mistake::new(place, format!("the response `{name}` does not run from trade to trade")));
    }
    if raw.prices.r#return.is_some() {
        let problem = "returns from trade to trade are made from prices, and [prices] names a return";
        mistakes.push(Mistake::new(place, problem).help("name the column of the price: [prices] price"));
    }
    if matches!(raw.study.missing, Missing::Exclude) {
        let problem = "from trade to trade, days without a trade are not missing";
        let help = "write missing = \"available\": the return over such days stands on the day of the next trade";
        mistakes.push(Mistake::new(place, problem).help(help));
    }
}
