"""Simplex-weighted donors (Abadie & Gardeazabal 2003): min |y - D w|^2, w >= 0, sum w = 1, by quadprog; three seeded
problems. Numbers of the arrays are rounded to 8 decimals before they are used and written."""
import numpy as np
import quadprog


def problem(kind, seed, T, J):
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 0.01, T)
    donors = np.round(common[:, None] * rng.uniform(0.5, 1.5, J) + rng.normal(0, 0.012, (T, J)), 8)
    if kind == "mixture":                  # a sparse mixture of donors and noise: some weights are zero
        weights = np.zeros(J)
        weights[:3] = 0.5, 0.3, 0.2
        y = donors @ weights + rng.normal(0, 0.003, T)
    elif kind == "outside":                # more volatile than any donor: at an edge of the simplex
        y = 2.5 * donors[:, 0] + rng.normal(0, 0.002, T)
    else:                                  # two donors nearly alike
        donors[:, 1] = np.round(donors[:, 0] + rng.normal(0, 1e-5, T), 8)
        y = common + rng.normal(0, 0.01, T)
    return donors, np.round(y, 8)


def solve(donors, y):
    J, unit = donors.shape[1], 1 / np.mean(donors ** 2)
    G, a = unit * donors.T @ donors, unit * donors.T @ y
    w, *_ = quadprog.solve_qp(G, a, np.column_stack([np.ones(J), np.eye(J)]), np.concatenate([[1.0], np.zeros(J)]), meq=1)
    slope = G @ w - a                      # Kuhn-Tucker: equal where w > 0, no smaller where w = 0
    inside = w > 1e-9
    level = slope[inside].mean()
    assert abs(w.sum() - 1) < 1e-12 and w.min() > -1e-12
    assert np.abs(slope[inside] - level).max() < 1e-8 and (slope >= level - 1e-8).all()
    return w


def problems():
    out = []
    for kind, seed, T, J in (("mixture", 11, 60, 6), ("outside", 12, 40, 5), ("collinear", 13, 50, 8)):
        donors, y = problem(kind, seed, T, J)
        w = solve(donors, y)
        out.append({"kind": kind, "seed": seed, "donors": donors.T.tolist(), "treated": y.tolist(), "weights": w.tolist(),
                    "objective": float(((y - donors @ w) ** 2).sum())})
    return out
