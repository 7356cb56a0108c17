#!/bin/bash
# A real, private Slurm on this machine: munge, a controller, and nodes n1 and n2 of 24 CPUs, all on loopback and with all
# their files in one folder.
#
#     slurm-cluster.sh up DIR          start what is not running, also a node that was killed; prints SLURM_CONF=...
#     slurm-cluster.sh down DIR        end it, with its jobs
#     slurm-cluster.sh kill DIR NODE   the node loses power: its daemon and every job process on it end at once
#
# Each node has a host name and a pid namespace of its own, as if it were a machine, and where this machine has control
# groups of version 1 for memory, a part of them for itself: then Slurm holds jobs to their memory. Processes are known
# by a mark in their environment, so that nothing else is ever ended. Needs root, and Debian's packages munge, slurmctld, slurmd and
# slurm-client, which `up` installs where they are missing. Exits with 77 where that cannot be had.
set -u
what=${1:-} dir=${2:-} nodes='n1 n2'
say() { echo "slurm-cluster: $*" >&2; }
case $dir in /*) ;; *) say "usage: slurm-cluster.sh up|down|kill DIR [NODE]"; exit 2 ;; esac
export SLURM_CONF=$dir/slurm.conf
memory=/sys/fs/cgroup/memory group=/sys/fs/cgroup/memory/cluster$(echo "$dir" | tr / -)
for name in $(compgen -e | grep -E '^(SLURM|SBATCH|SRUN|SALLOC)_' | grep -vx SLURM_CONF); do unset "$name"; done

ours() { grep -qzsxF "CLUSTER_MARK=$dir" "/proc/$1/environ"; }
pid_of() { awk -v name="$1" '$1 == name { pid = $2 } END { print pid }' "$dir/pids" 2>/dev/null; }
runs() { local pid; pid=$(pid_of "$1"); [ -n "$pid" ] && ours "$pid"; }
start() { # NAME COMMAND...
  local name=$1; shift
  (cd "$dir" && exec env CLUSTER_MARK="$dir" setsid "$@" </dev/null >>"$dir/log/$name.out" 2>&1) &
  echo "$name $!" >>"$dir/pids"
  disown $!
}
# The shell is the namespace's first process: when it ends, so does everything in there.
start_node() {
  local own=
  mkdir -p "$dir/spool-$1"
  limits_memory && own=$group/$1 && mkdir -p "$own"
  start "$1" bash -c '[ -z "$1" ] || echo $$ >"$1/cgroup.procs"; exec "${@:2}"' group "$own" \
    unshare --cgroup --uts --pid --mount --mount-proc --fork --kill-child bash -c '
      hostname "$1"; mount --bind "$3" /etc/hosts; [ -z "$4" ] || mount --bind "$4" "$5"
      slurmd -D -N "$1" -f "$2" & wait $!' node "$1" "$SLURM_CONF" "$dir/hosts" "$own" "$memory"
}
await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1)); shift
  until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done
}
munge_answers() { timeout 5 munge -n -S "$dir/munge/socket" >/dev/null 2>&1; }
nodes_serve() { [ "$(timeout 5 sinfo -h -N -o %T 2>/dev/null | grep -cxE 'idle|mixed|allocated')" = 2 ]; }
limits_memory() { [ -w "$memory/memory.limit_in_bytes" ]; }
is_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

down() {
  local pid
  runs controller && timeout 5 scancel --user="$(id -un)" 2>/dev/null
  for name in $nodes controller munge; do
    pid=$(pid_of $name); [ -n "$pid" ] && ours "$pid" && kill -9 "$pid" 2>/dev/null
  done
  # what has left the namespaces, or was never in one
  for _ in 1 2 3 4 5; do
    pid=$(grep -lzsxF "CLUSTER_MARK=$dir" /proc/[0-9]*/environ | cut -d/ -f3)
    [ -z "$pid" ] && break
    kill -9 $pid 2>/dev/null; sleep 0.2
  done
  rm -f "$dir/pids"
  [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
}

