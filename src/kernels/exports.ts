/**
 * What the WebAssembly module exports, by topic: assembly/<topic>.ts holds the code and the docstrings,
 * reference/<topic>.ts its plain TypeScript form. Parameters of type Pointer are byte offsets into the kernel memory.
 */

/** The byte offset of an array's first element in the kernel memory: `array.byteOffset`. */
export type Pointer = number;

export interface MathKernels {
  exp(x: number): number;
  expm1(x: number): number;
  log(x: number): number;
  log1p(x: number): number;
  tanh(x: number): number;
  sigmoid(x: number): number;
  softplus(x: number): number;
  expOfAll(n: number, x: Pointer, out: Pointer): void;
}

export interface NetworkKernels {
  networkMultiply(
    a: Pointer,
    aStride: number,
    weights: Pointer,
    panelRows: number,
    out: Pointer,
    rows: number,
    fanIn: number,
    panels: number,
  ): void;
  networkMultiplyVector(a: Pointer, stride: number, w: Pointer, out: Pointer, rows: number): void;
  networkTranspose(
    weights: Pointer,
    fromRows: number,
    to: Pointer,
    toRows: number,
    fanIn: number,
    fanOut: number,
  ): void;
  networkGradient(
    a: Pointer,
    fanIn: number,
    d: Pointer,
    panels: number,
    gradient: Pointer,
    rows: number,
  ): void;
  networkGradientVector(a: Pointer, stride: number, d: Pointer, gradient: Pointer, rows: number): void;
  networkOuter(d: Pointer, w: Pointer, stride: number, out: Pointer, rows: number): void;
  networkColumnSums(d: Pointer, stride: number, sums: Pointer, rows: number): void;
  networkGather(x: Pointer, stride: number, order: Pointer, batch: Pointer, count: number): void;
  networkActivate(kind: number, z: Pointer, stride: number, width: number, bias: Pointer, rows: number): void;
  networkDerivative(kind: number, a: Pointer, delta: Pointer, count: number): void;
  networkLogisticOutput(z: Pointer, y: Pointer, delta: Pointer, rows: number): number;
  networkSoftmaxOutput(
    z: Pointer,
    stride: number,
    classes: number,
    y: Pointer,
    delta: Pointer,
    rows: number,
  ): number;
  networkAdam(
    w: Pointer,
    g: Pointer,
    m: Pointer,
    v: Pointer,
    count: number,
    decay: number,
    scale: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): number;
  networkDescend(
    w: Pointer,
    g: Pointer,
    v: Pointer,
    count: number,
    decay: number,
    scale: number,
    rate: number,
    momentum: number,
    nesterov: boolean,
  ): number;
}

export interface VectorKernels {
  dot(n: number, x: Pointer, y: Pointer): number;
  sum(n: number, x: Pointer): number;
  weightedDot(n: number, w: Pointer, x: Pointer, y: Pointer): number;
  axpy(n: number, a: number, x: Pointer, y: Pointer): void;
  transposedProduct(rows: number, columns: number, x: Pointer, v: Pointer, out: Pointer): void;
  addProduct(rows: number, columns: number, x: Pointer, w: Pointer, out: Pointer): void;
  product(rows: number, columns: number, x: Pointer, w: Pointer, out: Pointer): void;
}

export interface MomentsKernels {
  columnMoments(
    rows: number,
    columns: number,
    x: Pointer,
    counts: Pointer,
    means: Pointer,
    variances: Pointer,
  ): void;
  columnRanges(rows: number, columns: number, x: Pointer, smallest: Pointer, largest: Pointer): void;
  classMoments(
    rows: number,
    columns: number,
    x: Pointer,
    y: Pointer,
    weights: Pointer,
    classes: number,
    totals: Pointer,
    stride: number,
    scratch: Pointer,
    means: Pointer,
    variances: Pointer,
  ): void;
  centerByClass(
    rows: number,
    columns: number,
    x: Pointer,
    y: Pointer,
    means: Pointer,
    stride: number,
    out: Pointer,
  ): void;
  scaleColumns(rows: number, columns: number, x: Pointer, factor: number, divisors: Pointer): void;
  takeGaussians(
    rows: number,
    columns: number,
    x: Pointer,
    means: Pointer,
    variances: Pointer,
    logs: Pointer,
  ): void;
}

