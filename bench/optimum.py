"""The exact optimum of a logistic regression of two classes, and the proof that it is one.

    minimise over w, b:  C sum_i log(1 + e^(-s_i (x_i w + b))) + l1 |w|_1 + l2 |w|^2 / 2        (s_i = +1 or -1)

scikit-learn's solvers give it only in the limit: liblinear penalises the intercept, and saga stops when its steps are
small. Here w is split into what is positive and what is negative, which makes the problem smooth with bounds, for
L-BFGS-B (scipy); Newton's method on the coefficients that are not zero makes it exact; and the duality gap says how far
from the optimum a point can be at most, whoever found it.
"""
import numpy as np
from scipy.optimize import minimize
from scipy.special import entr, expit


def price(penalty, l1_ratio):
    """The l1 and the l2 of scikit-learn's names for penalties."""
    share = {"l1": 1, "l2": 0}.get(penalty, l1_ratio)
    return share, 1 - share


def objective(x, s, C, l1, l2, w, b):
    return C * np.logaddexp(0, -s * (x @ w + b)).sum() + l1 * np.abs(w).sum() + l2 * (w @ w) / 2


def duality_gap(x, s, C, l1, l2, w, b):
    """The objective less that of a dual point near the residuals: C times the entropy of t, 0 <= t <= 1, with
    C sum t_i s_i = 0, less the penalty's conjugate at v = C X' (s t)."""
    t = expit(-s * (x @ w + b))
    sums = t[s > 0].sum(), t[s < 0].sum()
    t = t * np.where(s > 0, min(1, sums[1] / sums[0]), min(1, sums[0] / sums[1]))
    v = np.abs(C * x.T @ (s * t))
    if l2 == 0:
        t = t * min(1, l1 / v.max())
        conjugate = 0
    else:
        conjugate = (np.maximum(v - l1, 0) ** 2).sum() / (2 * l2)
    return objective(x, s, C, l1, l2, w, b) - (C * (entr(t) + entr(1 - t)).sum() - conjugate)


def polish(x, s, C, l1, l2, w, b):
    """Newton's method on the coefficients that are not zero, and the intercept, while no sign changes."""
    for _ in range(20):
        used = np.flatnonzero(w)
        a = np.c_[x[:, used], np.ones(len(s))]
        t = expit(-s * (x @ w + b))
        gradient = -C * a.T @ (s * t) + np.r_[l1 * np.sign(w[used]) + l2 * w[used], 0]
        hessian = C * (a * (t * (1 - t))[:, None]).T @ a + np.diag([l2] * len(used) + [0])
        step = -np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        moved = w.copy()
        moved[used] += step[:-1]
        if np.any(np.sign(moved) != np.sign(w)):
            return w, b
        w, b = moved, b + step[-1]
    return w, b


def minimum(x, s, C, l1, l2):
    """w, b, and the duality gap over the objective there."""
    p = x.shape[1]

    def split(z):
        w, b = z[:p] - z[p:-1], z[-1]
        pull = -C * s * expit(-s * (x @ w + b))
        slope = x.T @ pull + l2 * w
        value = C * np.logaddexp(0, -s * (x @ w + b)).sum() + l1 * z[:-1].sum() + l2 * (w @ w) / 2
        return value, np.r_[slope + l1, l1 - slope, pull.sum()]

    bounds = [(0, None)] * (2 * p) + [(None, None)]
    limits = {"maxiter": 20000, "maxfun": 40000, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 30}
    z = minimize(split, np.zeros(2 * p + 1), jac=True, method="L-BFGS-B", bounds=bounds, options=limits).x
    found = z[:p] - z[p:-1], z[-1]
    polished = polish(x, s, C, l1, l2, *found)
    w, b = min(found, polished, key=lambda point: duality_gap(x, s, C, l1, l2, *point))
    return w, b, duality_gap(x, s, C, l1, l2, w, b) / objective(x, s, C, l1, l2, w, b)
