"""Re-verify nist.json by refitting every data set in 60-digit arithmetic.

Origin: NIST Statistical Reference Datasets, linear regression,
https://www.itl.nist.gov/div898/strd/ (public domain): Norris, Longley,
Filip, Wampler1 to Wampler5. `beta`, `se`, `residual_sd` and `r_squared`
are the certified values, given by NIST to 15 significant digits.

The decimals of the file are read exactly, not through binary doubles.
Needs mpmath. Run: python3 nist.py
"""

import json
import sys
from pathlib import Path

from mpmath import log10, matrix, mp, mpf, sqrt

mp.dps = 60
REQUIRED = 12  # digits of agreement; a certified zero must be 0 to 1e-30
SHAPE = {  # observations, coefficients
    "Norris": (36, 2), "Longley": (16, 7), "Filip": (82, 11),
    **{f"Wampler{i}": (21, 6) for i in range(1, 6)},
}


def fit(y, columns):
    """Least squares by the normal equations: beta, se, residual sd, R^2."""
    n, p = len(y), len(columns)
    gram = matrix(p, p)
    for i in range(p):
        for j in range(p):
            gram[i, j] = sum(a * b for a, b in zip(columns[i], columns[j]))
    inverse = gram**-1
    beta = inverse * matrix([sum(a * b for a, b in zip(c, y)) for c in columns])
    rss = sum((y[r] - sum(beta[k] * columns[k][r] for k in range(p))) ** 2 for r in range(n))
    mean = sum(y) / n
    tss = sum((v - mean) ** 2 for v in y)
    s2 = rss / (n - p)
    return list(beta), [sqrt(s2 * inverse[k, k]) for k in range(p)], sqrt(s2), 1 - rss / tss


def digits(got, certified):
    """Decimal digits of agreement, at most 15 (what NIST certifies)."""
    error = abs(got - certified)
    if certified == 0:
        return mpf(15) if error < mpf("1e-30") else mpf(0)
    error /= abs(certified)
    return mpf(15) if error < mpf("1e-15") else -log10(error)


def main():
    path = Path(__file__).with_name("nist.json")
    sets = json.loads(path.read_text(), parse_float=mpf, parse_int=mpf)
    ok = list(sets) == list(SHAPE)
    for name, d in sets.items():
        n = len(d["y"])
        one = [mpf(1)] * n
        if d["degree"] is None:
            columns = [one, *d["x"]]
        else:
            (x,) = d["x"]
            columns = [[v**k for v in x] for k in range(int(d["degree"]) + 1)]
        ok &= SHAPE.get(name) == (n, len(columns)) and {len(c) for c in columns} == {n}
        ok &= len(d["beta"]) == len(d["se"]) == len(columns)
        beta, se, sd, r2 = fit(d["y"], columns)
        agree = {
            "beta": min(map(digits, beta, d["beta"])),
            "se": min(map(digits, se, d["se"])),
            "residual_sd": digits(sd, d["residual_sd"]),
            "r_squared": digits(r2, d["r_squared"]),
        }
        ok &= min(agree.values()) >= REQUIRED
        print(f"{name:9}", *(f"{k} {float(v):.1f}" for k, v in agree.items()))
    print("ok" if ok else "FAILED")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
