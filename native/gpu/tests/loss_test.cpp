#include "check.h"

struct LossParams {
  int64_t ignore;
  int count, classes, inner, wide, ignores, weighted, reducing;
};

/* x: [2, 3, 2]; targets with one that is ignored, one that counts from the end. */
TEST(loss) {
  std::vector<float> x, weights{0.5f, 1.0f, 2.0f};
  for (int i = 0; i < 12; i++) x.push_back(-static_cast<float>(i + 1));
  std::vector<int32_t> targets{2, 0, 7, -1};
  std::vector<float> each{10.0f, 1.0f, 0.0f, 24.0f};
  for (int wide : {0, 1}) {
    Memory mt = wide ? Memory(std::vector<int64_t>(targets.begin(), targets.end())) : Memory(targets);
    Memory mx(x), mw(weights), my(16), mz(4);
    LossParams p{7, 4, 3, 2, wide, 1, 1, 0};
    launch("loss_each", {1, 1, 1, 64}, {&mx, &mt, &mw, &my}, &p);
    if (my.values<float>() != each) throw Failure{"loss_each"};
    p.reducing = 1;
    launch("loss_all", {1, 1, 1, 64}, {&mx, &mt, &mw, &mz}, &p);
    if (mz.values<float>()[0] != 35.0f) throw Failure{"the sum"};
    p.reducing = 2;
    launch("loss_all", {1, 1, 1, 64}, {&mx, &mt, &mw, &mz}, &p);
    if (mz.values<float>()[0] != 35.0f / 4.5f) throw Failure{"the mean"};
  }
  Memory mx(x), mw(weights), my(16), mt(std::vector<int32_t>{3, 0, 1, -4});
  LossParams p{0, 4, 3, 2, 0, 0, 0, 0};
  launch("loss_each", {1, 1, 1, 32}, {&mx, &mt, &mw, &my}, &p);
  std::vector<float> y = my.values<float>();
  if (!std::isnan(y[0]) || y[1] != 2.0f || y[2] != 9.0f || !std::isnan(y[3])) throw Failure{"classes outside"};
}
