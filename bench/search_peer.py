#!/usr/bin/env python3
"""The peer of bench/search.ts: trains given configs with scikit-learn, as its users would.

Reads one JSON object from standard input: {"x": csv file of numbers, "y": [codes], "folds": n, "jobs": n,
"configs": [{"id", "steps"}], "converge": whether logistic regressions go on to their
optimum, with an unpenalised intercept}. Each config costs what it costs in spt: a fit and a score per stratified fold, then a fit
on all samples. Configs run side by side in joblib processes, one thread each. Writes one JSON object:
{"seconds": wall, "scores": {id: mean ROC AUC}, "versions": text}.
"""
import json, os, sys, time, warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["PYTHONWARNINGS"] = "ignore"
warnings.filterwarnings("ignore")
import numpy as np, sklearn
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVC

SOLVER = {"l1": "liblinear", "elasticnet": "saga"}
KINDS = {kind.__name__: kind for kind in (
    ExtraTreesClassifier, LogisticRegression, MLPClassifier, MinMaxScaler, PCA, RandomForestClassifier, RobustScaler,
    SelectKBest, SimpleImputer, StandardScaler, SVC, VarianceThreshold)}
SEEDED = {RandomForestClassifier, ExtraTreesClassifier, MLPClassifier}


def step(name, params, converge):
    """One step, with the solver that a user of scikit-learn would pick and a fixed seed."""
    params = {key: value for key, value in params.items() if key != "engine"}
    if name == "XGBClassifier":
        from xgboost import XGBClassifier
        return XGBClassifier(**{"tree_method": "hist", "n_jobs": 1, "random_state": 0, **params})
    kind = KINDS[name]
    if kind is LogisticRegression and converge:
        precise = {"solver": "saga", "max_iter": 30000, "tol": 1e-6}
        if params.get("penalty") == "l1":  # a large constant feature makes the penalty on the intercept vanish
            precise = {"solver": "liblinear", "intercept_scaling": 1000, "max_iter": 100000, "tol": 1e-8}
        return kind(**{**precise, **params})
    if kind is LogisticRegression:
        return kind(**{"solver": SOLVER.get(params.get("penalty", "l2"), "lbfgs"), "max_iter": 1000, **params})
    return kind(**{**({"random_state": 0} if kind in SEEDED else {}), **params})


def mean_score(steps, x, y, folds, converge):
    model = Pipeline([(str(i), step(*next(iter(s.items())), converge)) for i, s in enumerate(steps)])
    scorer, scores = get_scorer("roc_auc"), []
    for fit, test in StratifiedKFold(folds).split(x, y):
        scores.append(scorer(clone(model).fit(x[fit], y[fit]), x[test], y[test]))
    if not converge:
        model.fit(x, y)
    return float(np.mean(scores))


def main():
    task = json.load(sys.stdin)
    x, y = np.loadtxt(task["x"], delimiter=","), np.array(task["y"])
    started = time.perf_counter()
    means = Parallel(n_jobs=task["jobs"])(
        delayed(mean_score)(c["steps"], x, y, task["folds"], task.get("converge", False)) for c in task["configs"])
    seconds = time.perf_counter() - started
    scores = {c["id"]: mean for c, mean in zip(task["configs"], means)}
    print(json.dumps({"seconds": seconds, "scores": scores, "versions": f"scikit-learn {sklearn.__version__}"}))


if __name__ == "__main__":
    main()
