/** The functions of Python that steps call. Each stands in a program only where one of its steps needs it. */
import type { Helper } from './step-code.js';

/** A function of Python: its imports and its text. */
interface HelperCode {
  imports: readonly string[];
  text: string;
}

const BINARIZER = `\
def binarizer(low):
    """The coding of classes as columns of \`low\` and 1."""
    fitted = LabelBinarizer(neg_label=low)
    fitted.classes_ = CLASSES
    fitted.y_type_ = "binary" if len(CLASSES) == 2 else "multiclass"
    fitted.sparse_input_ = False
    return fitted
`;

const GROWN = `\
def grown(of, features):
    """The trees in a table of nodes."""
    ends = numpy.append(of["roots"][1:], len(of["feature"]))
    shares = of["shares"].reshape(-1, len(CLASSES))
    values = weights_of(shares) if divides() else shares
    return [tree_of(of, values, features, start, end) for start, end in zip(of["roots"], ends)]


def tree_of(of, values, features, start, end):
    """The tree of the nodes from start to end. Impurities and numbers of samples are not kept, and are NaN and 0."""
    feature, left, leaf = (of[name][start:end] for name in ("feature", "left", "leaf"))
    is_leaf = feature < 0
    nodes = numpy.zeros(end - start, NODE_DTYPE)
    nodes["left_child"] = numpy.where(is_leaf, -1, left - start)
    nodes["right_child"] = numpy.where(is_leaf, -1, left - start + 1)
    nodes["feature"] = numpy.where(is_leaf, -2, feature)
    nodes["threshold"] = numpy.where(is_leaf, -2, of["threshold"][start:end])
    nodes["impurity"] = nodes["weighted_n_node_samples"] = numpy.nan
    shares = numpy.full((end - start, 1, values.shape[1]), numpy.nan)
    shares[is_leaf, 0] = values[leaf[is_leaf]]
    depth = numpy.zeros(end - start, int)
    for at in numpy.flatnonzero(~is_leaf):
        depth[left[at] - start : left[at] - start + 2] = depth[at] + 1
    tree = Tree(features, numpy.array([values.shape[1]], numpy.intp), 1)
    tree.__setstate__(
        {"max_depth": int(depth.max()), "node_count": len(nodes), "nodes": nodes, "values": shares}
    )
    return tree


def divides():
    """Whether this scikit-learn divides the numbers of a leaf by their sum. Old versions do."""
    leaf = {"feature": [-1], "left": [-1], "leaf": [0], "threshold": [0]}
    of = {name: numpy.array(values) for name, values in leaf.items()}
    probe = DecisionTreeClassifier()
    probe.tree_ = tree_of(of, numpy.full((1, 2), 2.0), 1, 0, 1)
    probe.n_features_in_, probe.n_outputs_, probe.n_classes_ = 1, 1, 2
    return probe.predict_proba(numpy.zeros((1, 1)))[0, 0] == 0.5


def weights_of(shares):
    """
    Weights whose quotients by their sum are these shares, bit for bit, so that equal votes stay equal. Counts of
    samples are tried first. Where nothing is found, the shares remain, which is a rounding away.
    """
    found = shares.copy()
    for factor in range(1, 5000):
        for scaled in (numpy.rint, numpy.positive):
            wrong = (found / found.sum(axis=1, keepdims=True) != shares).any(axis=1)
            if not wrong.any():
                return found
            tried = scaled(shares[wrong] * factor)
            found[wrong] = numpy.where(tried.any(axis=1, keepdims=True), tried, shares[wrong])
    wrong = (found / found.sum(axis=1, keepdims=True) != shares).any(axis=1)
    found[wrong] = shares[wrong]
    return found
`;

const ENCODER = `\
def fit_encoder(step):
    """Fits an encoder on a table that holds its categories."""
    rows = max(map(len, step.categories))
    step.fit(numpy.column_stack([numpy.resize(own, rows) for own in step.categories]))
`;

