"""The peer of `npm run bench:estimators`: fits scikit-learn's and xgboost's estimators, one request a line.

    {"load": NAME, "x": FILE, "y": FILE, "type": "<i4", "rows": N, "columns": P}
                                                                   x is f64 column-major, y of the type
    {"fit": CLASS, "params": {...}, "table": NAME}                 -> fit_ms, predict_ms (or transform) on all rows
    {"score": CLASS, "params": {...}, "table": NAME}               -> of every third row, fitted on the rest: accuracy, r2
                                                                      of values, or the mean size of what is made of them
"""
import json
import sys
import time
import warnings

import numpy as np
import sklearn
import xgboost
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from xgboost import XGBClassifier, XGBRegressor

warnings.filterwarnings("ignore")
CLASSES = {
    kind.__name__: kind
    for kind in (
        AdaBoostClassifier,
        BernoulliNB,
        DecisionTreeClassifier,
        DecisionTreeRegressor,
        ElasticNet,
        ExtraTreesClassifier,
        ExtraTreesRegressor,
        GaussianNB,
        KBinsDiscretizer,
        KNeighborsClassifier,
        KNeighborsRegressor,
        Lasso,
        LinearDiscriminantAnalysis,
        LinearRegression,
        LinearSVC,
        LogisticRegression,
        MLPClassifier,
        MLPRegressor,
        MinMaxScaler,
        PCA,
        PolynomialFeatures,
        PowerTransformer,
        QuadraticDiscriminantAnalysis,
        QuantileTransformer,
        RandomForestClassifier,
        RandomForestRegressor,
        Ridge,
        RobustScaler,
        SVC,
        SVR,
        SelectKBest,
        StandardScaler,
        XGBClassifier,
        XGBRegressor,
    )
}
tables = {}


def make(name, params):
    """A model with the given parameters, one thread, and a fixed seed if it draws."""
    if "random_state" in CLASSES[name]().get_params():
        params = {"random_state": 0, **params}
    one_thread = {"n_jobs": 1} if name.startswith(("XGB", "RandomForest", "ExtraTrees")) else {}
    if "score_func" in params:
        params = {**params, "score_func": {"f_classif": f_classif}[params["score_func"]]}
    return CLASSES[name](**params, **one_thread)


def apply(model, x):
    return model.predict(x) if hasattr(model, "predict") else model.transform(x)


def load(request):
    x = np.fromfile(request["x"], dtype="<f8").reshape(request["columns"], request["rows"]).T
    # Row-major, as scikit-learn's users have it.
    tables[request["load"]] = (np.ascontiguousarray(x), np.fromfile(request["y"], dtype=request["type"]))
    return {}


def fit(request):
    x, y = tables[request["table"]]
    model = make(request["fit"], request["params"])
    start = time.perf_counter()
    model.fit(x, y)
    middle = time.perf_counter()
    apply(model, x)
    return {"fit_ms": (middle - start) * 1e3, "predict_ms": (time.perf_counter() - middle) * 1e3}


def score(request):
    x, y = tables[request["table"]]
    held = np.arange(len(y)) % 3 == 2
    model = make(request["score"], request["params"]).fit(x[~held], y[~held])
    made = apply(model, x[held])
    if not hasattr(model, "predict"):
        return {"score": float(np.mean(np.abs(made)))}
    return {"score": float(r2_score(y[held], made) if y.dtype == float else np.mean(made == y[held]))}


print(json.dumps({"scikit-learn": sklearn.__version__, "xgboost": xgboost.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        reply = load(request) if "load" in request else fit(request) if "fit" in request else score(request)
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
