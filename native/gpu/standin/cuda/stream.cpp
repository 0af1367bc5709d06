/* Streams, copies in them, events. */
#include <cstring>

#include "driver.h"
#include "memory.h"

using namespace standin;

static Driver &driver = Driver::get();

/* A stream of the thread's context. */
static Result entering(const char *function, Stream *stream) {
  Result result = enter(function);
  if (result != SUCCESS) {
    return result;
  }
  if (!driver.streams.has(stream)) {
    return refuse(function, INVALID_HANDLE, "no living stream");
  }
  if (stream->context != current()) {
    return refuse(function, INVALID_HANDLE, "the stream is of another context");
  }
  return SUCCESS;
}

static Result entering(const char *function, Event *event) {
  Result result = enter(function);
  if (result != SUCCESS) {
    return result;
  }
  return driver.events.has(event) ? SUCCESS : refuse(function, INVALID_HANDLE, "no living event");
}

/* What waits for a stream spoils its capture. */
static Result notCapturing(const char *function, Stream *stream) {
  if (stream->capture == nullptr) {
    return SUCCESS;
  }
  stream->capture->invalid = true;
  return refuse(function, STREAM_CAPTURE_UNSUPPORTED, "the stream is captured");
}

GATUN_CUDA cuStreamCreate(Stream **stream, unsigned flags) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuStreamCreate");
  if (result == SUCCESS && (stream == nullptr || flags > STREAM_NON_BLOCKING)) {
    result = refuse("cuStreamCreate", INVALID_VALUE, "flags %u", flags);
  }
  if (result == SUCCESS) {
    auto made = std::make_unique<Stream>();
    made->context = current();
    *stream = driver.streams.add(std::move(made));
  }
  return result;
}

GATUN_CUDA cuStreamDestroy_v2(Stream *stream) {
  std::unique_ptr<Stream> ending;
  {
    std::lock_guard<std::mutex> hold(driver.lock);
    Result result = entering("cuStreamDestroy", stream);
    if (result != SUCCESS) {
      return result;
    }
    ending = driver.streams.take(stream);
  }
  return SUCCESS; // Its thread ends with its work, or with the last event that needs it.
}

GATUN_CUDA cuStreamSynchronize(Stream *stream) {
  std::shared_ptr<Queue> queue;
  {
    std::lock_guard<std::mutex> hold(driver.lock);
    Result result = entering("cuStreamSynchronize", stream);
    if (result == SUCCESS) {
      result = notCapturing("cuStreamSynchronize", stream);
    }
    if (result != SUCCESS) {
      return result;
    }
    queue = stream->queue;
  }
  Context *context = current();
  queue->await(queue->last());
  return context->error;
}

GATUN_CUDA cuMemcpyHtoDAsync_v2(DevicePointer target, const void *source, size_t bytes, Stream *stream) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuMemcpyHtoDAsync", stream);
  if (result != SUCCESS) {
    return result;
  }
  if (!Memory::get().isDevice((uintptr_t)target, bytes, stream->context)) {
    return refuse("cuMemcpyHtoDAsync", INVALID_VALUE, "%zu bytes to 0x%llx, no memory of this device", bytes, target);
  }
  if (!Memory::get().isHost((uintptr_t)source, bytes)) {
    return refuse("cuMemcpyHtoDAsync", INVALID_VALUE, "%zu bytes from %p, no memory of the host", bytes, source);
  }
  put(stream, [=](std::string &) {
    std::memcpy((void *)(uintptr_t)target, source, bytes);
    return SUCCESS;
  });
  return SUCCESS;
}

GATUN_CUDA cuMemcpyDtoHAsync_v2(void *target, DevicePointer source, size_t bytes, Stream *stream) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuMemcpyDtoHAsync", stream);
  if (result != SUCCESS) {
    return result;
  }
  if (!Memory::get().isSource((uintptr_t)source, bytes, stream->context)) {
    return refuse("cuMemcpyDtoHAsync", INVALID_VALUE, "%zu bytes from 0x%llx, no memory of this device", bytes, source);
  }
  if (!Memory::get().isHost((uintptr_t)target, bytes)) {
    return refuse("cuMemcpyDtoHAsync", INVALID_VALUE, "%zu bytes to %p, no memory of the host", bytes, target);
  }
  // What is there is undefined until the copy has ended.
  std::memset(target, POISON, bytes);
  put(stream, [=](std::string &) {
    std::memcpy(target, (const void *)(uintptr_t)source, bytes);
    return SUCCESS;
  });
  return SUCCESS;
}

