/**
 * The entry of the WebAssembly module; every kernel is exported from here. Kernels take byte pointers and lengths,
 * allocate nothing and trust their input: ../README.md.
 */

/** The first byte that belongs to no static data of the module. */
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
export { centerByClass, classMoments, columnMoments, columnRanges, scaleColumns, takeGaussians } from './moments';
export { addSingles, narrowColumns, placesWithin, smallestOf } from './neighbors';
export { exp, expm1, expOfAll, log, log1p, sigmoid, softplus, tanh } from './math';
export { gemmF32, gemmF64 } from './gemm';
export {
  networkActivate,
  networkAdam,
  networkColumnSums,
  networkDerivative,
  networkDescend,
  networkGather,
  networkGradient,
  networkGradientVector,
  networkLogisticOutput,
  networkMultiply,
  networkMultiplyVector,
  networkOuter,
  networkSoftmaxOutput,
  networkTranspose,
} from './network';
export {
  svmAddRow,
  svmDistances,
  svmGather,
  svmIterate,
  svmKernel,
  svmMirror,
  svmProducts,
  svmProductsOfFour,
  svmRound,
  svmRoundDistances,
  svmWiden,
} from './svm';
export { addProduct, axpy, dot, product, sum, transposedProduct, weightedDot } from './vector';
export { sortColumns, sortPlaces } from './presort';
export { listSlots, makeBins } from './bins';
export { addTrees, boostGradients, boostTree } from './boost';
export { drawBootstrap } from './random';
export { addVotes, growTree } from './tree';
