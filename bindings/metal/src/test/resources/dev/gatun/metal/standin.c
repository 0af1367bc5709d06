/*
 * Stands in for the Objective-C runtime and Metal in a test: objects with a count of their owners, messages found by
 * name, and a device whose one kernel doubles floats. GCC's __builtin_apply forwards a message with whatever
 * arguments it has, structures by value too, as the real objc_msgSend does.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Object Object;
struct Object {
  const char *class;
  int owners;
  char text[256];
  void *memory;
  uint64_t length;
  Object *kernel;
  Object *buffer;
  uint64_t offset;
  uint32_t count;
  long status;
};

static int alive = 0;
int standin_alive(void) { return alive; }

static Object *pool[64];
static int pooled = 0;

static Object *make(const char *class) {
  Object *o = calloc(1, sizeof *o);
  o->class = class;
  o->owners = 1;
  alive++;
  return o;
}

void objc_release(Object *o) {
  if (--o->owners == 0) {
    free(o->memory);
    free(o);
    alive--;
  }
}
Object *objc_retain(Object *o) {
  o->owners++;
  return o;
}
static Object *later(Object *o) {
  pool[pooled++] = o;
  return o;
}
void *objc_autoreleasePoolPush(void) { return (void *)(intptr_t)(pooled + 1); }
void objc_autoreleasePoolPop(void *at) {
  while (pooled > (intptr_t)at - 1) objc_release(pool[--pooled]);
}
Object *objc_getClass(const char *name) {
  static Object string = {"NSString", 1};
  return strcmp(name, "NSString") == 0 ? &string : NULL;
}
Object *object_getClass(Object *o) { return o; }
const char *class_getName(Object *o) { return o->class; }
const char *sel_registerName(const char *name) { return strdup(name); }
Object *MTLCreateSystemDefaultDevice(void) { return make("StandinDevice"); }

static Object *text(Object *self, const char *op, const char *utf8) {
  Object *o = later(make("NSString"));
  snprintf(o->text, sizeof o->text, "%s", utf8);
  return o;
}
static const char *utf8(Object *self, const char *op) { return self->text; }
static Object *name(Object *self, const char *op) { return text(NULL, op, "stand-in"); }
static Object *library(Object *self, const char *op, Object *source, Object *options, Object **error) {
  if (strstr(source->text, "kernel") == NULL) {
    *error = text(NULL, op, "program_source:1: no kernel here");
    return NULL;
  }
  return make("MTLLibrary");
}
static Object *function(Object *self, const char *op, Object *wanted) {
  return strcmp(wanted->text, "twice") == 0 ? make("MTLFunction") : NULL;
}
static Object *pipeline(Object *self, const char *op, Object *function, Object **error) {
  return make("MTLComputePipelineState");
}
static uint64_t threads(Object *self, const char *op) { return 1024; }
static Object *buffer(Object *self, const char *op, uint64_t length, uint64_t options) {
  Object *o = make("MTLBuffer");
  o->memory = calloc(1, length);
  o->length = length;
  return o;
}
static void *contents(Object *self, const char *op) { return self->memory; }
static Object *queue(Object *self, const char *op) { return make("MTLCommandQueue"); }
static Object *commands(Object *self, const char *op) { return later(make("MTLCommandBuffer")); }
/* The encoder is the command buffer itself. */
static Object *encoder(Object *self, const char *op) { return self; }
static void set_kernel(Object *self, const char *op, Object *kernel) { self->kernel = kernel; }
static void set_buffer(Object *self, const char *op, Object *buffer, uint64_t offset, uint64_t index) {
  if (index == 0) {
    self->buffer = buffer;
    self->offset = offset;
  }
}
static void set_bytes(Object *self, const char *op, void *bytes, uint64_t length, uint64_t index) {
  if (index == 1 && length == 4) memcpy(&self->count, bytes, 4);
}
typedef struct {
  uint64_t width, height, depth;
} Size;
static void dispatch(Object *self, const char *op, Size groups, Size threads) {
  uint64_t all = groups.width * groups.height * groups.depth * threads.width * threads.height * threads.depth;
  if (self->buffer == NULL) return;
  float *x = (float *)((char *)self->buffer->memory + self->offset);
  for (uint64_t i = 0; i < all && i < self->count; i++) x[i] *= 2;
}
static void nothing(Object *self, const char *op) {}
static void commit(Object *self, const char *op) { self->status = self->count == 0 ? 5 : 4; }
static long status(Object *self, const char *op) { return self->status; }
static Object *error(Object *self, const char *op) { return self; }
static Object *describe(Object *self, const char *op) {
  return self->text[0] ? self : text(NULL, op, "the device gave up");
}

static const struct {
  const char *name;
  void (*method)(void);
} methods[] = {
#define M(n, f) {n, (void (*)(void))f}
    M("stringWithUTF8String:", text), M("UTF8String", utf8), M("name", name),
    M("newLibraryWithSource:options:error:", library), M("newFunctionWithName:", function),
    M("newComputePipelineStateWithFunction:error:", pipeline), M("maxTotalThreadsPerThreadgroup", threads),
    M("newBufferWithLength:options:", buffer), M("contents", contents), M("newCommandQueue", queue),
    M("commandBuffer", commands), M("computeCommandEncoder", encoder), M("setComputePipelineState:", set_kernel),
    M("setBuffer:offset:atIndex:", set_buffer), M("setBytes:length:atIndex:", set_bytes),
    M("dispatchThreadgroups:threadsPerThreadgroup:", dispatch), M("endEncoding", nothing), M("commit", commit),
    M("waitUntilCompleted", nothing), M("status", status), M("error", error), M("localizedDescription", describe),
};

void *objc_msgSend(Object *self, const char *op, ...) {
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    if (strcmp(methods[i].name, op) == 0) {
      void *result = __builtin_apply(methods[i].method, __builtin_apply_args(), 128);
      __builtin_return(result);
    }
  }
  fprintf(stderr, "no method %s\n", op);
  abort();
}