GATUN_CUDA cuMemcpyDtoDAsync_v2(DevicePointer target, DevicePointer source, size_t bytes, Stream *stream) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuMemcpyDtoDAsync", stream);
  if (result != SUCCESS) {
    return result;
  }
  if (!Memory::get().isSource((uintptr_t)source, bytes, stream->context) ||
      !Memory::get().isDevice((uintptr_t)target, bytes, stream->context)) {
    return refuse("cuMemcpyDtoDAsync", INVALID_VALUE, "%zu bytes from 0x%llx to 0x%llx", bytes, source, target);
  }
  if (source < target + bytes && target < source + bytes) {
    return refuse("cuMemcpyDtoDAsync", INVALID_VALUE, "the ranges overlap: what comes of it is undefined");
  }
  put(stream, [=](std::string &) {
    std::memcpy((void *)(uintptr_t)target, (const void *)(uintptr_t)source, bytes);
    return SUCCESS;
  });
  return SUCCESS;
}

GATUN_CUDA cuMemsetD8Async(DevicePointer target, unsigned char value, size_t bytes, Stream *stream) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuMemsetD8Async", stream);
  if (result != SUCCESS) {
    return result;
  }
  if (!Memory::get().isDevice((uintptr_t)target, bytes, stream->context)) {
    return refuse("cuMemsetD8Async", INVALID_VALUE, "%zu bytes at 0x%llx", bytes, target);
  }
  put(stream, [=](std::string &) {
    std::memset((void *)(uintptr_t)target, value, bytes);
    return SUCCESS;
  });
  return SUCCESS;
}

GATUN_CUDA cuEventCreate(Event **event, unsigned flags) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = enter("cuEventCreate");
  if (result == SUCCESS && (event == nullptr || flags > (EVENT_BLOCKING_SYNC | EVENT_DISABLE_TIMING))) {
    result = refuse("cuEventCreate", INVALID_VALUE, "flags %u", flags);
  }
  if (result == SUCCESS) {
    auto made = std::make_unique<Event>();
    made->context = current();
    made->timing = (flags & EVENT_DISABLE_TIMING) == 0;
    *event = driver.events.add(std::move(made));
  }
  return result;
}

GATUN_CUDA cuEventDestroy_v2(Event *event) {
  std::unique_ptr<Event> ending;
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuEventDestroy", event);
  if (result == SUCCESS) {
    ending = driver.events.take(event);
  }
  return result;
}

GATUN_CUDA cuEventRecord(Event *event, Stream *stream) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuEventRecord", event);
  if (result == SUCCESS) {
    result = entering("cuEventRecord", stream);
  }
  if (result != SUCCESS) {
    return result;
  }
  if (event->context != stream->context) {
    return refuse("cuEventRecord", INVALID_HANDLE, "event and stream are of different contexts");
  }
  if (stream->capture != nullptr) {
    return refuse("cuEventRecord", NOT_SUPPORTED, "this stand-in captures no events");
  }
  auto mark = std::make_shared<Mark>();
  mark->queue = stream->queue;
  event->mark = mark;
  mark->time = std::make_shared<std::chrono::steady_clock::time_point>();
  // The work holds the time alone: a queue must not keep itself alive.
  mark->number = stream->queue->add([time = mark->time] { *time = std::chrono::steady_clock::now(); });
  return SUCCESS;
}

GATUN_CUDA cuEventQuery(Event *event) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuEventQuery", event);
  if (result == SUCCESS) {
    result = outsideCapture("cuEventQuery");
  }
  if (result != SUCCESS || event->mark == nullptr) {
    return result;
  }
  return event->mark->queue->isDone(event->mark->number) ? event->context->error.load() : (int)NOT_READY;
}

