#include "check.h"

struct CopyParams {
  int count, rank, extent[8], x[8], y[8], from, to;
};
struct PadParams {
  int count, rank, mode, filled, extent[8], own[8], before[8], stride[8];
};

/* [2, 3, 4] to [4, 2, 3], backwards along the last axis, behind two other elements. */
TEST(copy) {
  std::vector<uint32_t> x, expected{0xffffffff, 0xffffffff};
  for (uint32_t i = 0; i < 24; i++) x.push_back(i);
  for (int k = 3; k >= 0; k--) {
    for (int i = 0; i < 6; i++) expected.push_back(static_cast<uint32_t>(i * 4 + k));
  }
  CopyParams p{24, 3, {3, 2, 4}, {4, 12, -1}, {1, 3, 6}, 3, 2};
  Memory mx(x), my(104);
  launch("copy_4", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<uint32_t>() != expected) throw Failure{"copy"};
}

TEST(copy_bytes) {
  std::vector<uint8_t> x{1, 2, 3};
  CopyParams p{6, 2, {2, 3}, {0, 1}, {1, 2}, 0, 0};
  Memory mx(x), my(6);
  launch("copy_1", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<uint8_t>() != std::vector<uint8_t>{1, 1, 2, 2, 3, 3}) throw Failure{"repeat"};
}

TEST(pad) {
  std::vector<uint32_t> x{1, 2, 3}, value{9};
  std::vector<std::vector<uint32_t>> expected{
      {9, 9, 9, 9, 1, 2, 3, 9}, {1, 2, 3, 2, 1, 2, 3, 2}, {1, 1, 1, 1, 1, 2, 3, 3}, {3, 1, 2, 3, 1, 2, 3, 1}};
  for (int mode = 0; mode < 4; mode++) {
    PadParams p{8, 1, mode, 1, {8}, {3}, {4}, {1}};
    Memory mx(x), mv(value), my(32);
    launch("pad_4", {1, 1, 1, 32}, {&mx, &mv, &my}, &p);
    if (my.values<uint32_t>() != expected[static_cast<size_t>(mode)]) throw Failure{"pad " + std::to_string(mode)};
  }
  PadParams p{2, 1, 0, 0, {2}, {3}, {-2}, {1}};
  Memory mx(x), mv(value), my(8);
  launch("pad_4", {1, 1, 1, 32}, {&mx, &mv, &my}, &p);
  if (my.values<uint32_t>() != std::vector<uint32_t>{3, 0}) throw Failure{"pad that cuts"};
}

struct TriluParams {
  int count, rows, columns, k, upper, given;
};

TEST(trilu) {
  std::vector<uint16_t> x{1, 2, 3, 4, 5, 6};
  Memory mx(x), my(12);
  TriluParams p{6, 2, 3, 1, 1, 0};
  launch("trilu_2", {1, 1, 1, 32}, {&mx, &mx, &my}, &p);
  if (my.values<uint16_t>() != std::vector<uint16_t>{0, 2, 3, 0, 0, 6}) throw Failure{"upper"};
  std::vector<int64_t> k{-(int64_t(1) << 40)};
  Memory mk(k);
  p = {6, 2, 3, 0, 0, 0};
  launch("trilu_2", {1, 1, 1, 32}, {&mx, &mk, &my}, &p);
  if (my.values<uint16_t>() != std::vector<uint16_t>{1, 0, 0, 4, 5, 0}) throw Failure{"lower"};
  p.given = 1;
  launch("trilu_2", {1, 1, 1, 32}, {&mx, &mk, &my}, &p);
  if (my.values<uint16_t>() != std::vector<uint16_t>(6, 0)) throw Failure{"given"};
}
