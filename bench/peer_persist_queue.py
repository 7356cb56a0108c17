"""Get and ack cycles of N processes on one persist-queue SQLiteAckQueue.

    peer_persist_queue.py PATH PROCESSES SECONDS

Prints one JSON object: how many items were acknowledged, how many of them more than once, how long it took, and the
errors that ended processes. Items are filled in by one transaction, because filling is not what is measured.
"""

import collections
import json
import multiprocessing
import pickle
import sqlite3
import os
import sys
import time

ITEMS = 60000


def work(path, seconds, start, results):
    from persistqueue import SQLiteAckQueue
    from persistqueue.exceptions import Empty

    done, error = [], None
    try:
        queue = SQLiteAckQueue(path, auto_resume=False, multithreading=False)
        start.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            item = queue.get(block=False)
            queue.ack(item)
            done.append(item)
    except Empty:
        error = "Empty: the queue was thought empty"
    except Exception as failure:  # whatever ends a worker is what is counted here
        error = f"{type(failure).__name__}: {failure}"[:200]
        if not done:
            start.abort()
    results.put((done, error))


def main():
    try:
        import persistqueue
        from persistqueue import SQLiteAckQueue
    except ImportError:
        print(json.dumps({"missing": True}))
        return
    path, processes, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    queue = SQLiteAckQueue(path)
    with sqlite3.connect(os.path.join(path, "data.db")) as base:
        rows = ((pickle.dumps(i), time.time()) for i in range(ITEMS))
        base.executemany(f"INSERT INTO {queue._table_name} (data, timestamp, status) VALUES (?, ?, 0)", rows)
    base.close()
    del queue
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
    counts = collections.Counter(item for done, _ in answers for item in done)
    print(json.dumps({"cycles": len(counts), "twice": sum(counts.values()) - len(counts), "seconds": elapsed,
                      "errors": [error for _, error in answers if error],
                      "version": getattr(persistqueue, "__version__", "?")}))


if __name__ == "__main__":
    main()
