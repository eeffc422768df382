"""What is read off a market model's residuals, and other responses: diagnostics, abnormal volatility, overnight and
intraday returns, log volume."""
import numpy as np
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox, het_arch
from statsmodels.stats.stattools import durbin_watson, jarque_bera

from panel import SHOWN
from return_models import least_squares

PRE_TREND_DAYS = 20


def diagnostics(event):
    """Residuals of the used days in time order, as if consecutive where days are masked or missing."""
    result, parts = least_squares(event, None, event.m)
    if parts is None:
        return result
    rows, X, e, s2, C, _, _ = parts
    box = acorr_ljungbox(e, lags=[10])
    normal, arch = jarque_bera(e), het_arch(e, nlags=5, result_object=False)
    total = X[-PRE_TREND_DAYS:].sum(axis=0)
    # Residuals of the estimation sample itself: their forecast term is subtracted, not added.
    t = e[-PRE_TREND_DAYS:].sum() / np.sqrt(s2 * (PRE_TREND_DAYS - total @ C @ total))
    return {"outcome": "ok", "M": len(rows), "dof": len(rows) - 2, "durbin_watson": durbin_watson(e),
            "ljung_box": box["lb_stat"].iloc[0], "ljung_box_p": box["lb_pvalue"].iloc[0],
            "jarque_bera": normal[0], "jarque_bera_p": normal[1], "skewness": normal[2], "kurtosis": normal[3],
            "arch_lm": arch[0], "arch_lm_p": arch[1], "zero_share": (event.R[rows] == 0).mean(),
            "pre_trend": t, "pre_trend_p": 2 * stats.t.sf(abs(t), len(rows) - 2)}


def abnormal_volatility(event):
    """U = SAR^2 (dof-2)/dof - 1, of mean zero without an event; its deviation from that of e^2/s^2 - 1 over E."""
    result, parts = least_squares(event, None, event.m)
    if parts is None:
        return result
    rows, _, e, s2, C, at, b = parts
    dof = len(rows) - 2
    sar = (event.window(event.R) - at @ b) / np.sqrt(s2 * (1 + np.einsum("ij,jk,ik->i", at, C, at)))
    u, deviation = sar ** 2 * (dof - 2) / dof - 1, np.std(e ** 2 / s2 - 1, ddof=1)
    out = {key: result[key] for key in ("outcome", "M", "dof", "alpha", "beta_market", "sigma")} | {"deviation": deviation}
    first = event.options["event_window"][0]
    for tau in SHOWN:
        out |= {f"u[{tau}]": u[tau - first], f"sar[{tau}]": u[tau - first] / deviation}
    for a, z in event.options["car_windows"]:
        total = u[a - first:z - first + 1].sum()
        out |= {f"u[{a},{z}]": total, f"scar[{a},{z}]": total / (deviation * np.sqrt(z - a + 1))}
    return out


def price_responses(panel, path):
    """{id: model} of overnight and intraday returns and log volume; needs adj_open and volume in the price table."""
    found = panel.columns_of(path, ["adj_open", "adj_close", "volume"])
    keep = lambda x: np.where(np.isfinite(x) & (x > 0), x, np.nan)
    opens, closes, volume = ({t: keep(x) for t, x in found[name].items()} for name in ("adj_open", "adj_close", "volume"))
    overnight = {t: opens[t] / np.concatenate([[np.nan], closes[t][:-1]]) - 1 for t in opens}
    intraday = {t: closes[t] / opens[t] - 1 for t in opens}
    logs = {t: np.log(x) for t, x in volume.items()}
    names = sorted(set(panel.study.events["ticker"]) & set(logs))
    stacked = np.array([logs[t] for t in names])
    have = np.isfinite(stacked)
    count = have.sum(axis=0)
    mean = np.where(count > 0, np.where(have, stacked, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return {"overnight": lambda e: least_squares(e, overnight[e.ticker])[0],
            "intraday": lambda e: least_squares(e, intraday[e.ticker])[0],
            "log_volume": lambda e: least_squares(e, logs[e.ticker], None, False)[0],
            "log_volume_market": lambda e: least_squares(e, logs[e.ticker], mean, False)[0]}