const GROUPS = `\
def put_groups(step, made, widths):
    """Puts fitted pipelines into a ColumnTransformer. \`widths\` are the features that the groups become."""
    for name in ("transformers", "transformers_"):
        groups = [(group, made.get(group, kept), columns) for group, kept, columns in getattr(step, name)]
        setattr(step, name, groups)
    names = [name for name, kept, _ in step.transformers_ if not (isinstance(kept, str) and kept == "drop")]
    ends = numpy.cumsum(widths).tolist()
    step.output_indices_ = {name: slice(end - width, end) for name, end, width in zip(names, ends, widths)}


def name_features(step, names):
    """Gives a fitted step, and the first ones of its groups, the names of their columns."""
    step.feature_names_in_ = names
    for _, pipe, columns in getattr(step, "transformers_", []):
        if isinstance(pipe, Pipeline):
            name_features(pipe[0], names[columns])
`;

const XGBOOST = `\
class XGBClassifier(xgboost.XGBClassifier):
    """xgboost's class, which calls classes by their names. The original numbers them from 0."""

    classes_ = CLASSES
    feature_names_in_ = None

    def predict(self, X, **options):
        check_names(self.feature_names_in_, X)
        codes = super().predict(X, **options)
        return codes if options.get("output_margin") else self.classes_[codes]

    def predict_proba(self, X, **options):
        check_names(self.feature_names_in_, X)
        return super().predict_proba(X, **options)


def check_names(names, X):
    """Refuses a DataFrame whose columns are not the features in their order."""
    if names is not None and hasattr(X, "columns") and list(X.columns) != list(names):
        raise ValueError("The feature names should match those of FEATURES, in the same order")
`;

const SVC = `\
class SVC(sklearn.svm.SVC):
    """scikit-learn's class with exact probabilities. For two classes, libsvm's are off by up to 0.0025."""

    def predict_proba(self, X):
        if self._probA.size != 1:
            return super().predict_proba(X)
        of_first = expit(self._probA[0] * self.decision_function(X) - self._probB[0]).clip(1e-7, 1 - 1e-7)
        return numpy.column_stack([of_first, 1 - of_first])
`;

const NEIGHBORS = `\
class KNeighborsClassifier(sklearn.neighbors.KNeighborsClassifier):
    """scikit-learn's class. Of samples at equal distances, the earlier ones are the nearer ones, as in spt."""

    def kneighbors(self, X=None, n_neighbors=None, return_distance=True):
        count = self.n_neighbors if n_neighbors is None else n_neighbors
        most = self.n_samples_fit_ - (X is None)
        asked = min(count + 1, most)
        distances, places = super().kneighbors(X, asked)
        while asked < most and (distances[:, -1] <= distances[:, count - 1] * (1 + 1e-9)).any():
            asked = min(2 * asked, most)
            distances, places = super().kneighbors(X, asked)
        powers = self.powers(self._fit_X if X is None else numpy.asarray(X, float), places)
        order = numpy.lexsort((places, powers))[:, :count]
        distances, places = (numpy.take_along_axis(values, order, 1) for values in (distances, places))
        return (distances, places) if return_distance else places

    def powers(self, X, places):
        """The powers of distances, added up over the features in their order, before any root rounds them."""
        sums = numpy.zeros(places.shape)
        for j in range(X.shape[1]):
            apart = abs(self._fit_X[places, j] - X[:, j, None])
            if self.metric == "chebyshev":
                sums = numpy.maximum(sums, apart)
            else:
                sums += apart * apart if self.p == 2 else apart**self.p
        return sums
`;

export const HELPERS: { readonly [name in Helper]: HelperCode } = {
  binarizer: { imports: ['from sklearn.preprocessing import LabelBinarizer'], text: BINARIZER },
  encoder: { imports: [], text: ENCODER },
  groups: { imports: [], text: GROUPS },
  grown: {
    imports: [
      'from sklearn.tree import DecisionTreeClassifier',
      'from sklearn.tree._tree import NODE_DTYPE, Tree',
    ],
    text: GROWN,
  },
  neighbors: { imports: ['import sklearn.neighbors'], text: NEIGHBORS },
  svc: { imports: ['import sklearn.svm', 'from scipy.special import expit'], text: SVC },
  xgboost: { imports: [], text: XGBOOST },
};
