#include "check.h"

struct GatherParams {
  int count, picked, extent, inner, wide, missing;
};
struct GatherElementsParams {
  int count, rank, along, own, wide, missing, extent[8], stride[8];
};
struct SlicesParams {
  int count, slice, n, tuples, step, wide, missing, reduction, extent[8], stride[8];
};
struct ScatterParams {
  int lines, length, rank, along_updates, along_own, axis, wide, reduction, extent[8], updates[8], own[8];
};

/* x: [2, 4, 3], rows picked along the middle axis. */
TEST(gather) {
  std::vector<uint32_t> x, expected;
  for (uint32_t i = 0; i < 24; i++) x.push_back(i + 1);
  std::vector<int32_t> index{3, -4, 4, -5, 1};
  for (int o = 0; o < 2; o++) {
    for (int at : {3, 0, -1, -1, 1}) {
      for (int i = 0; i < 3; i++) expected.push_back(at < 0 ? 77 : x[static_cast<size_t>((o * 4 + at) * 3 + i)]);
    }
  }
  for (int wide : {0, 1}) {
    Memory mi = wide ? Memory(std::vector<int64_t>(index.begin(), index.end())) : Memory(index);
    Memory mx(x), my(120);
    GatherParams p{30, 5, 4, 3, wide, 77};
    launch("gather_4", {1, 1, 1, 64}, {&mx, &mi, &my}, &p);
    if (my.values<uint32_t>() != expected) throw Failure{"gather"};
  }
}

/* x: [3, 4], indices [2, 4] along axis 0. */
TEST(gather_elements) {
  std::vector<uint16_t> x;
  for (uint16_t i = 0; i < 12; i++) x.push_back(i);
  std::vector<int64_t> index{0, 1, 2, -1, -3, 3, 1, 0};
  GatherElementsParams p{8, 2, 4, 3, 1, 77, {4, 2}, {1, 0}};
  Memory mx(x), mi(index), my(16);
  launch("gather_elements_2", {1, 1, 1, 32}, {&mx, &mi, &my}, &p);
  if (my.values<uint16_t>() != std::vector<uint16_t>{0, 5, 10, 11, 0, 77, 6, 3}) throw Failure{"gather_elements"};
}

/* x: [2, 3, 2, 2]; one batch axis, tuples of one index: slices [2, 2]. */
TEST(gather_slices) {
  std::vector<int64_t> x, expected;
  for (int64_t i = 0; i < 24; i++) x.push_back(i + 1);
  std::vector<int32_t> index{2, 0, -1, 3};
  for (int at : {2, 0, 5, -1}) {
    for (int i = 0; i < 4; i++) expected.push_back(at < 0 ? -7 : at * 4 + i + 1);
  }
  SlicesParams p{16, 4, 1, 2, 12, 0, -7, 0, {3}, {4}};
  Memory mx(x), mi(index), my(128);
  launch("gather_slices_8", {1, 1, 1, 32}, {&mx, &mi, &my}, &p);
  if (my.values<int64_t>() != expected) throw Failure{"gather_slices"};
}

/* y: [3, 4], updates [2, 4] along axis 0. */
TEST(scatter_elements) {
  std::vector<float> y(12, 1), updates{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<int32_t> index{0, 1, 2, 7, 0, -1, 2, 1};
  ScatterParams p{4, 2, 1, 4, 4, 3, 0, 1, {4}, {1}, {1}};
  Memory mu(updates), mi(index), my(y);
  launch("scatter_elements_f32", {1, 1, 1, 32}, {&mu, &mi, &my}, &p);
  close("scatter_elements", my.values<float>(), {7, 1, 1, 1, 1, 3, 1, 9, 1, 7, 11, 1}, 0);
}

/* y: [2, 2, 3], tuples of two indices. */
TEST(scatter_slices) {
  std::vector<int32_t> y(12, 0), updates{1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<int64_t> index{0, 1, -1, 0, 0, 2};
  SlicesParams p{3, 3, 2, 3, 0, 1, 0, 0, {2, 2}, {6, 3}};
  Memory mu(updates), mi(index), my(y);
  launch("scatter_slices_i32", {1, 1, 1, 32}, {&mu, &mi, &my}, &p);
  if (my.values<int32_t>() != std::vector<int32_t>{0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0}) throw Failure{"scatter_slices"};
}

struct IndicesParams {
  int count, extent, wide;
};
struct OneHotParams {
  int count, depth, inner, wide;
};

TEST(pick_indices) {
  std::vector<int64_t> index{2, -1, 3, -4, int64_t(1) << 40};
  Memory mi(index), my(20);
  IndicesParams p{5, 3, 1};
  launch("pick_indices", {1, 1, 1, 32}, {&mi, &my}, &p);
  if (my.values<int32_t>() != std::vector<int32_t>{2, 2, -1, -1, -1}) throw Failure{"pick_indices"};
}

TEST(one_hot) {
  std::vector<int32_t> index{0, -1, 5};
  std::vector<uint32_t> values{7, 8};
  Memory mi(index), mv(values), my(24);
  OneHotParams p{6, 2, 3, 0};
  launch("one_hot_4", {1, 1, 1, 32}, {&mi, &mv, &my}, &p);
  if (my.values<uint32_t>() != std::vector<uint32_t>{8, 7, 7, 7, 8, 7}) throw Failure{"one_hot"};
}

struct ReverseParams {
  int count, sequences, times, slice, batch_first, wide;
};

TEST(reverse) {
  std::vector<uint32_t> x{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  std::vector<int64_t> lengths{2, 1};
  std::vector<int32_t> narrow{3, 2};
  Memory mx(x), ml(lengths), mn(narrow), my(48);
  ReverseParams p{12, 2, 3, 2, 1, 1};
  launch("reverse_4", {1, 1, 1, 32}, {&mx, &ml, &my}, &p);
  if (my.values<uint32_t>() != std::vector<uint32_t>{2, 3, 0, 1, 4, 5, 6, 7, 8, 9, 10, 11}) throw Failure{"batch first"};
  p = {12, 2, 3, 2, 0, 0};
  launch("reverse_4", {1, 1, 1, 32}, {&mx, &mn, &my}, &p);
  if (my.values<uint32_t>() != std::vector<uint32_t>{8, 9, 6, 7, 4, 5, 2, 3, 0, 1, 10, 11}) throw Failure{"time first"};
}
