#include "check.h"

struct PeakParams {
  int count, rounds;
};

TEST(peak) {
  std::vector<uint32_t> x(4 * 150);
  uint32_t all = 0;
  for (size_t i = 0; i < x.size(); i++) all ^= x[i] = static_cast<uint32_t>(i * 2654435761u);
  Memory mx(x), mr(256), my(256);
  PeakParams p{150, 3};
  launch("peak_read", {2, 1, 1, 32}, {&mx, &mr}, &p);
  std::vector<uint32_t> read = mr.values<uint32_t>();
  for (size_t i = 0; i < 64; i++) all ^= read[i];
  if (all != 0) throw Failure{"peak_read leaves something out"};
  /* ((j 2 + 2) 2 + 2) 2 + 2 = 8 j + 14, of j from 0 to 7. */
  p.count = 2;
  launch("peak_multiply", {2, 1, 1, 32}, {&my}, &p);
  if (my.values<float>()[63] != 8 * 28 + 8 * 14) throw Failure{"peak_multiply"};
  /* Halves of 1: each of 128 sums of a SIMD group is 16 a round. */
  p.count = 0x3c003c00;
  launch("peak_mma", {2, 1, 1, 32}, {&my}, &p);
  if (my.values<float>()[0] != 8 * 4 * 16 * 3) throw Failure{"peak_mma"};
}
