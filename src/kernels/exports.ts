// Written by scripts/kernel-interface.mjs from assembly/index.ts: edit that file.
import type { BinsKernels } from './exports/bins.js';
import type { BoostKernels } from './exports/boost.js';
import type { CholeskyKernels } from './exports/cholesky.js';
import type { CoordinateDescentKernels } from './exports/coordinate-descent.js';
import type { GemmKernels } from './exports/gemm.js';
import type { GramKernels } from './exports/gram.js';
import type { HingeKernels } from './exports/hinge.js';
import type { IndexKernels } from './exports/index.js';
import type { InteriorKernels } from './exports/interior.js';
import type { LogisticKernels } from './exports/logistic.js';
import type { MathKernels } from './exports/math.js';
import type { MomentsKernels } from './exports/moments.js';
import type { NeighborsKernels } from './exports/neighbors.js';
import type { NetworkKernels } from './exports/network.js';
import type { PresortKernels } from './exports/presort.js';
import type { RandomKernels } from './exports/random.js';
import type { SvmKernels } from './exports/svm.js';
import type { TreeKernels } from './exports/tree.js';
import type { VectorKernels } from './exports/vector.js';

export type { Pointer } from './pointer.js';

/** What the WebAssembly module exports. Each interface has the name of its file in assembly/. */
export interface KernelExports
  extends
    IndexKernels,
    BinsKernels,
    BoostKernels,
    CholeskyKernels,
    CoordinateDescentKernels,
    GemmKernels,
    GramKernels,
    HingeKernels,
    InteriorKernels,
    LogisticKernels,
    MathKernels,
    MomentsKernels,
    NeighborsKernels,
    NetworkKernels,
    PresortKernels,
    RandomKernels,
    SvmKernels,
    TreeKernels,
    VectorKernels {}
