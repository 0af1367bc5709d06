#include <algorithm>

#include "check.h"

struct ReduceParams {
  int outer, n, inner, function, count;
};
struct PickParams {
  int outer, n, inner, most, last, k;
};
struct CumSumParams {
  int outer, n, inner, exclusive, reverse;
};

static double reduce(int function, const std::vector<double> &x) {
  double y = x[0];
  for (size_t i = 1; i < x.size(); i++) {
    y = function == 2 ? std::fmax(y, x[i]) : function == 3 ? std::fmin(y, x[i]) : function == 4 ? y * x[i] : y + x[i];
  }
  return function == 1 ? y / double(x.size()) : y;
}

TEST(reduce) {
  for (int function = 0; function < 5; function++) {
    std::vector<float> x = Random(30).floats(5 * 36 * 3);
    std::vector<double> rows, axis;
    std::vector<int32_t> whole, sums;
    for (float each : x) whole.push_back(static_cast<int32_t>(each * 50));
    for (int o = 0; o < 15; o++) {
      std::vector<double> line;
      for (int j = 0; j < 36; j++) line.push_back(x[static_cast<size_t>(o * 36 + j)]);
      rows.push_back(reduce(function, line));
      line.clear();
      std::vector<double> numbers;
      for (int j = 0; j < 36; j++) {
        size_t at = static_cast<size_t>((o / 3 * 36 + j) * 3 + o % 3);
        line.push_back(x[at]);
        numbers.push_back(whole[at]);
      }
      axis.push_back(reduce(function, line));
      if (function != 4) sums.push_back(static_cast<int32_t>(reduce(function, numbers)));
    }
    Memory mx(x), my(60), mi(whole), ms(60);
    ReduceParams p{15, 36, 1, function, 36};
    launch("reduce_rows_f32", {groups(15 * 32, 64), 1, 1, 64}, {&mx, &my}, &p);
    close("rows " + std::to_string(function), my.values<float>(), rows, 1e-5);
    p = {5, 36, 3, function, 36};
    launch("reduce_axis_f32", {1, 1, 1, 32}, {&mx, &my}, &p);
    close("axis " + std::to_string(function), my.values<float>(), axis, 1e-5);
    if (function != 4) {
      launch("reduce_axis_i32", {1, 1, 1, 32}, {&mi, &ms}, &p);
      if (ms.values<int32_t>() != sums) throw Failure{"integers " + std::to_string(function)};
    }
  }
}

TEST(softmax_axis) {
  std::vector<float> x = Random(31).floats(2 * 7 * 3);
  std::vector<double> expected(42);
  for (int line = 0; line < 6; line++) {
    double sum = 0;
    for (int j = 0; j < 7; j++) sum += std::exp(x[static_cast<size_t>((line / 3 * 7 + j) * 3 + line % 3)]);
    for (int j = 0; j < 7; j++) {
      size_t at = static_cast<size_t>((line / 3 * 7 + j) * 3 + line % 3);
      expected[at] = std::exp(x[at]) / sum;
    }
  }
  Memory mx(x), my(168);
  ReduceParams p{2, 7, 3, 0, 1};
  launch("softmax_axis", {1, 1, 1, 32}, {&mx, &my}, &p);
  close("softmax_axis", my.values<float>(), expected, 1e-6);
}

TEST(hardmax) {
  /* [1, 3, 2] */
  std::vector<float> x{1, 5, 3, 5, 3, 2};
  Memory mx(x), my(24);
  ReduceParams p{1, 3, 2, 0, 1};
  launch("hardmax", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<float>() != std::vector<float>{0, 1, 1, 0, 0, 0}) throw Failure{"hardmax"};
}

TEST(softmax_rows) {
  std::vector<float> x = Random(33).floats(3 * 70);
  std::vector<double> expected;
  for (int row = 0; row < 3; row++) {
    double sum = 0;
    for (int i = 0; i < 70; i++) sum += std::exp(x[static_cast<size_t>(row * 70 + i)]);
    for (int i = 0; i < 70; i++) expected.push_back(std::exp(x[static_cast<size_t>(row * 70 + i)]) / sum);
  }
  Memory mx(x), my(840);
  ReduceParams p{3, 70, 1, 0, 1};
  launch("softmax_rows", {2, 1, 1, 64}, {&mx, &my}, &p);
  close("softmax_rows", my.values<float>(), expected, 1e-6);
}

TEST(arg_reduce) {
  std::vector<float> x{3, 1, 3, 1, -0.0f, 0, NAN, 5, NAN};
  Memory mx(x), my(24);
  PickParams p{3, 3, 1, 1, 0, 0};
  launch("arg_reduce_f32", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<int64_t>() != std::vector<int64_t>{0, 0, 0}) throw Failure{"first largest"};
  p.last = 1;
  launch("arg_reduce_f32", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<int64_t>() != std::vector<int64_t>{2, 0, 2}) throw Failure{"last largest"};
  p.most = 0;
  launch("arg_reduce_f32", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<int64_t>() != std::vector<int64_t>{1, 1, 1}) throw Failure{"smallest"};
}

TEST(top_k) {
  int n = 70, k = 5;
  Random random(32);
  std::vector<float> x;
  for (int i = 0; i < 3 * n; i++) x.push_back(static_cast<float>(random.below(20)) - 10);
  std::vector<double> values;
  std::vector<int64_t> places;
  for (int line = 0; line < 3; line++) {
    std::vector<int> order;
    for (int i = 0; i < n; i++) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return x[static_cast<size_t>(line * n + a)] > x[static_cast<size_t>(line * n + b)]; });
    for (int i = 0; i < k; i++) {
      values.push_back(x[static_cast<size_t>(line * n + order[static_cast<size_t>(i)])]);
      places.push_back(order[static_cast<size_t>(i)]);
    }
  }
  Memory mx(x), mv(60), mp(120);
  PickParams p{3, n, 1, 1, 0, k};
  launch("top_k_f32", {2, 1, 1, 64}, {&mx, &mv, &mp}, &p);
  close("top_k", mv.values<float>(), values, 0);
  if (mp.values<int64_t>() != places) throw Failure{"places of top_k"};
}

TEST(cum_sum) {
  std::vector<int32_t> x{1, 2, 3, 4, 5, 6};
  Memory mx(x), my(24);
  CumSumParams p{1, 3, 2, 0, 0};
  launch("cum_sum_i32", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<int32_t>() != std::vector<int32_t>{1, 2, 4, 6, 9, 12}) throw Failure{"cum_sum"};
  p = {1, 3, 2, 1, 1};
  launch("cum_sum_i32", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<int32_t>() != std::vector<int32_t>{8, 10, 5, 6, 0, 0}) throw Failure{"cum_sum, reverse"};
}
