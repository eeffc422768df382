"""Tests across events, of the reference implementation: r-bar, statistics, p-values, averages.

Used by make_golden.py; the conventions are in the docstring of reference.py. Tests that need the estimation window in
event time are in event_time.py. t_clustered: clusters are ISO weeks (ISO year and week, so that a week across New Year is
one) of the civil date of day 0 in the event's own market; G counts those with an event valid for the window. Null where
G < 2 or the variance is zero.
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


def sign_test(car):
    """(N+ - N/2)/(sqrt(N)/2); exact binomial up to 25 events, normal beyond. Zero is not positive."""
    n, positive = len(car), int((car > 0).sum())
    if n == 0:
        return None, None
    z = (positive - n / 2) / (np.sqrt(n) / 2)
    return float(z), float(stats.binomtest(positive, n).pvalue) if n <= 25 else two_sided(z)


def wilcoxon(car):
    """Normal form with midranks and tie correction, without continuity correction; exact up to 25 without ties."""
    n = len(car)
    if n == 0:
        return None, None
    ranks = stats.rankdata(np.abs(car))
    ties = np.unique(np.abs(car), return_counts=True)[1]
    variance = n * (n + 1) * (2 * n + 1) / 24 - (ties ** 3 - ties).sum() / 48
    z = (ranks[car > 0].sum() - n * (n + 1) / 4) / np.sqrt(variance)
    exact = n <= 25 and (ties == 1).all() and (car != 0).all()
    return float(z), float(stats.wilcoxon(car, method="exact").pvalue) if exact else two_sided(z)


def t_skewness(car):
    """Johnson 1978, Hall 1992; scipy's bias-corrected skewness is another estimator, so gamma is written out."""
    n = len(car)
    if n < 3 or car.std(ddof=1) == 0:
        return None
    mean, sd = car.mean(), car.std(ddof=1)
    s, gamma = mean / sd, n / ((n - 1) * (n - 2)) * (((car - mean) / sd) ** 3).sum()
    return float(np.sqrt(n) * (s + gamma * s ** 2 / 3 + gamma ** 2 * s ** 3 / 27 + gamma / (6 * n)))


def test_window(car, scar, q, share, r):
    """Brown & Warner 1985 t; Patell 1976; Boehmer, Musumeci & Poulsen 1991; Kolari & Pynnonen 2010; Cowan 1992;
    and the sign, Wilcoxon, skewness-adjusted and adjusted Patell tests."""
    n = len(car)
    t, bmp = t_of_mean(car), t_of_mean(scar)
    patell = float(scar.sum() / np.sqrt(q.sum())) if n else None
    inflation = None if r is None else (1 - r) / (1 + (n - 1) * r)
    kp = None if bmp is None or inflation is None or inflation <= 0 else float(bmp * np.sqrt(inflation))
    factor = None if r is None else 1 + (n - 1) * r
    adjusted = None if patell is None or factor is None or factor <= 0 else float(patell / np.sqrt(factor))
    (signs, signs_p), (w, w_p), skewed = sign_test(car), wilcoxon(car), t_skewness(car)
    p_hat = float(share.mean()) if n else None
    sign = float(((car > 0).sum() - n * p_hat) / np.sqrt(n * p_hat * (1 - p_hat))) if n and 0 < p_hat < 1 else None
    return {"p_hat": p_hat, "t_cross_sectional": t, "t_cross_sectional_p": two_sided(t, n - 1),
            "patell": patell, "patell_p": two_sided(patell), "bmp": bmp, "bmp_p": two_sided(bmp, n - 1),
            "bmp_kp": kp, "bmp_kp_p": two_sided(kp, n - 1), "sign_generalized": sign, "sign_generalized_p": two_sided(sign),
            "patell_adjusted": adjusted, "patell_adjusted_p": two_sided(adjusted), "sign": signs, "sign_p": signs_p,
            "wilcoxon": w, "wilcoxon_p": w_p, "t_skewness": skewed, "t_skewness_p": two_sided(skewed, n - 1)}


def t_clustered(car, cluster):
    """Mean CAR over the root of V = G/(G-1) sum_g (sum_g (CAR - mean))^2 / N^2 (CR1); t with G-1."""
    labels, which = np.unique(cluster, return_inverse=True)
    G, variance = len(labels), 0.0
    if G > 1:
        variance = G / (G - 1) * (np.bincount(which, car - car.mean()) ** 2).sum() / len(car) ** 2
    t = float(car.mean() / np.sqrt(variance)) if variance > 0 else None
    return {"t_clustered": t, "t_clustered_p": two_sided(t, G - 1)}


def t_clustered_by_definition(car, dates):
    """The same with a loop over pairs of events of one week; dates: datetime.date of day 0."""
    n, weeks = len(car), [day.isocalendar()[:2] for day in dates]
    mean, groups = sum(car) / n, {}
    for x, week in zip(car, weeks):
        groups.setdefault(week, []).append(x - mean)
    pairs = sum(a * b for members in groups.values() for a in members for b in members)
    return mean / np.sqrt(len(groups) / (len(groups) - 1) * pairs / n ** 2)


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
