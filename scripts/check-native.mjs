// `npm ci` has just compiled fs-ext (the lock of the log). It is an optional dependency only so that a machine without
// a compiler gets this message instead of node-gyp's pages.
try {
  await import('fs-ext');
} catch (error) {
  console.error(`
spt: fs-ext could not be compiled or loaded (${error.code ?? error.message}).
     It needs Python 3, make and a C++ compiler:
       Debian, Ubuntu:  apt-get install build-essential python3
       Fedora, RHEL:    dnf install gcc-c++ make python3
       a cluster:       module load gcc python (or ask for "a C++ compiler and Python 3")
     Then run npm ci again.
`);
  process.exit(1);
}