export interface NeighborsKernels {
  narrowColumns(
    rows: number,
    columns: number,
    x: Pointer,
    means: Pointer,
    scale: number,
    out: Pointer,
    norms: Pointer,
  ): void;
  addSingles(count: number, x: Pointer, sums: Pointer): void;
  smallestOf(n: number, norms: Pointer, products: Pointer, size: number, smallest: Pointer): number;
  placesWithin(n: number, norms: Pointer, products: Pointer, limit: number, places: Pointer): number;
}

/** C = A B, or C += A B; strides are in elements. */
type Gemm = (
  m: number,
  n: number,
  k: number,
  a: Pointer,
  aRowStride: number,
  aColumnStride: number,
  b: Pointer,
  bRowStride: number,
  bColumnStride: number,
  c: Pointer,
  cRowStride: number,
  accumulate: 0 | 1,
) => void;

export interface GemmKernels {
  gemmF32: Gemm;
  gemmF64: Gemm;
}

export interface SvmKernels {
  svmProducts(panels: Pointer, panelCount: number, features: number, v: Pointer, out: Pointer): void;
  svmProductsOfFour(
    a: Pointer,
    b: Pointer,
    panelCount: number,
    features: number,
    out: Pointer,
    stride: number,
  ): void;
  svmDistances(products: Pointer, norms: Pointer, own: number, count: number): void;
  svmRoundDistances(products: Pointer, norms: Pointer, own: number, out: Pointer, count: number): void;
  svmRound(values: Pointer, out: Pointer, count: number): void;
  svmWiden(values: Pointer, out: Pointer, count: number): void;
  svmMirror(values: Pointer, stride: number): void;
  svmKernel(kind: number, values: Pointer, count: number, gamma: number, coef0: number, degree: number): void;
  svmGather(row: Pointer, places: Pointer, out: Pointer, count: number): void;
  svmAddRow(row: Pointer, factor: number, sums: Pointer, count: number): void;
  svmIterate(
    count: number,
    y: Pointer,
    bound: Pointer,
    alpha: Pointer,
    diagonal: Pointer,
    force: Pointer,
    up: Pointer,
    low: Pointer,
    rows: Pointer,
    uses: Pointer,
    control: Pointer,
  ): number;
}

export interface TreeKernels {
  sortColumns(
    n: number,
    p: number,
    wide: number,
    columns: Pointer,
    order: Pointer,
    place: Pointer,
    sorted: Pointer,
    present: Pointer,
    run: Pointer,
    scratch: Pointer,
  ): void;
  sortPlaces(n: number, places: Pointer, count: number, bitmap: Pointer): void;
  drawBootstrap(state: Pointer, n: number, draws: number, counts: Pointer): void;
  /** Grows a tree of a Task (ml/trees/task.ts) and returns the number of its nodes. */
  growTree(task: Pointer): number;
  addVotes(
    m: number,
    x: Pointer,
    rowBytes: number,
    columnBytes: number,
    classes: number,
    first: number,
    last: number,
    roots: Pointer,
    feature: Pointer,
    threshold: Pointer,
    next: Pointer,
    leaves: Pointer,
    votes: Pointer,
  ): void;
}

export interface GramKernels {
  weightedGram(
    n: number,
    count: number,
    columns: Pointer,
    weights: Pointer,
    scratch: Pointer,
    out: Pointer,
    stride: number,
  ): void;
  dotsOfColumns(n: number, count: number, columns: Pointer, v: Pointer, out: Pointer): void;
  addColumns(n: number, count: number, columns: Pointer, factors: Pointer, out: Pointer): void;
}

export interface CholeskyKernels {
  choleskyFactor(size: number, a: Pointer, relative: number): number;
  choleskySolve(size: number, l: Pointer, x: Pointer): void;
}

export interface CoordinateDescentKernels {
  descendByHessian(
    size: number,
    hessian: Pointer,
    gradient: Pointer,
    v: Pointer,
    l1: Pointer,
    sweeps: number,
    tolerance: number,
  ): number;
  descendByColumns(
    n: number,
    count: number,
    columns: Pointer,
    weights: Pointer,
    diagonal: Pointer,
    l1: Pointer,
    l2: Pointer,
    start: Pointer,
    v0: Pointer,
    v: Pointer,
    moved: Pointer,
    sweeps: number,
    tolerance: number,
  ): number;
}

