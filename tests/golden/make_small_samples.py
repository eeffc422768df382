"""Statistics of small samples, where p-values are exact: python make_small_samples.py > small_samples.json"""
import json

import numpy as np

from inference import sign_test, t_skewness, two_sided, wilcoxon

rng = np.random.default_rng(5)
samples = [np.round(rng.normal(0.004, 0.02, n), 4) for n in (1, 2, 3, 4, 5, 7, 10, 15, 20, 24, 25, 26, 40)]
samples += [np.array([0.01, -0.01, 0.02, 0.02, -0.03, 0.0]), np.array([0.0, 0.0, 0.01]), np.abs(samples[6])]
rows = []
for car in samples:
    (sign, sign_p), (w, w_p), skewed = sign_test(car), wilcoxon(car), t_skewness(car)
    rows.append({"car": car.tolist(), "sign": [sign, sign_p], "wilcoxon": [w, w_p],
                 "t_skewness": [skewed, two_sided(skewed, len(car) - 1)]})
print(json.dumps(rows))
