#include "check.h"

struct CastParams {
  int count, from, to;
};
struct UnaryParams {
  int count, function;
};
struct PairParams {
  int count, function, rank, extent[8], a[8], b[8], dtype;
};
struct ReduceParams {
  int outer, n, inner, function, count;
};
struct SumsParams {
  int outer, n, inner, exclusive, reverse;
};
struct EinsumParams {
  int count, run, rank, sum_rank, pair, extent[8], x[8], z[8], sum_extent[8], sum_x[8], sum_z[8];
};

/* Numbers that single precision does not tell apart. */
static const double NEAR = 1 + 1e-12;

static void same(const std::string &what, const Memory &memory, const std::vector<double> &expected) {
  std::vector<double> actual = memory.values<double>();
  for (size_t i = 0; i < expected.size(); i++) {
    if (actual[i] != expected[i]) throw Failure{what + ": " + std::to_string(i)};
  }
}

TEST(cast_f64) {
  Memory doubles(std::vector<double>{1.5, -2.75, 0}), floats(12), halves(6), wholes(24), bits(3), back(24);
  auto run = [&](const Memory &x, const Memory &y, int from, int to) {
    CastParams p{3, from, to};
    launch("cast_f64", {1, 1, 1, 32}, {&x, &y}, &p);
  };
  run(doubles, floats, 12, 0);
  if (floats.values<float>() != std::vector<float>{1.5f, -2.75f, 0}) throw Failure{"to F32"};
  run(doubles, halves, 12, 1);
  run(halves, back, 1, 12);
  same("through F16", back, {1.5, -2.75, 0});
  run(doubles, wholes, 12, 6);
  run(wholes, back, 6, 12);
  same("through I64", back, {1, -2, 0});
  run(doubles, bits, 12, 10);
  if (bits.values<uint8_t>() != std::vector<uint8_t>{1, 1, 0}) throw Failure{"to BOOL"};
}

TEST(unary_f64) {
  std::vector<double> x{0.25, 4};
  auto sigmoid = [](double t) { return 1 / (1 + std::exp(-t)); };
  auto expected = [&](int function, double t) {
    switch (function) {
      case 0: return -t;
      case 1: return t;
      case 2: return std::exp(t);
      case 3: return std::log(t);
      case 4: return std::sqrt(t);
      case 5: return 1 / t;
      case 6: return sigmoid(t);
      case 7: return std::tanh(t);
      case 8: return std::erf(t);
      case 9: return t * sigmoid(t);
      case 10: return t * 0.5 * (1 + std::erf(t / std::sqrt(2.0)));
      case 11: return t * 0.5 * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (t + 0.044715 * t * t * t)));
      default: return t;
    }
  };
  for (int function = 0; function <= 12; function++) {
    Memory mx(x), my(16);
    UnaryParams p{2, function};
    launch("unary_f64", {1, 1, 1, 32}, {&mx, &my}, &p);
    for (size_t i = 0; i < 2; i++) {
      double want = expected(function, x[i]), have = my.values<double>()[i];
      if (!(std::fabs(have - want) <= 1e-14 * std::fabs(want))) throw Failure{"function " + std::to_string(function)};
    }
  }
  Memory mx(std::vector<double>{-3, NAN}), my(16);
  UnaryParams p{2, 12};
  launch("unary_f64", {1, 1, 1, 32}, {&mx, &my}, &p);
  if (my.values<double>()[0] != 0 || !std::isnan(my.values<double>()[1])) throw Failure{"RELU"};
}

TEST(binary_f64) {
  std::vector<double> a{NEAR, -7, NAN}, b{1, 2, 3};
  double expected[9][2] = {{NEAR + 1, -5}, {NEAR - 1, -9},  {NEAR, -14}, {NEAR, -3.5}, {NEAR, 49},
                           {NEAR, 2},      {1, -7},         {NEAR - 1, 1}, {NEAR - 1, -1}};
  for (int function = 0; function < 9; function++) {
    PairParams p{3, function, 1, {3}, {1}, {1}, 0};
    Memory ma(a), mb(b), my(24);
    launch("binary_f64", {1, 1, 1, 32}, {&ma, &mb, &my}, &p);
    same("function " + std::to_string(function), my, {expected[function][0], expected[function][1]});
    if (!std::isnan(my.values<double>()[2])) throw Failure{"NaN"};
  }
  PairParams p{3, 1, 1, {3}, {1}, {0}, 0};
  Memory ma(a), mb(std::vector<double>{1}), my(3);
  launch("compare_f64", {1, 1, 1, 32}, {&ma, &mb, &my}, &p);
  if (my.values<uint8_t>() != std::vector<uint8_t>{1, 0, 0}) throw Failure{"compared"};
}

TEST(reduce_f64) {
  /* [2, 3] along the first axis. */
  std::vector<double> x{1, 2, 3, NEAR, 5, -6};
  double expected[5][3] = {
      {1 + NEAR, 7, -3}, {(1 + NEAR) / 2, 3.5, -1.5}, {NEAR, 5, 3}, {1, 2, -6}, {NEAR, 10, -18}};
  for (int function = 0; function < 5; function++) {
    ReduceParams p{1, 2, 3, function, 2};
    Memory mx(x), my(24);
    launch("reduce_axis_f64", {1, 1, 1, 32}, {&mx, &my}, &p);
    same("function " + std::to_string(function), my, {expected[function][0], expected[function][1], expected[function][2]});
  }
  SumsParams p{1, 2, 3, 1, 1};
  Memory mx(x), my(48);
  launch("cum_sum_f64", {1, 1, 1, 32}, {&mx, &my}, &p);
  same("sums from the end", my, {NEAR, 5, -6, 0, 0, 0});
  p = {2, 3, 1, 0, 0};
  launch("cum_sum_f64", {1, 1, 1, 32}, {&mx, &my}, &p);
  same("sums", my, {1, 3, 6, NEAR, NEAR + 5, NEAR + 5 - 6});
}

TEST(einsum_f64) {
  /* ij,j->i and i-> */
  std::vector<double> x{1, 2, 3, NEAR, 5, -6}, z{1, 10, 100};
  EinsumParams p{2, 3, 1, 1, 1, {2}, {3}, {0}, {3}, {1}, {1}};
  Memory mx(x), mz(z), my(16);
  launch("einsum_f64", {1, 1, 1, 32}, {&mx, &mz, &my}, &p);
  same("product", my, {321, NEAR + 50 - 600});
  p = {1, 6, 1, 1, 0, {1}, {0}, {0}, {6}, {1}, {0}};
  launch("einsum_f64", {1, 1, 1, 32}, {&mx, &mx, &my}, &p);
  same("sum", my, {1 + 2 + 3 + NEAR + 5 - 6});
}

TEST(range_f64) {
  int count = 3;
  Memory ms(std::vector<double>{1}), md(std::vector<double>{1e-12}), my(24);
  launch("range_f64", {1, 1, 1, 32}, {&ms, &md, &my}, &count);
  same("range", my, {1, 1 + 1e-12, 1 + 2 * 1e-12});
}
