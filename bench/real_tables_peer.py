#!/usr/bin/env python3
"""The peer of bench/real-tables.ts: scikit-learn's mean fold scores of given configs on a real table.

With `--write DIR` it writes diabetes.csv there, as pandas writes a table of scikit-learn. Otherwise it reads one JSON
object from standard input: {"table": csv file, "target": name, "categories": [names], "drop": [names], "scoring": name,
"folds": n, "seeds": n, "configs": [{"id", "steps"}]}. Steps that draw are fitted with `seeds` seeds, and their scores
have a mean and a standard deviation. It writes {"scores": {id: [mean fold score of each seed]}, "versions": text}.
"""
import json, os, sys, warnings

warnings.filterwarnings("ignore")
import pandas as pd, sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

KINDS = {kind.__name__: kind for kind in (
    Lasso, LogisticRegression, OneHotEncoder, RandomForestRegressor, Ridge, StandardScaler)}
TIGHT = {"Lasso": {"tol": 1e-10, "max_iter": 100000}, "LogisticRegression": {"tol": 1e-8, "max_iter": 10000}}


def columns_of(wanted, table, categories):
    """The columns of a group, which is a kind or a list of names."""
    if wanted == "numbers":
        return [name for name in table if name not in categories]
    return categories if wanted == "categories" else wanted


def step(name, params, table, categories, seed):
    """One step; those that stop at a tolerance get a tight one, and those that draw get the seed."""
    if name == "XGBRegressor":
        from xgboost import XGBRegressor
        return XGBRegressor(**{"tree_method": "hist", "n_jobs": 1, "random_state": seed, **params})
    if name == "ColumnTransformer":
        parts = [(group["name"], pipeline(group["steps"], table, categories, seed),
                  columns_of(group["columns"], table, categories)) for group in params["transformers"]]
        return ColumnTransformer(parts, remainder=params.get("remainder", "drop"))
    seeded = {"random_state": seed} if "random_state" in KINDS[name]().get_params() else {}
    return KINDS[name](**{**seeded, **TIGHT.get(name, {}), **params})


def pipeline(steps, table, categories, seed):
    return Pipeline([(str(i), step(*next(iter(one.items())), table, categories, seed)) for i, one in enumerate(steps)])


def main():
    if sys.argv[1:2] == ["--write"]:
        from sklearn.datasets import load_diabetes
        load_diabetes(as_frame=True).frame.to_csv(os.path.join(sys.argv[2], "diabetes.csv"))
        return
    task = json.load(sys.stdin)
    table = pd.read_csv(task["table"], index_col=0)
    y, x = table[task["target"]], table.drop(columns=[task["target"], *task["drop"]])
    scores = {}
    for config in task["configs"]:
        draws = any(name.startswith("RandomForest") for one in config["steps"] for name in one)
        scores[config["id"]] = [
            float(cross_val_score(pipeline(config["steps"], x, task["categories"], seed), x, y, cv=task["folds"],
                                  scoring=task["scoring"]).mean()) for seed in range(task["seeds"] if draws else 1)]
    print(json.dumps({"scores": scores, "versions": f"scikit-learn {sklearn.__version__}"}))


if __name__ == "__main__":
    main()
