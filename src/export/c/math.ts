/**
 * The functions of src/kernels/math.ts in C, operation by operation, so that they give the same bits. That file names
 * the sources of the methods.
 */

interface CFunction {
  /** The functions that its text calls. */
  needs: readonly string[];
  text: string;
}

const FROM_BITS = `/* The double of these bits. */
static double from_bits(uint64_t b) { double x; memcpy(&x, &b, sizeof x); return x; }`;

const BITS_OF = `/* The bits of a double. */
static uint64_t bits_of(double x) { uint64_t b; memcpy(&b, &x, sizeof b); return b; }`;

const HALVES = `/* The upper half of the bits, and a double with another one. */
static int32_t high_word(double x) { return (int32_t)(bits_of(x) >> 32); }
static double with_high_word(double x, int32_t high) {
  return from_bits(((uint64_t)(uint32_t)high << 32) | (bits_of(x) & 0xffffffffu));
}`;

const POWER_OF_TWO = `/* 2^k. */
static double power_of_two(int k) { return from_bits((uint64_t)(1023 + k) << 52); }`;

const SCALE = `/* x * 2^k. */
static double scale_by(double x, int k) {
  int half = (int)floor(0.5 * k);
  return x * power_of_two(half) * power_of_two(k - half);
}`;

const EXP = `/* e^x. */
static double exp_of(double x) {
  double bounded = x < -746 ? -746 : x > 710 ? 710 : x;
  if (x != x) return x;
  double k = floor(bounded * 1.442695040888963387 + 0.5);
  double high = bounded - k * 6.9314718036912381649e-1;
  double low = k * 1.90821492927058770002e-10;
  double r = high - low;
  double r2 = r * r;
  double r4 = r2 * r2;
  double c = r - (r2 * 1.66666666666666019037e-1 +
    r4 * (-2.77777777770155933842e-3 + r2 * 6.61375632143793436117e-5 +
      r4 * (-1.6533902205465251539e-6 + r2 * 4.13813679705723846039e-8)));
  return scale_by(1 + ((r * c) / (2 - c) - low + high), (int)k);
}`;

const EXPM1 = `/* e^x - 1. */
static double expm1_of(double x) {
  if (!(x <= 709.8)) return x != x ? x : INFINITY;
  if (x < -56.1) return -1;
  if (fabs(x) < 5.6e-17) return x;
  double kd = fabs(x) <= 0.34657359027997264 ? 0 : floor(x * 1.442695040888963387 + 0.5);
  int k = (int)kd;
  double high = x - kd * 6.9314718036912381649e-1;
  double low = kd * 1.90821492927058770002e-10;
  double r = high - low;
  double correction = high - r - low;
  double half_r = 0.5 * r;
  double h = r * half_r;
  double h2 = h * h;
  double r1 = 1 + h * -3.33333333333331316428e-2 +
    h2 * (1.58730158725481460165e-3 + h * -7.93650757867487942473e-5 +
      h2 * (4.00821782732936239552e-6 + h * -2.01099218183624371326e-7));
  double t = 3 - r1 * half_r;
  double quotient = h * ((r1 - t) / (6 - r * t));
  if (k == 0) return r - (r * quotient - h);
  double e = r * (quotient - correction) - correction - h;
  if (k == -1) return 0.5 * (r - e) - 0.5;
  if (k == 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k < 0 || k > 56) return scale_by(r - e + 1, k) - 1;
  double inverse = power_of_two(-k);
  return (k < 20 ? r + (1 - inverse - e) : r + (1 - (e + inverse))) * power_of_two(k);
}`;

const FRACTION = `/* x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2): gives f. And log(1 + f) - f + f^2/2. */
static double fraction_of(double x, int *k) {
  int denormal = x < 2.2250738585072014e-308;
  double normal = denormal ? x * 18014398509481984.0 : x;
  int32_t shifted = high_word(normal) + (0x3ff00000 - 0x3fe6a09e);
  *k = (shifted >> 20) - 1023 - (denormal ? 54 : 0);
  return with_high_word(normal, (shifted & 0xfffff) + 0x3fe6a09e) - 1;
}
static double log_remainder(double f) {
  double s = f / (2 + f);
  double z = s * s;
  double w = z * z;
  double even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  double odd = z * (6.66666666666673513e-1 +
    w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860510658591e-1)));
  return s * (0.5 * f * f + (odd + even));
}`;