export interface LogisticKernels {
  logisticLoss(
    n: number,
    scores: Pointer,
    signs: Pointer,
    costs: Pointer,
    residuals: Pointer,
    curvatures: Pointer,
    misses: Pointer,
  ): number;
  softmaxLoss(
    n: number,
    k: number,
    scores: Pointer,
    labels: Pointer,
    costs: Pointer,
    probabilities: Pointer,
    residuals: Pointer,
    misses: Pointer,
  ): number;
  softmaxCurvature(
    n: number,
    a: number,
    b: number,
    probabilities: Pointer,
    costs: Pointer,
    out: Pointer,
  ): void;
  divergence(n: number, costs: Pointer, misses: Pointer, share: number): number;
}

export interface HingeKernels {
  squaredHingeLoss(
    n: number,
    scores: Pointer,
    signs: Pointer,
    costs: Pointer,
    residuals: Pointer,
    curvatures: Pointer,
  ): number;
  descendHingeDual(
    count: number,
    p: number,
    order: Pointer,
    rows: Pointer,
    signs: Pointer,
    squares: Pointer,
    upper: Pointer,
    alpha: Pointer,
    w: Pointer,
  ): void;
}

export interface InteriorKernels {
  interiorWeights(
    n: number,
    alpha: Pointer,
    rooms: Pointer,
    z: Pointer,
    u: Pointer,
    toLow: Pointer,
    toHigh: Pointer,
    inverse: Pointer,
    lower: Pointer,
    upper: Pointer,
  ): number;
  interiorRight(
    n: number,
    signs: Pointer,
    margins: Pointer,
    z: Pointer,
    u: Pointer,
    toLow: Pointer,
    toHigh: Pointer,
    inverse: Pointer,
    lower: Pointer,
    upper: Pointer,
    right: Pointer,
    signed: Pointer,
  ): void;
  interiorDirection(
    n: number,
    signs: Pointer,
    z: Pointer,
    u: Pointer,
    toLow: Pointer,
    toHigh: Pointer,
    inverse: Pointer,
    lower: Pointer,
    upper: Pointer,
    right: Pointer,
    along: Pointer,
    a: Pointer,
    dz: Pointer,
    du: Pointer,
    least: number,
  ): number;
  interiorProducts(
    n: number,
    alpha: Pointer,
    rooms: Pointer,
    z: Pointer,
    u: Pointer,
    a: Pointer,
    dz: Pointer,
    du: Pointer,
    length: number,
  ): number;
  interiorCorrect(
    n: number,
    mu: number,
    a: Pointer,
    dz: Pointer,
    du: Pointer,
    lower: Pointer,
    upper: Pointer,
  ): void;
}

export interface BoostKernels {
  makeBins(
    n: number,
    p: number,
    maxBins: number,
    width: number,
    wide: number,
    order: Pointer,
    sorted: Pointer,
    present: Pointer,
    knownStarts: Pointer,
    known: Pointer,
    offsets: Pointer,
    lows: Pointer,
    common: Pointer,
    bins: Pointer,
    scratch: Pointer,
  ): void;
  listSlots(
    n: number,
    p: number,
    width: number,
    wide: number,
    offsets: Pointer,
    common: Pointer,
    bins: Pointer,
    starts: Pointer,
    slots: Pointer,
  ): number;
  /** Writes the gradients of a Task (ml/trees/boost-task.ts) at its margins. */
  boostGradients(task: Pointer): void;
  /** Grows a tree of a Task, adds it to the margins and returns the number of its nodes. */
  boostTree(task: Pointer): number;
  addTrees(
    m: number,
    x: Pointer,
    rowBytes: number,
    columnBytes: number,
    outputs: number,
    first: number,
    last: number,
    roots: Pointer,
    feature: Pointer,
    value: Pointer,
    missingLeft: Pointer,
    next: Pointer,
    margins: Pointer,
  ): void;
}

export interface KernelExports
  extends
    MathKernels,
    NetworkKernels,
    VectorKernels,
    MomentsKernels,
    NeighborsKernels,
    GemmKernels,
    GramKernels,
    CholeskyKernels,
    CoordinateDescentKernels,
    LogisticKernels,
    SvmKernels,
    HingeKernels,
    InteriorKernels,
    TreeKernels,
    BoostKernels {
  heapStart(): number;
}