install_packages() {
  local missing=
  for pair in munged:munge slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
  done
  [ -z "$missing" ] && return 0
  command -v apt-get >/dev/null || { say "not here:$missing"; return 1; }
  say "installing$missing"
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { timeout 120 apt-get install -y -qq --no-install-recommends $missing ||
    { timeout 60 apt-get update -qq && timeout 120 apt-get install -y -qq --no-install-recommends $missing; }; } \
    </dev/null >/dev/null 2>&1 || { say "could not install$missing"; return 1; }
}

configure() {
  local port ok=
  for port in $(seq 28800 10 29800); do
    is_busy "$port" || is_busy $((port + 1)) || is_busy $((port + 2)) || { ok=yes; break; }
  done
  [ -n "$ok" ] || return 1
  mkdir -p "$dir"/{controller,log,munge} && chmod 755 "$dir" && chmod 711 "$dir/munge" || return 1
  (umask 077; head -c 128 /dev/urandom >"$dir/munge/key"); chmod 400 "$dir/munge/key"
  { echo "127.0.0.1 localhost $(hostname -s) $nodes"; echo "::1 localhost"; } >"$dir/hosts"
  printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$dir/cgroup.conf"
  local task=task/none
  if limits_memory; then
    task=task/cgroup
    printf 'ConstrainRAMSpace=yes\nConstrainSwapSpace=yes\nAllowedSwapSpace=0\nMinRAMSpace=30\n' >>"$dir/cgroup.conf"
  fi
  # A job that is requeued is held back for cred_expire; a node that is silent for SlurmdTimeout is down.
  cat >"$SLURM_CONF" <<CONF
ClusterName=spt
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$dir/controller
SlurmctldPidFile=$dir/controller.pid
SlurmctldLogFile=$dir/log/controller.log
SlurmdPidFile=$dir/%n.pid
SlurmdLogFile=$dir/log/%n.log
SlurmdSpoolDir=$dir/spool-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=$task
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory,CR_LLN
DefMemPerCPU=1000
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=10000,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=10
InactiveLimit=0
KillWait=10
MinJobAge=600
NodeName=n1 NodeHostname=n1 NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=24 RealMemory=24000
NodeName=n2 NodeHostname=n2 NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=24 RealMemory=24000
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
}

up() {
  [ "$(id -u)" = 0 ] || { say "needs root"; exit 77; }
  install_packages || exit 77
  unshare --cgroup --uts --pid --mount --mount-proc --fork true 2>/dev/null || { say "no namespaces here"; exit 77; }
  if ! runs controller; then
    down
    rm -rf "$dir/controller" "$dir"/spool-*
    configure || { say "cannot configure $dir"; exit 1; }
    # --force: otherwise it wants all folders above to be open to everybody
    start munge munged -F --force --key-file="$dir/munge/key" --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" \
      --log-file="$dir/munge/log" --seed-file="$dir/munge/seed" --num-threads=2
    await 10 munge_answers || { say "munge does not answer: $(tail -n 3 "$dir/log/munge.out")"; down; exit 1; }
    start controller slurmctld -D -f "$SLURM_CONF"
  fi
  for node in $nodes; do runs $node || start_node $node; done
  await 60 nodes_serve || { say "the nodes do not serve: $(timeout 5 sinfo -h -N -o '%N %T' | tr '\n' ' ')"; tail -n 5 "$dir"/log/* >&2; down; exit 1; }
  echo "SLURM_CONF=$SLURM_CONF"
}

case $what in
  up) up ;;
  down) down ;;
  kill) pid=$(pid_of "${3:-}"); [ -n "$pid" ] && ours "$pid" && kill -9 "$pid" ;;
  *) say "usage: slurm-cluster.sh up|down|kill DIR [NODE]"; exit 2 ;;
esac
