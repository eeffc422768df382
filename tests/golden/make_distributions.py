"""Tail probabilities and quantiles of the normal and t distributions from mpmath, for tests of accuracy in the tails.

    python make_distributions.py --out distributions.json

Computed at 50 significant digits and rounded once to float64. Arguments are the exact float64 values written
in the file. Normal: sf(z) = erfc(z/sqrt 2)/2. t: two-sided p = I_x(dof/2, 1/2), x = dof/(dof + t^2)
(Abramowitz & Stegun 26.7.1); each point is checked against direct integration of the density, and the whole file
against scipy. Points whose p is below 1e-300 are left out: they are not normal float64 numbers.
"""
import argparse
import json
from pathlib import Path

import mpmath as mp
import numpy as np
from scipy import stats

mp.mp.dps = 50
DOFS = [1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 119.0, 237.5, 2000.0, 30000.0]
T = [0.01, 0.05, 0.1, 0.25, 0.5, 0.674489750196082, 0.75, 1.0, 1.25, 1.5, 1.6448536269514722, 1.75, 1.959963984540054,
     2.0, 2.25, 2.5, 2.5758293035489004, 3.0, 3.5, 4.0, 4.65, 5.0, 6.0, 7.0, 8.0, 9.6, 10.0, 12.0, 15.0, 18.0, 20.0,
     25.0, 30.0, 35.0, 37.0, 40.0, 45.0, 50.0, 55.0, 60.0]
UPPER = [0.45, 0.4, 0.3, 0.25, 0.2, 0.1, 0.05, 0.025, 0.01, 0.005, 0.0025, 0.001, 5e-4, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10,
         1e-12, 1e-15, 1e-20, 1e-30, 1e-50, 1e-100]


def normal_sf(z):
    return mp.erfc(mp.mpf(z) / mp.sqrt(2)) / 2


def t_sf(t, dof):
    """Upper tail for t > 0. Of I_x(a, b) and 1 - I_(1-x)(b, a) take the one whose series converges fast."""
    t, v = mp.mpf(t), mp.mpf(dof)
    x, a, b = v / (v + t * t), v / 2, mp.mpf(1) / 2
    front = mp.gamma(a + b) / (mp.gamma(a) * mp.gamma(b)) * x**a * (1 - x)**b
    if x < (a + 1) / (a + b + 2):
        return front / a * mp.hyp2f1(1, a + b, a + 1, x) / 2
    return (1 - front / b * mp.hyp2f1(1, a + b, b + 1, 1 - x)) / 2


def t_sf_integrated(t, dof):
    """The same by quadrature of the beta density, with y = x exp(-s/a) so that the integrand falls like exp(-s)."""
    t, v = mp.mpf(t), mp.mpf(dof)
    x, a = v / (v + t * t), v / 2
    points = [0] + [mp.mpf(10)**j for j in range(-8, 0)] + [1, 4, 10, 20, 40, 80, 160]
    integral = mp.quad(lambda s: mp.exp(-s) / mp.sqrt(1 - x * mp.exp(-s / a)), points)
    return x**a / (mp.beta(a, mp.mpf(1) / 2) * a) * integral / 2


def quantile(sf, start, upper):
    """Solve log sf(q) = log upper from scipy's value; the secant doubles its digits at every step."""
    target = mp.log(mp.mpf(upper))
    root = mp.findroot(lambda q: mp.log(sf(q)) - target, (mp.mpf(start), mp.mpf(start) * (1 + mp.mpf(10)**-9)))
    assert abs(sf(root) / mp.mpf(upper) - 1) < mp.mpf(10)**-30
    return root


def agree(reference, other, tolerance, what):
    assert abs(other / reference - 1) < tolerance, (what, reference, other)


def normal_table():
    z = [j / 8 for j in range(0, 81)] + [10 + j / 4 for j in range(1, 101)] + T[:21]
    z = sorted(set(z))
    sf = [normal_sf(x) for x in z]
    for x, p in zip(z, sf):
        agree(p, stats.norm.sf(x), 1e-12, ("normal", x))
    quantiles = [quantile(normal_sf, stats.norm.isf(p), p) for p in UPPER]
    return {"z": z, "sf": [float(p) for p in sf], "two_sided_p": [float(2 * p) for p in sf],
            "quantiles": {"upper_tail": UPPER, "z": [float(q) for q in quantiles]}}


def t_table(dof):
    points = [(t, t_sf(t, dof)) for t in T]
    points = [(t, p) for t, p in points if 2 * p > 1e-300]
    for t, p in points:
        agree(p, t_sf_integrated(t, dof), mp.mpf(10)**-18, ("t by quadrature", dof, t))
        agree(p, stats.t.sf(t, dof), 1e-10, ("t by scipy", dof, t))
    upper = [p for p in UPPER if dof > 2 or p >= 1e-50]
    quantiles = [quantile(lambda q: t_sf(q, dof), stats.t.isf(p, dof), p) for p in upper]
    return {"dof": dof, "t": [t for t, _ in points], "sf": [float(p) for _, p in points],
            "two_sided_p": [float(2 * p) for _, p in points],
            "quantiles": {"upper_tail": upper, "t": [float(q) for q in quantiles]}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    tables = {"normal": normal_table(), "t": [t_table(dof) for dof in DOFS]}
    out.write_text(json.dumps(tables, allow_nan=False, separators=(",", ":")).replace('],"', '],\n"') + "\n")
