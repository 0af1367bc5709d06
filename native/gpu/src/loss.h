/* Minus the log probability of the right class: NegativeLogLikelihoodLoss. */

#include "groups.h"

/* reducing: 0 no, 1 sum, 2 mean; ignore: the target that counts nothing, where ignores says so. */
struct LossParams {
  int64 ignore;
  int count;
  int classes;
  int inner;
  int wide;
  int ignores;
  int weighted;
  int reducing;
};

struct Loss {
  float loss;
  float weight;
};

/* Of target i. A class outside gives NaN: a device cannot raise an error. */
DEVICE Loss loss_of(int i, GLOBAL const float *x, GLOBAL const void *target, GLOBAL const float *weights,
                    CONSTANT const LossParams &p) {
  int64 wanted = p.wide ? ((GLOBAL const int64 *)target)[i] : (int64)((GLOBAL const int *)target)[i];
  Loss none = {0.0f, 0.0f};
  if (p.ignores && wanted == p.ignore) return none;
  if (wanted < 0) wanted += p.classes;
  bool known = wanted >= 0 && wanted < p.classes;
  int group = known ? (int)wanted : 0;
  int n = i / p.inner;
  float weight = p.weighted ? weights[group] : 1.0f;
  Loss found = {-weight * x[(n * p.classes + group) * p.inner + i - n * p.inner], weight};
  if (!known) found.loss = bits_float(0x7fc00000u);
  return found;
}

/* x: f32 [n, classes, inner]; target: int or int64 [n, inner]; y: f32 [n, inner]. A thread per target. */
KERNEL(loss_each, GLOBAL const float *x, GLOBAL const void *target, GLOBAL const float *weights, GLOBAL float *y,
       PARAMS(LossParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) y[i] = loss_of(i, x, target, weights, p).loss;
}

/* y: f32 [1], the sum of all losses, or their mean by weight. One group. */
KERNEL(loss_all, GLOBAL const float *x, GLOBAL const void *target, GLOBAL const float *weights, GLOBAL float *y,
       PARAMS(LossParams) p) {
  SHARED(float, losses, 32);
  SHARED(float, shares, 32);
  float loss = 0.0f;
  float weight = 0.0f;
  for (int i = THREAD; INSIDE(i < p.count); i += THREADS) {
    Loss next = loss_of(i, x, target, weights, p);
    loss += next.loss;
    weight += next.weight;
  }
  loss = group_sum(PLACE, loss, losses);
  weight = group_sum(PLACE, weight, shares);
  if (INSIDE(THREAD == 0)) y[0] = p.reducing == 2 ? loss / weight : loss; // equivalent: all threads have the same number
}
