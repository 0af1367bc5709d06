#include "queue.h"

#include <algorithm>

#include "settings.h"

namespace standin {

Queue::Queue() : thread([this] { run(); }) {}

Queue::~Queue() {
  {
    std::lock_guard<std::mutex> hold(lock);
    demanded = added;
    closing = true;
    changed.notify_all();
  }
  thread.join();
}

uint64_t Queue::add(Work work) {
  std::lock_guard<std::mutex> hold(lock);
  works.push_back(std::move(work));
  added++;
  uint64_t due = Settings::get().eager ? added : added > HELD ? added - HELD : 0;
  if (due > demanded) {
    demanded = due;
    changed.notify_all();
  }
  return added;
}

uint64_t Queue::last() {
  std::lock_guard<std::mutex> hold(lock);
  return added;
}

void Queue::demand(uint64_t number) {
  std::lock_guard<std::mutex> hold(lock);
  if (number > demanded) {
    demanded = number;
    changed.notify_all();
  }
}

void Queue::await(uint64_t number) {
  demand(number);
  std::unique_lock<std::mutex> hold(lock);
  changed.wait(hold, [&] { return done >= number; });
}

bool Queue::isDone(uint64_t number) {
  demand(number);
  std::lock_guard<std::mutex> hold(lock);
  return done >= number;
}

void Queue::run() {
  std::unique_lock<std::mutex> hold(lock);
  for (;;) {
    changed.wait(hold, [&] { return closing || demanded > done; });
    if (works.empty()) {
      if (closing) {
        return;
      }
      continue;
    }
    Work work = std::move(works.front());
    works.pop_front();
    hold.unlock();
    work();
    work = nullptr;
    hold.lock();
    done++;
    changed.notify_all();
  }
}

} // namespace standin