const LOG = `/* The natural logarithm. */
static double log_of(double x) {
  int k;
  if (!(x > 0 && x < INFINITY)) return x == 0 ? -INFINITY : x < 0 ? NAN : x;
  double f = fraction_of(x, &k);
  return log_remainder(f) + k * 1.90821492927058770002e-10 - 0.5 * f * f + f + k * 6.9314718036912381649e-1;
}`;

const LOG1P = `/* log(1 + x). */
static double log1p_of(double x) {
  int k;
  if (!(x > -1 && x < INFINITY)) return x == -1 ? -INFINITY : x < -1 ? NAN : x;
  if (fabs(x) < 1.1e-16) return x;
  if (x > -0.2928 && x < 0.4142) return log_remainder(x) - 0.5 * x * x + x;
  double sum = 1 + x;
  double f = fraction_of(sum, &k);
  double lost = k >= 54 ? 0 : (k >= 2 ? 1 - (sum - x) : x - (sum - 1)) / sum;
  return log_remainder(f) + (k * 1.90821492927058770002e-10 + lost) - 0.5 * f * f + f +
    k * 6.9314718036912381649e-1;
}`;

const TANH = `/* The hyperbolic tangent. */
static double tanh_of(double x) {
  double size = fabs(x), value = 1;
  if (x != x || size < 1e-300) return x;
  if (size > 0.25541281188299536) {
    if (size < 22) value = 1 - 2 / (expm1_of(2 * size) + 2);
  } else {
    double t = expm1_of(-2 * size);
    value = -t / (t + 2);
  }
  return x < 0 ? -value : value;
}`;

const SIGMOID = `/* 1 / (1 + e^-x). */
static double sigmoid_of(double x) {
  double e = exp_of(-fabs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}`;

const SOFTMAX = `/* Turns k values into probabilities: e^v over the sum of all e^v. */
static void softmax(double *v, int k) {
  double largest = -INFINITY, total = 0;
  for (int c = 0; c < k; c++) if (v[c] > largest) largest = v[c];
  for (int c = 0; c < k; c++) total += v[c] = exp_of(v[c] - largest);
  for (int c = 0; c < k; c++) v[c] /= total;
}`;

