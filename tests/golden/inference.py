"""Tests across events, of the reference implementation: r-bar, statistics, p-values, averages.

Used by make_golden.py; the conventions are in the docstring of reference.py.
"""
import numpy as np
from scipy import stats


def r_bar(z, opens, length):
    """Overlap-weighted mean residual correlation: N(N-1) r = (1/L) sum_d(|Z_d|^2 - n_d), Z_d = sum of z over
    the events whose window holds civil day d (METHODS; after Kolari & Pynnonen 2010). z: events x days,
    opens: days x events (1 where the window holds the day)."""
    n = z.shape[0]
    if n < 2:
        return None
    Z = opens @ z
    return float((Z.power(2).sum() - opens.sum()) / (length * n * (n - 1)))


def r_bar_by_definition(z, opens, length, block=256):
    """The same from all pairs: mean over i != j of z_i'z_j o_ij, o_ij the share of common window days."""
    n, total, dense, days = z.shape[0], 0.0, z.toarray(), opens.T.toarray()
    for start in range(0, n, block):
        part = slice(start, start + block)
        weighted = (dense[part] @ dense.T) * (days[part] @ days.T) / length
        weighted[np.arange(len(weighted)), np.arange(len(weighted)) + start] = 0.0
        total += weighted.sum()
    return float(total / (n * (n - 1)))


def two_sided(statistic, dof=None):
    return None if statistic is None else float(2 * (stats.norm.sf(abs(statistic)) if dof is None
                                                     else stats.t.sf(abs(statistic), dof)))


def t_of_mean(x):
    """sqrt(N) mean/sd with N-1 in the sd; null for one event or zero variance."""
    if len(x) < 2 or x.std(ddof=1) == 0:
        return None
    return float(np.sqrt(len(x)) * x.mean() / x.std(ddof=1))


def test_window(car, scar, q, share, r):
    """Brown & Warner 1985 t; Patell 1976; Boehmer, Musumeci & Poulsen 1991; Kolari & Pynnonen 2010; Cowan 1992."""
    n = len(car)
    t, bmp = t_of_mean(car), t_of_mean(scar)
    patell = float(scar.sum() / np.sqrt(q.sum())) if n else None
    inflation = None if r is None else (1 - r) / (1 + (n - 1) * r)
    kp = None if bmp is None or inflation is None or inflation <= 0 else float(bmp * np.sqrt(inflation))
    p_hat = float(share.mean()) if n else None
    sign = float(((car > 0).sum() - n * p_hat) / np.sqrt(n * p_hat * (1 - p_hat))) if n and 0 < p_hat < 1 else None
    return {"p_hat": p_hat, "t_cross_sectional": t, "t_cross_sectional_p": two_sided(t, n - 1),
            "patell": patell, "patell_p": two_sided(patell), "bmp": bmp, "bmp_p": two_sided(bmp, n - 1),
            "bmp_kp": kp, "bmp_kp_p": two_sided(kp, n - 1), "sign_generalized": sign, "sign_generalized_p": two_sided(sign)}


def average(ar, through, confidence):
    """AAR, CAAR, se = sd(N-1)/sqrt(N), band from the t quantile with N-1; N recounted per day."""
    ar, through = ar[np.isfinite(ar)], through[np.isfinite(through)]
    n, row = len(through), {"aar_events": len(ar), "aar": None, "positive_share": None, "caar_events": len(through),
                            "caar": None, "caar_se": None, "caar_lower": None, "caar_upper": None}
    if len(ar):
        row |= {"aar": float(ar.mean()), "positive_share": float((ar > 0).mean())}
    if n:
        row["caar"] = float(through.mean())
    if n > 1:
        se = through.std(ddof=1) / np.sqrt(n)
        half = stats.t.isf((1 - confidence) / 2, n - 1) * se
        row |= {"caar_se": float(se), "caar_lower": float(through.mean() - half), "caar_upper": float(through.mean() + half)}
    return row
