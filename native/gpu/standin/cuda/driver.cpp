#include "driver.h"

#include <cstdarg>
#include <cstdio>

#include "settings.h"

namespace standin {

Driver &Driver::get() {
  static Driver *driver = new Driver; // Threads of streams may outlive the destructors of the process.
  return *driver;
}

Context *&current() {
  static thread_local Context *context = nullptr;
  return context;
}

Result refuse(const char *function, Result result, const char *why, ...) {
  if (!Settings::get().quiet) {
    char text[512];
    va_list arguments;
    va_start(arguments, why);
    std::vsnprintf(text, sizeof text, why, arguments);
    va_end(arguments);
    std::fprintf(stderr, "CUDA stand-in: %s: %s (%s)\n", function, text, resultName(result));
  }
  return result;
}

Result enter(const char *function) {
  if (!Driver::get().initialized) {
    return refuse(function, NOT_INITIALIZED, "before cuInit");
  }
  Context *context = current();
  if (context == nullptr) {
    return refuse(function, INVALID_CONTEXT, "this thread has no context");
  }
  if (context->retained == 0) {
    return refuse(function, INVALID_CONTEXT, "the thread's context was released");
  }
  return (Result)context->error.load();
}

Result outsideCapture(const char *function) {
  bool forbidden = false;
  Driver::get().streams.each([&](Stream &stream) {
    if (stream.capture != nullptr && stream.capture->mode != CAPTURE_RELAXED &&
        (stream.capture->mode == CAPTURE_GLOBAL || stream.capture->thread == std::this_thread::get_id())) {
      stream.capture->invalid = true;
      forbidden = true;
    }
  });
  return forbidden ? refuse(function, STREAM_CAPTURE_UNSUPPORTED, "while a stream is captured") : SUCCESS;
}

void drain(Context *context) {
  std::vector<std::shared_ptr<Queue>> queues;
  {
    std::lock_guard<std::mutex> hold(Driver::get().lock);
    Driver::get().streams.each([&](Stream &stream) {
      if (stream.context == context) {
        queues.push_back(stream.queue);
      }
    });
  }
  for (auto &queue : queues) {
    queue->await(queue->last());
  }
}

void put(Stream *stream, Task task) {
  if (stream->capture != nullptr) {
    stream->capture->tasks.push_back(std::move(task));
    return;
  }
  Context *context = stream->context;
  stream->queue->add([context, task = std::move(task)] {
    if (context->error != SUCCESS) {
      return;
    }
    std::string why;
    Result result = task(why);
    if (result != SUCCESS) {
      refuse("work of a stream", result, "%s", why.c_str());
      context->error = result;
    }
  });
}

} // namespace standin
