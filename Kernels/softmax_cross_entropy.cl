// Softmax cross-entropy of logits [batch, class] against targets [batch].
//
// p = softmax(z), loss = -log p[target]; score += (sum of losses, correct predictions, images)
// gradient = (p - one hot) / batch
//
// A row whose target is negative adds nothing to the score and has zero gradient. One work-group
// per member (dimension 1); its work-items take rows in turn, and a tree adds up their sums.

#include "common.cl"

// SHAPE, at least 1: rows and columns.
#ifndef BATCH
#define BATCH 64
#endif
#ifndef CLASSES
#define CLASSES 10
#endif
// SHAPE, 0 or 1: whether to write the gradient.
#ifndef WITH_GRADIENT
#define WITH_GRADIENT 1
#endif

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void softmax_cross_entropy(
    global const float *logits, const ulong2 logits_place,
    global const int *targets, const ulong2 targets_place,
    global float *score, const ulong2 score_place
#if WITH_GRADIENT
    , global float *gradient, const ulong2 gradient_place
#endif
) {
  local float scratch[GROUP];
  const int item = get_local_id(0), member = get_global_id(1);
  logits = MEMBER(logits, logits_place, member);
  targets = MEMBER(targets, targets_place, member);
#if WITH_GRADIENT
  gradient = MEMBER(gradient, gradient_place, member);
#endif

  float2 losses = 0;
  float correct = 0, images = 0;
  for (int row = item; row < BATCH; row += GROUP) {
    const int target = targets[row];
    global const float *z = logits + row * CLASSES;
    float largest = z[0];
    int prediction = 0;
    bool missing = isnan(z[0]);
    for (int k = 1; k < CLASSES; ++k) {
      missing = missing || isnan(z[k]);
      if (z[k] > largest) {
        largest = z[k];
        prediction = k;
      }
    }
    // The other classes' share is summed separately from the target's, so that p - 1 keeps its
    // digits if p is near 1.
    float others = 0;
    for (int k = 0; k < CLASSES; ++k)
      if (k != target) others += exp(z[k] - largest);
    // A target that is not a class makes the loss NaN; nothing is read out of bounds.
    const float logit = target < CLASSES && target >= 0 ? z[target] : NAN;
    const float sum = others + exp(logit - largest);
    if (target >= 0) {
      const float loss = target == prediction ? log1p(others) : log(sum) + (largest - logit);
      losses = compensated_add(losses, loss);
      correct += target == prediction && !missing ? 1.0f : 0.0f;
      images += 1;
    }
#if WITH_GRADIENT
    for (int k = 0; k < CLASSES; ++k) {
      const float share = k == target ? -others / sum : exp(z[k] - largest) / sum;
      gradient[row * CLASSES + k] = target >= 0 ? share / BATCH : 0.0f;
    }
#endif
  }
  const float loss_sum = group_sum(losses.x + losses.y, scratch);
  const float correct_sum = group_sum(correct, scratch);
  const float image_sum = group_sum(images, scratch);
  if (item == 0) {
    score = MEMBER(score, score_place, member);
    score[0] += loss_sum;
    score[1] += correct_sum;
    score[2] += image_sum;
  }
}