GATUN_CUDA cuEventSynchronize(Event *event) {
  std::shared_ptr<Mark> mark;
  {
    std::lock_guard<std::mutex> hold(driver.lock);
    Result result = entering("cuEventSynchronize", event);
    if (result == SUCCESS) {
      result = outsideCapture("cuEventSynchronize");
    }
    if (result != SUCCESS) {
      return result;
    }
    mark = event->mark;
  }
  Context *context = current();
  if (mark != nullptr) {
    mark->queue->await(mark->number);
  }
  return context->error;
}

GATUN_CUDA cuEventElapsedTime_v2(float *milliseconds, Event *start, Event *end) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuEventElapsedTime", start);
  if (result == SUCCESS) {
    result = entering("cuEventElapsedTime", end);
  }
  if (result != SUCCESS) {
    return result;
  }
  if (milliseconds == nullptr || start->context != end->context) {
    return refuse("cuEventElapsedTime", INVALID_VALUE, "no place for the time, or events of two contexts");
  }
  if (!start->timing || !end->timing || start->mark == nullptr || end->mark == nullptr) {
    return refuse("cuEventElapsedTime", INVALID_HANDLE, "an event without times, or that was never recorded");
  }
  if (!start->mark->queue->isDone(start->mark->number) || !end->mark->queue->isDone(end->mark->number)) {
    return NOT_READY;
  }
  *milliseconds = std::chrono::duration<float, std::milli>(*end->mark->time - *start->mark->time).count();
  return SUCCESS;
}

GATUN_CUDA cuStreamWaitEvent(Stream *stream, Event *event, unsigned flags) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuStreamWaitEvent", stream);
  if (result == SUCCESS) {
    result = entering("cuStreamWaitEvent", event);
  }
  if (result != SUCCESS) {
    return result;
  }
  if (flags != 0) {
    return refuse("cuStreamWaitEvent", INVALID_VALUE, "flags %u", flags);
  }
  if (stream->capture != nullptr) {
    return refuse("cuStreamWaitEvent", NOT_SUPPORTED, "this stand-in captures no events");
  }
  if (event->mark != nullptr && event->mark->queue != stream->queue) {
    stream->queue->add([mark = event->mark] { mark->queue->await(mark->number); });
  }
  return SUCCESS;
}

GATUN_CUDA cuStreamBeginCapture_v2(Stream *stream, int mode) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuStreamBeginCapture", stream);
  if (result != SUCCESS) {
    return result;
  }
  if (mode < CAPTURE_GLOBAL || mode > CAPTURE_RELAXED) {
    return refuse("cuStreamBeginCapture", INVALID_VALUE, "mode %d", mode);
  }
  if (stream->capture != nullptr) {
    return refuse("cuStreamBeginCapture", ILLEGAL_STATE, "the stream is already captured");
  }
  stream->capture = std::make_unique<Capture>();
  stream->capture->mode = mode;
  stream->capture->thread = std::this_thread::get_id();
  return SUCCESS;
}

GATUN_CUDA cuStreamEndCapture(Stream *stream, Graph **graph) {
  std::lock_guard<std::mutex> hold(driver.lock);
  Result result = entering("cuStreamEndCapture", stream);
  if (result != SUCCESS) {
    return result;
  }
  if (graph == nullptr) {
    return refuse("cuStreamEndCapture", INVALID_VALUE, "no place for the graph");
  }
  *graph = nullptr;
  if (stream->capture == nullptr) {
    return refuse("cuStreamEndCapture", ILLEGAL_STATE, "the stream is not captured");
  }
  if (stream->capture->mode != CAPTURE_RELAXED && stream->capture->thread != std::this_thread::get_id()) {
    return refuse("cuStreamEndCapture", STREAM_CAPTURE_WRONG_THREAD, "another thread began");
  }
  auto capture = std::move(stream->capture);
  if (capture->invalid) {
    return STREAM_CAPTURE_INVALIDATED;
  }
  auto made = std::make_unique<Graph>();
  made->context = stream->context;
  made->tasks = std::move(capture->tasks);
  *graph = driver.graphs.add(std::move(made));
  return SUCCESS;
}
