/*
 * The claim protocol of src/log/README.md as a model for spin (http://spinroot.com): 3 workers and 2 configs, any of
 * the workers may crash, be paused at any point, be taken for lost while it lives, or lose its lock while it believes
 * to hold it. Checked exhaustively by test/claims.sh.
 *
 * The log is modelled by what its replay amounts to. A record carries the number that its author derived from what it
 * saw under the lock; with a lost lock, that may be out of date. Rules of replay: a claim applies to a queued config
 * if its number is new; a finish or a release applies if it carries the epoch of the claim that holds the config.
 *
 * Compiled with -DNO_EPOCH, -DNO_UNIQUE or -DOUTSIDE, the model has a bug, and spin must find it.
 */
#define WORKERS 3
#define CONFIGS 2
/* How many records there may be, locks may be lost, and workers may crash. */
#ifndef RECORDS
#define RECORDS 6
#endif
#define LOST_LOCKS 1
#define CRASHES 1
#define NOBODY 7

mtype = { queued, claimed, finished };

mtype status[CONFIGS] = queued;
byte epoch[CONFIGS];            /* of the claim that holds it */
byte effective[CONFIGS];        /* finishes that applied */
byte last = 0;                  /* the largest record number */
byte records = 0;
byte lock = NOBODY;
byte lostLocks = 0;
byte crashes = 0;

/* What each worker was told: the epoch under which it holds a config; 0 if it does not. */
byte told[WORKERS * CONFIGS];
bool acknowledged[CONFIGS];     /* somebody was told that its finish applied */

#define TOLD(w, c) told[(w) * CONFIGS + (c)]

/* Two workers must never have been told of the same claim. */
inline checkUnique(c) {
  assert(!(TOLD(0, c) != 0 && TOLD(0, c) == TOLD(1, c)));
  assert(!(TOLD(0, c) != 0 && TOLD(0, c) == TOLD(2, c)));
  assert(!(TOLD(1, c) != 0 && TOLD(1, c) == TOLD(2, c)))
}

/* What was acknowledged stays, and nothing is finished twice. */
inline checkFinished(c) {
  assert(effective[c] <= 1);
  assert(!acknowledged[c] || status[c] == finished)
}

/* A config is claimed only when nobody holds it, or it was released. */
inline appendClaim(c, number) {
  atomic {
    records++;
#ifdef NO_UNIQUE
    isNew = true;
#else
    isNew = (number > last);
#endif
    applied = false;
#ifdef OUTSIDE
    if
    :: isNew && status[c] != finished -> assert(status[c] == queued); applied = true; status[c] = claimed; epoch[c] = number
    :: else
    fi;
#else
    if
    :: isNew && status[c] == queued -> assert(status[c] == queued); applied = true; status[c] = claimed; epoch[c] = number
    :: else
    fi;
#endif
    if :: number > last -> last = number :: else fi;
    checkFinished(c)
  }
}

inline appendFinish(c, held, number) {
  atomic {
    records++;
    applied = false;
    if
#ifdef NO_EPOCH
    :: status[c] == claimed || status[c] == finished -> applied = true; status[c] = finished; effective[c]++
#else
    :: status[c] == claimed && epoch[c] == held -> applied = true; status[c] = finished; effective[c]++
#endif
    :: else
    fi;
    if :: number > last -> last = number :: else fi;
    checkFinished(c)
  }
}

inline appendRelease(c, held, number) {
  atomic {
    records++;
    if
    :: status[c] == claimed && epoch[c] == held -> status[c] = queued
    :: else
    fi;
    if :: number > last -> last = number :: else fi;
    checkFinished(c)
  }
}

/* Takes the lock and sees the log as it is. */
inline enter() {
  atomic { lock == NOBODY -> lock = me; seen = last }
}

/* Gives the lock back, if it is still held. */
inline leave() {
  atomic { if :: lock == me -> lock = NOBODY :: else fi }
}

proctype Worker(byte me) {
  byte seen, c, held;
  bool applied, isNew;
idle:
  /* What is not needed any more is forgotten, so that equal situations are equal states. */
  atomic { seen = 0; c = 0; held = 0; applied = false; isNew = false };
  do
  /* Claim a config that is free as seen under the lock. */
  :: records < RECORDS ->
#ifndef OUTSIDE
     enter();
#endif
     if
     :: atomic { status[0] == queued -> c = 0 }
     :: atomic { status[1] == queued -> c = 1 }
     :: else -> leave(); goto idle
     fi;
#ifdef OUTSIDE
     enter();
#endif
     /* Here the worker may be paused, and its lock be lost. */
     appendClaim(c, seen + 1);
     held = seen + 1;
     leave();
     if
     :: applied -> atomic { TOLD(me, c) = held; checkUnique(c) }; goto training
     :: else -> goto idle
     fi
  /* Take any holder for lost, rightly or wrongly, and release what it holds. */
  :: records < RECORDS ->
     enter();
     if
     :: atomic { status[0] == claimed -> c = 0; held = epoch[0] }
     :: atomic { status[1] == claimed -> c = 1; held = epoch[1] }
     :: else -> leave(); goto idle
     fi;
     appendRelease(c, held, seen + 1);
     leave();
     goto idle
  :: records >= RECORDS || (status[0] == finished && status[1] == finished) -> goto gone
  :: atomic { crashes < CRASHES -> crashes++; goto gone }
  od;
training:
  if
  :: atomic { crashes < CRASHES -> crashes++; goto gone }
  :: enter();
     appendFinish(c, held, seen + 1);
     leave();
     atomic {
       TOLD(me, c) = 0;
       if :: applied -> assert(!acknowledged[c]); acknowledged[c] = true :: else fi
     };
     goto idle
  fi;
gone:
  /* The kernel gives back the lock of a process that is gone. */
  leave()
}

/* The server takes a lock away from a worker that was cut off; the worker does not know. A crash inside of the lock is
   the same, followed by nothing. */
proctype Server() {
end:
  do
  :: atomic { lostLocks < LOST_LOCKS && lock != NOBODY -> lock = NOBODY; lostLocks++ }
  od
}

init {
  atomic { run Worker(0); run Worker(1); run Worker(2); run Server() }
}
