#include "check.h"

/* The emulated GPU refuses what no GPU defines. */
TEST(groups_of_other_than_32_threads_are_refused) {
  Memory x(std::vector<float>(64)), y(64 * 4);
  int p[5] = {1, 64, 0, 64, 64};
  try {
    launch("gated", {1, 1, 1, 48}, {&x, &x, &y}, p);
  } catch (const Failure &failure) {
    if (failure.text.find("multiple of 32") == std::string::npos) throw;
    return;
  }
  throw Failure{"48 threads are taken"};
}
