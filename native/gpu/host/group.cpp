#include "group.h"

namespace gatun {

thread_local Group *current;

Group::Group() : main_(nullptr) {}

Group::~Group() = default;

bool Group::run(Body body, void *const *arguments, const Place &first, bool backwards) {
  body_ = body;
  arguments_ = arguments;
  first_ = first;
  backwards_ = backwards;
  started_ = finished_ = blocked_ = fibers_ = 0;
  shared_poisoned_ = 0;
  why_.clear();
  for (int i = 0; i < first.threads / SIMD_WIDTH; i++) {
    simds_[i].ready = simds_[i].meeting = simds_[i].blocked = 0;
    simds_[i].parity = 0;
  }
  current = this;
  leave(&main_);
  current = nullptr;
  return why_.empty();
}

/* A fiber runs threads that have not started yet for as long as none of them waits. */
void Group::fiber_main() { current->run_threads(); }

void Group::run_threads() {
  while (started_ < first_.threads) {
    int number = started_++;
    Place place = first_;
    place.id = running_ = backwards_ ? first_.threads - 1 - number : number;
    place.lane = place.id % SIMD_WIDTH;
    place.simd = place.id / SIMD_WIDTH;
    shared_used_ = 0;
    body_(place, arguments_);
    finished_++;
  }
  void *unused;
  leave(&unused);
  __builtin_unreachable();
}

/* Goes on with a thread that may run, else with those not started, else back to run. */
void Group::leave(void **save) {
  int next = why_.empty() ? next_ready() : -1;
  if (next >= 0) {
    running_ = next;
    shared_used_ = offsets_[next];
    switch_fiber(save, saved_[next]);
  } else if (why_.empty() && started_ < first_.threads) {
    if (fibers_ == static_cast<int>(stacks_.size())) stacks_.emplace_back(new Stack(static_cast<unsigned>(fibers_)));
    switch_fiber(save, stacks_[fibers_++]->prepare(fiber_main));
  } else {
    if (why_.empty() && finished_ < first_.threads) why_ = "threads do not meet: " + waiting();
    switch_fiber(save, main_);
  }
}

int Group::next_ready() {
  if (started_ == 0) return -1;
  int simds = first_.threads / SIMD_WIDTH;
  for (int i = 0, s = running_ / SIMD_WIDTH; i < simds; i++, s = s + 1 == simds ? 0 : s + 1) {
    uint32_t ready = simds_[s].ready;
    if (ready != 0) {
      int lane = backwards_ ? 31 - __builtin_clz(ready) : __builtin_ctz(ready);
      simds_[s].ready = ready & ~(1u << lane);
      return s * SIMD_WIDTH + lane;
    }
  }
  return -1;
}

void Group::suspend() {
  int self = running_;
  offsets_[self] = shared_used_;
  leave(&saved_[self]);
}

void Group::arrive(Simd &simd, int line) {
  uint32_t self = 1u << running_ % SIMD_WIDTH;
  if (simd.meeting != 0 && simd.meeting_line != line) {
    fail("threads of a SIMD group meet in line " + std::to_string(simd.meeting_line) + " and in line " +
         std::to_string(line));
  }
  simd.meeting_line = line;
  simd.meeting |= self;
  if (simd.meeting == ~0u) {
    simd.ready |= ~self;
    simd.meeting = 0;
    simd.parity ^= 1;
    last_ = true;
    return;
  }
  suspend();
  last_ = false;
}

void Group::barrier(int line) {
  if (blocked_ != 0 && barrier_line_ != line) {
    fail("threads wait at the barrier in line " + std::to_string(barrier_line_) + " and at the one in line " +
         std::to_string(line));
  }
  barrier_line_ = line;
  if (++blocked_ < first_.threads) {
    simds_[running_ / SIMD_WIDTH].blocked |= 1u << running_ % SIMD_WIDTH;
    suspend();
    return;
  }
  blocked_ = 0;
  for (int i = 0; i < first_.threads / SIMD_WIDTH; i++) {
    simds_[i].ready |= simds_[i].blocked;
    simds_[i].blocked = 0;
  }
}

/* All threads declare the same memory in the same order; the first finds it full of NaN. */
void *Group::shared(size_t bytes) {
  size_t at = shared_used_;
  shared_used_ += (bytes + 15) / 16 * 16;
  if (shared_used_ > SHARED_BYTES) {
    fail("the kernel shares more than " + std::to_string(SHARED_BYTES) + " bytes");
  }
  if (shared_used_ > shared_poisoned_) {
    std::memset(shared_ + shared_poisoned_, 0xff, shared_used_ - shared_poisoned_);
    shared_poisoned_ = shared_used_;
  }
  return shared_ + at;
}

/* Ends the group: its fibers are left where they are. */
void Group::fail(const std::string &why) {
  why_ = why;
  void *unused;
  switch_fiber(&unused, main_);
  __builtin_unreachable();
}

std::string Group::waiting() const {
  int meeting = 0;
  int line = 0;
  for (int i = 0; i < first_.threads / SIMD_WIDTH; i++) {
    meeting += __builtin_popcount(simds_[i].meeting);
    if (simds_[i].meeting != 0) line = simds_[i].meeting_line;
  }
  std::string text = std::to_string(finished_) + " of " + std::to_string(first_.threads) + " have ended";
  if (blocked_ != 0) {
    text += ", " + std::to_string(blocked_) + " wait at the barrier in line " + std::to_string(barrier_line_);
  }
  if (meeting != 0) {
    text += ", " + std::to_string(meeting) + " wait for their SIMD group in line " + std::to_string(line);
  }
  return text;
}

}  // namespace gatun
