#!/usr/bin/env python3
"""The peer of bench/predict.ts: pandas and scikit-learn (xgboost for XGBClassifier) predict a table.

Arguments: the steps of a pipeline as JSON, the table, and the file to write. The pipeline is fitted on the table of the
search in this folder first. Prints one JSON object: the seconds from the beginning of the reading to the end of the
writing, and the peak memory of the process in megabytes.
"""
import json, resource, sys, time
import pandas
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

steps, table, out = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
KINDS = {kind.__name__: kind for kind in (LogisticRegression, RandomForestClassifier, StandardScaler, SVC)}
if any("XGBClassifier" in step for step in steps):
    from xgboost import XGBClassifier
    KINDS["XGBClassifier"] = lambda **parameters: XGBClassifier(n_jobs=1, **parameters)

x = pandas.read_csv("data/breast_cancer_features.csv", index_col="Run")
condition = pandas.read_csv("data/breast_cancer_metadata.csv", index_col="Run").loc[x.index, "Condition"]
model = make_pipeline(*[KINDS[name](**parameters) for step in steps for name, parameters in step.items()])
model.fit(x, (condition == "malignant").astype(int))

started = time.perf_counter()
new = pandas.read_csv(table, index_col="Run")
names = {0: "benign", 1: "malignant"}
if hasattr(model[-1], "predict_proba") and not isinstance(model[-1], SVC):
    values = model.predict_proba(new)
    labels = (values[:, 1] > 0.5).astype(int)
    columns = {"probability_benign": values[:, 0], "probability_malignant": values[:, 1]}
else:
    decision = model.decision_function(new)
    labels = (decision > 0).astype(int)
    columns = {"decision": decision}
predicted = pandas.Series(labels, index=new.index).map(names)
pandas.DataFrame({"predicted": predicted, **columns}, index=new.index).to_csv(out)
seconds = time.perf_counter() - started
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"code": 0, "seconds": seconds, "megabytes": megabytes}))
