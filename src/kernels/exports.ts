// Written by scripts/kernel-interface.mjs from assembly/index.ts: edit that file.
import type { BinsKernels } from './exports/bins.js';
import type { BoostGradientsKernels } from './exports/boost-gradients.js';
import type { BoostGrowKernels } from './exports/boost-grow.js';
import type { BoostMarginsKernels } from './exports/boost-margins.js';
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
import type { NetworkActivationsKernels } from './exports/network-activations.js';
import type { NetworkLossesKernels } from './exports/network-losses.js';
import type { NetworkProductsKernels } from './exports/network-products.js';
import type { NetworkStepsKernels } from './exports/network-steps.js';
import type { PresortKernels } from './exports/presort.js';
import type { RandomKernels } from './exports/random.js';
import type { SvmKernelKernels } from './exports/svm-kernel.js';
import type { SvmProductsKernels } from './exports/svm-products.js';
import type { SvmSmoKernels } from './exports/svm-smo.js';
import type { TreeGrowKernels } from './exports/tree-grow.js';
import type { TreeVotesKernels } from './exports/tree-votes.js';
import type { VectorKernels } from './exports/vector.js';

export type { Pointer } from './pointer.js';

/** What the WebAssembly module exports. Each interface has the name of its file in assembly/. */
export interface KernelExports
  extends
    IndexKernels,
    BinsKernels,
    BoostGradientsKernels,
    BoostGrowKernels,
    BoostMarginsKernels,
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
    NetworkActivationsKernels,
    NetworkLossesKernels,
    NetworkProductsKernels,
    NetworkStepsKernels,
    PresortKernels,
    RandomKernels,
    SvmKernelKernels,
    SvmProductsKernels,
    SvmSmoKernels,
    TreeGrowKernels,
    TreeVotesKernels,
    VectorKernels {}