const POWER = `/* x^y for sizes: x >= 0, and y > 0 that is not 0, 1/2, 1 or 2. */
static double upper_half(double x) { return from_bits(bits_of(x) & ~(uint64_t)0xffffffffu); }
static double log2_near_one(double x, double *rest_out) {
  double t = x - 1;
  double rest = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25));
  double t_high = upper_half(t);
  double u = t_high * 1.44269502162933349609;
  double v = (t - t_high) * 1.44269502162933349609 +
    (t * 1.92596299112661746887e-8 - rest * 1.442695040888963387);
  double result = upper_half(u + v);
  *rest_out = v - (result - u);
  return result;
}
static double log2_in_parts(double x, double *rest_out) {
  int denormal = x < 2.2250738585072014e-308;
  double normal = denormal ? x * 9007199254740992.0 : x;
  int32_t high = high_word(normal);
  int32_t digits = high & 0xfffff;
  int k = (high >> 20) - 1023 - (denormal ? 53 : 0);
  int32_t mantissa_high = digits | 0x3ff00000;
  int near_two = digits >= 0xbb67a;
  int middle = !near_two && digits > 0x3988e;
  if (near_two) {
    k += 1;
    mantissa_high -= 0x100000;
  }
  double a = with_high_word(normal, mantissa_high);
  double b = middle ? 1.5 : 1;
  double inverse = 1 / (a + b);
  double s = (a - b) * inverse;
  double s_high = upper_half(s);
  double sum_high = with_high_word(0, ((mantissa_high >> 1) | 0x20000000) + 0x80000 + (middle ? 1 << 18 : 0));
  double sum_low = a - (sum_high - b);
  double s_low = inverse * (a - b - s_high * sum_high - s_high * sum_low);
  double s2 = s * s;
  double series = s2 * s2 * (5.99999999999994648725e-1 + s2 * (4.28571428578550184252e-1 +
    s2 * (3.33333329818377432918e-1 + s2 * (2.72728123808534006489e-1 +
      s2 * (2.30660745775561754067e-1 + s2 * 2.06975017800338417784e-1))))) + s_low * (s_high + s);
  double s_high2 = s_high * s_high;
  double cubic_high = upper_half(3 + s_high2 + series);
  double cubic_low = series - (cubic_high - 3 - s_high2);
  double u = s_high * cubic_high;
  double v = s_low * cubic_high + cubic_low * s;
  double p_high = upper_half(u + v);
  double p_low = v - (p_high - u);
  double z_high = 9.61796700954437255859e-1 * p_high;
  double z_low = -7.02846165095275826516e-9 * p_high + p_low * 9.61796693925975554329e-1 +
    (middle ? 1.35003920212974897128e-8 : 0);
  double offset = middle ? 5.84962487220764160156e-1 : 0;
  double result = upper_half(z_high + z_low + offset + k);
  *rest_out = z_low - (result - k - offset - z_high);
  return result;
}
static double exp2_of_parts(double high, double low) {
  double kd = floor(high + low + 0.5);
  double rest = high - kd;
  double sum = upper_half(rest + low);
  double u = sum * 6.93147182464599609375e-1;
  double v = (low - (sum - rest)) * 6.93147180559945286227e-1 + sum * -1.90465429995776804525e-9;
  double z = u + v;
  double w = v - (z - u);
  double z2 = z * z;
  double c = z - z2 * (1.66666666666666019037e-1 + z2 * (-2.77777777770155933842e-3 +
    z2 * (6.61375632143793436117e-5 + z2 * (-1.6533902205465251539e-6 + z2 * 4.13813679705723846039e-8))));
  double r = (z * c) / (c - 2) - (w + z * w);
  return scale_by(1 - (r - z), (int)kd);
}
static double power_of(double x, double y) {
  double low;
  if (x != x) return x;
  if (x == 0 || x == INFINITY || x == 1) return x;
  if (y > 1e20) return x > 1 ? INFINITY : 0;
  double logarithm = fabs(x - 1) < 9.5e-7 ? log2_near_one(x, &low) : log2_in_parts(x, &low);
  double y_high = upper_half(y);
  double product_low = (y - y_high) * logarithm + y * low;
  double product_high = y_high * logarithm;
  double product = product_high + product_low;
  if (product > 1025) return INFINITY;
  if (product < -1080) return 0;
  return exp2_of_parts(product_high, product_low);
}`;

/** In the order in which they have to stand. */
const FUNCTIONS: { [name: string]: CFunction } = {
  fromBits: { needs: [], text: FROM_BITS },
  bitsOf: { needs: [], text: BITS_OF },
  halves: { needs: ['fromBits', 'bitsOf'], text: HALVES },
  powerOfTwo: { needs: ['fromBits'], text: POWER_OF_TWO },
  scale: { needs: ['powerOfTwo'], text: SCALE },
  exp: { needs: ['scale'], text: EXP },
  expm1: { needs: ['scale'], text: EXPM1 },
  fraction: { needs: ['halves'], text: FRACTION },
  log: { needs: ['fraction'], text: LOG },
  log1p: { needs: ['fraction'], text: LOG1P },
  tanh: { needs: ['expm1'], text: TANH },
  sigmoid: { needs: ['exp'], text: SIGMOID },
  softmax: { needs: ['exp'], text: SOFTMAX },
  power: { needs: ['halves', 'scale'], text: POWER },
};

/** The text of these functions and of all that they call. */
export function mathText(names: Iterable<string>): string {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    wanted.add(name);
    FUNCTIONS[name].needs.forEach(want);
  };
  for (const name of names) want(name);
  return Object.keys(FUNCTIONS)
    .filter(name => wanted.has(name))
    .map(name => FUNCTIONS[name].text)
    .join('\n\n');
}
