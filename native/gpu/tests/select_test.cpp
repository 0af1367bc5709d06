#include <algorithm>

#include "check.h"

struct CountParams {
  int count, dtype;
};
struct OffsetsParams {
  int count;
};
struct PlacesParams {
  int count, dtype, found, rank, extent[8];
};

/* Places of what is not 0, all three kernels; [rank, found]. extents: outermost first. */
template <class T>
static std::vector<int64_t> places(const std::vector<T> &x, int dtype, const std::vector<int> &extents) {
  int count = static_cast<int>(x.size());
  uint32_t chunks = groups(count, 1024);
  Memory mx(x), mc(chunks * 4), mt(4);
  CountParams cp{count, dtype};
  launch("select_count", {chunks, 1, 1, 32}, {&mx, &mc}, &cp);
  OffsetsParams op{static_cast<int>(chunks)};
  launch("select_offsets", {1, 1, 1, 32}, {&mc, &mt}, &op);
  int rank = static_cast<int>(extents.size());
  PlacesParams pp{count, dtype, mt.values<int>()[0], rank, {}};
  for (int d = 0; d < rank; d++) pp.extent[d] = extents[static_cast<size_t>(rank - 1 - d)];
  Memory my(static_cast<size_t>(rank * pp.found) * 8);
  launch("select_places", {chunks, 1, 1, 32}, {&mx, &mc, &my}, &pp);
  return my.values<int64_t>();
}

TEST(select_places) {
  if (places<float>({0, 1, -0.0f, NAN, 5, 0}, 0, {2, 3}) != std::vector<int64_t>{0, 1, 1, 1, 0, 1}) {
    throw Failure{"matrix"};
  }
  if (places<int64_t>({int64_t(1) << 40, 0, -1}, 6, {3}) != std::vector<int64_t>{0, 2}) throw Failure{"i64"};
  if (places<uint16_t>({0x8000, 0x0001, 0}, 1, {3}) != std::vector<int64_t>{1}) throw Failure{"f16"};
}

/* More chunks than lanes, the last one not full. */
TEST(select_many) {
  std::vector<uint8_t> x(36 * 1024 + 77);
  std::vector<int64_t> expected;
  Random random(3);
  for (size_t i = 0; i < x.size(); i++) {
    x[i] = random.below(5) == 0;
    if (x[i]) expected.push_back(static_cast<int64_t>(i));
  }
  if (places(x, 10, {static_cast<int>(x.size())}) != expected) throw Failure{"many"};
}

struct PickBoxesParams {
  int classes, count, center, has_most, has_overlap, has_least;
};
struct PlaceBoxesParams {
  int pairs, classes, count, found;
};

/* What is picked: picture, class, box; or an empty list. */
static std::vector<int64_t> picked(const std::vector<float> &boxes, const std::vector<float> &scores, uint32_t pairs,
                                   PickBoxesParams p, int64_t most, float overlap, float least) {
  Memory mb(boxes), ms(scores), mm(std::vector<int64_t>{most}), mo(std::vector<float>{overlap}),
      ml(std::vector<float>{least});
  Memory mp(scores.size() * 4), mc(pairs * 4), mt(4);
  launch("pick_boxes", {pairs, 1, 1, 32}, {&mb, &ms, &mm, &mo, &ml, &mp, &mc}, &p);
  OffsetsParams op{static_cast<int>(pairs)};
  launch("select_offsets", {1, 1, 1, 32}, {&mc, &mt}, &op);
  PlaceBoxesParams pp{static_cast<int>(pairs), p.classes, p.count, mt.values<int>()[0]};
  Memory my(static_cast<size_t>(pp.found) * 24);
  launch("place_boxes", {pairs, 1, 1, 32}, {&mp, &mc, &my}, &pp);
  return my.values<int64_t>();
}

/* Two pictures with two classes, corners in both orders. */
TEST(pick_boxes) {
  std::vector<float> boxes{0, 0, 1, 1, 1, 1.1f, 0, 0.1f, 0, 5, 1, 6, 0, 5, 1, 6.05f,
                           0, 0, 1, 1, 0, 10, 1, 11, 0, 20, 1, 21, 0, 30, 1, 31};
  std::vector<float> scores{0.9f, 0.75f, 0.6f, 0.95f, 0, 0, 0.5f, 0.5f, 0.1f, 0.2f, 0.3f, 0.4f, 0.2f, 0.1f, 0.2f, 0.2f};
  std::vector<int64_t> expected{0, 0, 3, 0, 0, 0, 0, 1, 2, 1, 0, 3, 1, 0, 2, 1, 1, 0, 1, 1, 2};
  if (picked(boxes, scores, 4, {2, 4, 0, 1, 1, 1}, 2, 0.5f, 0.15f) != expected) throw Failure{"corners"};
  if (!picked(boxes, scores, 4, {2, 4, 0, 0, 1, 1}, 2, 0.5f, 0.15f).empty()) throw Failure{"none without a number"};
  expected = {0, 0, 3, 0, 0, 0};
  if (picked(boxes, {0.9f, 0.75f, -3, 0.95f}, 1, {1, 4, 0, 1, 0, 0}, 9, 0.5f, 0.8f) != expected) {
    throw Failure{"without limits"};
  }
  std::vector<float> centres{0.5f, 0.5f, 1, 1, 0.5f, 0.6f, 1, 1, 0.5f, 5.5f, 1, 1};
  expected = {0, 0, 1, 0, 0, 2};
  if (picked(centres, {0.8f, 0.9f, 0.1f}, 1, {1, 3, 1, 1, 1, 0}, 9, 0.5f, 0) != expected) throw Failure{"centres"};
}

/* More boxes than lanes, of which more than a lane holds are kept; all scores are alike. */
TEST(pick_many_boxes) {
  std::vector<float> boxes, scores(150, 1.0f);
  std::vector<int64_t> expected;
  for (int i = 0; i < 150; i++) {
    /* Each third box lies on the one before it. */
    float left = static_cast<float>(i % 3 == 2 ? i - 1 : i) * 2;
    for (float x : {0.0f, left, 1.0f, left + 1}) boxes.push_back(x);
    if (i % 3 != 2) {
      for (int64_t x : {0, 0, i}) expected.push_back(x);
    }
  }
  if (picked(boxes, scores, 1, {1, 150, 0, 1, 1, 0}, 150, 0.5f, 0) != expected) throw Failure{"many"};
}
