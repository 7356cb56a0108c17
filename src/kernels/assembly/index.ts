/**
 * The entry of the WebAssembly module: every kernel is exported from here. Kernels take addresses in bytes and
 * lengths. They allocate nothing and trust their input: see ../README.md.
 */

/** The first byte behind the static data of the module. */
export function heapStart(): usize {
  return __heap_base;
}

export { choleskyFactor, choleskySolve } from './cholesky';
export { descendByColumns, descendByHessian } from './coordinate-descent';
export { addColumns, dotsOfColumns, weightedGram } from './gram';
export { descendHingeDual, squaredHingeLoss } from './hinge';
export {
  interiorCorrect,
  interiorDirection,
  interiorProducts,
  interiorRight,
  interiorWeights,
} from './interior';
export { divergence, logisticLoss, softmaxCurvature, softmaxLoss } from './logistic';
export {
  centerByClass,
  classMoments,
  columnMoments,
  columnRanges,
  scaleColumns,
  takeGaussians,
} from './moments';
export { addSingles, narrowColumns, placesWithin, smallestOf } from './neighbors';
export { exp, expm1, expOfAll, log, log1p, sigmoid, softplus, tanh } from './math';
export { gemmF32, gemmF64 } from './gemm';
export { networkActivate, networkDerivative } from './network-activations';
export { networkLogisticOutput, networkSoftmaxOutput } from './network-losses';
export {
  networkColumnSums,
  networkGather,
  networkGradient,
  networkGradientVector,
  networkMultiply,
  networkMultiplyVector,
  networkOuter,
  networkTranspose,
} from './network-products';
export { networkAdam, networkDescend } from './network-steps';
export { svmKernel } from './svm-kernel';
export {
  svmDistances,
  svmMirror,
  svmProducts,
  svmProductsOfFour,
  svmRound,
  svmRoundDistances,
  svmWiden,
} from './svm-products';
export { svmAddRow, svmGather, svmIterate } from './svm-smo';
export { addProduct, axpy, dot, product, sum, transposedProduct, weightedDot } from './vector';
export { sortColumns, sortPlaces } from './presort';
export { listSlots, makeBins } from './bins';
export { boostGradients } from './boost-gradients';
export { boostTree } from './boost-grow';
export { addTrees } from './boost-margins';
export { drawBootstrap } from './random';
export { growTree } from './tree-grow';
export { addVotes } from './tree-votes';
