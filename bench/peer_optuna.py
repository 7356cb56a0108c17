"""Ask and tell cycles of N processes through Optuna's journal file storage.

    peer_optuna.py PATH PROCESSES SECONDS

Prints one JSON object: how many trials were told, by the processes and by the journal, how long it took, and the
errors that ended processes. Every process has a storage of its own, as on a cluster; the study has no parameters and
samples at random, so that nothing is measured but the storage.
"""

import json
import multiprocessing
import sys
import time
import warnings


def quiet(optuna):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)


def work(path, seconds, start, results):
    import optuna
    from optuna.samplers import RandomSampler

    quiet(optuna)
    told, error = 0, None
    try:
        storage = optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(path))
        study = optuna.load_study(study_name="bench", storage=storage, sampler=RandomSampler(seed=0))
        start.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            trial = study.ask()
            study.tell(trial, 0.5)
            told += 1
    except Exception as failure:  # whatever ends a worker is what is counted here
        error = f"{type(failure).__name__}: {failure}"[:200]
        if told == 0:
            start.abort()
    results.put((told, error))


def main():
    try:
        import optuna
        import optuna.storages
    except ImportError:
        print(json.dumps({"missing": True}))
        return
    path, processes, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    quiet(optuna)
    storage = optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(path))
    optuna.create_study(study_name="bench", storage=storage)
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(processes + 1), context.Queue()
    workers = [context.Process(target=work, args=(path, seconds, start, results)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    try:
        start.wait()
    except Exception:
        pass  # a worker failed before the start, and says so
    begin = time.monotonic()
    answers = [results.get() for _ in workers]
    elapsed = time.monotonic() - begin
    for worker in workers:
        worker.join()
    errors = [error for _, error in answers if error]
    complete = -1
    if not errors:
        complete = sum(trial.state.is_finished() for trial in optuna.load_study(
            study_name="bench", storage=storage).get_trials(deepcopy=False))
    print(json.dumps({"cycles": sum(told for told, _ in answers), "recorded": complete, "seconds": elapsed,
                      "errors": errors, "version": optuna.__version__}))


if __name__ == "__main__":
    main()
