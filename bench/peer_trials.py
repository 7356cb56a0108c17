"""Optuna's trials as a table.

    peer_trials.py PATH TRIALS

Writes a journal with finished trials: six parameters, five intermediate values (the folds), six user attributes (the
other metrics). Then a new process loads the study, takes `trials_dataframe()` and writes it as CSV. Prints one JSON
object: its rows, the seconds of that process with its imports, and its peak memory in megabytes.
"""

import json
import resource
import subprocess
import sys
import time


def storage_of(optuna, path):
    return optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(path))


def quiet(optuna):
    import warnings

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")


def write(optuna, path, trials):
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    distributions = {
        "C": FloatDistribution(1e-3, 1e6),
        "gamma": FloatDistribution(1e-4, 1.0),
        "k": IntDistribution(1, 1000),
        "max_depth": IntDistribution(1, 20),
        "kernel": CategoricalDistribution(["rbf", "linear"]),
        "pipeline": CategoricalDistribution(["svc", "rf", "xgb", "lasso", "enet", "nn"]),
    }
    study = optuna.create_study(study_name="bench", storage=storage_of(optuna, path))
    for i in range(trials):
        params = {"C": 0.001 * (1 + i), "gamma": 0.01, "k": 1 + i % 50, "max_depth": 3, "kernel": "rbf", "pipeline": "svc"}
        study.add_trial(
            optuna.trial.create_trial(
                params=params,
                distributions=distributions,
                value=(i * 7919 % 1000003) / 1000003,
                intermediate_values={fold: 0.5 + fold / 10 for fold in range(5)},
                user_attrs={f"metric{j}": (i + j) / 1e6 for j in range(6)},
            )
        )


def read(path):
    start = time.monotonic()
    import optuna

    quiet(optuna)
    study = optuna.load_study(study_name="bench", storage=storage_of(optuna, path))
    frame = study.trials_dataframe()
    frame.to_csv(path + ".csv")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": len(frame), "seconds": time.monotonic() - start, "megabytes": peak}))


def main():
    try:
        import optuna
        import optuna.storages
    except ImportError:
        print(json.dumps({"missing": True}))
        return
    path = sys.argv[1]
    if len(sys.argv) == 2:
        read(path)
        return
    quiet(optuna)
    write(optuna, path, int(sys.argv[2]))
    sys.stdout.write(subprocess.run([sys.executable, __file__, path], check=True, capture_output=True, text=True).stdout)


main()
