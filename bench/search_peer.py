#!/usr/bin/env python3
"""The peer of bench/search.ts: trains given configs with scikit-learn, as its users would.

Reads one JSON object from standard input: {"x": csv file of numbers, "y": [codes], "folds": n, "jobs": n,
"configs": [{"id", "steps"}]}. Each config costs what it costs in spt: a fit and a score per stratified fold, then a fit
on all samples. Configs run side by side in joblib processes, one thread each. Writes one JSON object:
{"seconds": wall, "scores": {id: mean ROC AUC}, "versions": text}.

With "exact": true the configs are logistic regressions, and what is written is {"optima": {id: {"score": mean ROC AUC of
the exact optima of the folds, "gap": the largest duality gap there, "excess": how far above the optimum
scikit-learn's own fits end}}}, gaps and excesses over the objective (see optimum.py).
"""
import json, os, sys, time, warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["PYTHONWARNINGS"] = "ignore"
warnings.filterwarnings("ignore")
import numpy as np, sklearn
import optimum
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVC

SOLVER = {"l1": "liblinear", "elasticnet": "saga"}
KINDS = {kind.__name__: kind for kind in (
    ExtraTreesClassifier, LogisticRegression, MLPClassifier, MinMaxScaler, PCA, RandomForestClassifier, RobustScaler,
    SelectKBest, SimpleImputer, StandardScaler, SVC, VarianceThreshold)}


def step(name, params):
    """One step, with the solver that a user of scikit-learn would pick and a fixed seed."""
    params = {key: value for key, value in params.items() if key != "engine"}
    if name == "XGBClassifier":
        from xgboost import XGBClassifier
        return XGBClassifier(**{"tree_method": "hist", "n_jobs": 1, "random_state": 0, **params})
    kind = KINDS[name]
    if "random_state" in kind().get_params():
        params = {"random_state": 0, **params}
    if kind is LogisticRegression:
        return kind(**{"solver": SOLVER.get(params.get("penalty", "l2"), "lbfgs"), "max_iter": 1000, **params})
    return kind(**params)


def pipeline(steps):
    return Pipeline([(str(i), step(*next(iter(s.items())))) for i, s in enumerate(steps)])


def mean_score(steps, x, y, folds):
    model = pipeline(steps)
    scorer, scores = get_scorer("roc_auc"), []
    for fit, test in StratifiedKFold(folds).split(x, y):
        scores.append(scorer(clone(model).fit(x[fit], y[fit]), x[test], y[test]))
    model.fit(x, y)
    return float(np.mean(scores))


def exact(steps, x, y, folds):
    """What the exact optima of a logistic regression score, what proves them, and what scikit-learn's fits miss."""
    scores, gaps, excesses = [], [], []
    for fit, test in StratifiedKFold(folds).split(x, y):
        model = pipeline(steps).fit(x[fit], y[fit])
        own, transforms = model[-1], model[:-1]
        l1, l2 = optimum.price(own.penalty, own.l1_ratio)
        problem = transforms.transform(x[fit]), np.where(y[fit] == 1, 1.0, -1.0), own.C, l1, l2
        w, b, gap = optimum.minimum(*problem)
        least = optimum.objective(*problem, w, b)
        scores.append(roc_auc_score(y[test], transforms.transform(x[test]) @ w + b))
        gaps.append(gap)
        excesses.append(optimum.objective(*problem, own.coef_[0], own.intercept_[0]) / least - 1)
    return {"score": float(np.mean(scores)), "gap": max(gaps), "excess": max(excesses)}


def main():
    task = json.load(sys.stdin)
    x, y = np.loadtxt(task["x"], delimiter=","), np.array(task["y"])
    work = exact if task.get("exact") else mean_score
    started = time.perf_counter()
    results = Parallel(n_jobs=task["jobs"])(delayed(work)(c["steps"], x, y, task["folds"]) for c in task["configs"])
    seconds = time.perf_counter() - started
    found = {c["id"]: result for c, result in zip(task["configs"], results)}
    print(json.dumps({"optima": found} if task.get("exact") else
                     {"seconds": seconds, "scores": found, "versions": f"scikit-learn {sklearn.__version__}"}))


if __name__ == "__main__":
    main()
