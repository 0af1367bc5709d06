/* The functions of Apple's Objective-C runtime that GCC's lacks: sending messages, counting owners, pools. */
#include "standin.h"

#include <objc/message.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long standin_alive;
static Class zombie;

void standin_refuse(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("The stand-in for Metal refuses: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  abort();
}

@implementation StandIn
+ (Class)class {
  return (Class)self;
}
- (void)finish {
}
@end

/* What an object is after its last owner let it go. Its memory stays, so that every late message is found. */
__attribute__((objc_root_class)) @interface StandInZombie {
@public
  Class isa;
  Class was;
}
@end
@implementation StandInZombie
@end

static StandInZombie *dead(id object) {
  return object_getClass(object) == zombie ? (StandInZombie *)object : NULL;
}

id standin_make(Class class) {
  StandIn *object = class_createInstance(class, 0);
  if (object == nil) standin_refuse("there is no memory for an object");
  ATOMIC_SET(object->owners, 1);
  ATOMIC_ADD(standin_alive, 1);
  return object;
}

long gatun_metal_standin_alive(void) { return ATOMIC_GET(standin_alive); }

void standin_expect(id object, Class class, BOOL nil_too, const char *what) {
  if (object == nil) {
    if (!nil_too) standin_refuse("%s is nil", what);
    return;
  }
  if (dead(object)) standin_refuse("%s is a released %s", what, class_getName(dead(object)->was));
  for (Class at = object_getClass(object); at != Nil; at = class_getSuperclass(at)) {
    if (at == class) return;
  }
  standin_refuse("%s is a %s, not a %s", what, class_getName(object_getClass(object)), class_getName(class));
}

/* GCC's headers have it inline alone. */
#undef object_getClass
Class standin_class(id object) __asm__("object_getClass");
Class standin_class(id object) { return object == nil ? Nil : object->class_pointer; }

id objc_retain(id value) {
  if (value == nil) return nil;
  if (dead(value)) standin_refuse("a released %s is retained", class_getName(dead(value)->was));
  ATOMIC_ADD(((StandIn *)value)->owners, 1);
  return value;
}

void objc_release(id value) {
  if (value == nil) return;
  if (dead(value)) standin_refuse("a %s is released more often than retained", class_getName(dead(value)->was));
  StandIn *object = (StandIn *)value;
  if (ATOMIC_ADD(object->owners, -1) != 0) return;
  [object finish];
  Class was = object_getClass(value);
  object_setClass(value, zombie);
  ((StandInZombie *)value)->was = was;
  ATOMIC_ADD(standin_alive, -1);
}

/* Objects of a thread's pools, and nil where one begins. */
static _Thread_local struct {
  id *objects;
  size_t count, room, pools;
} pool;

static void push(id object) {
  if (pool.count == pool.room) {
    pool.room = pool.room * 2 + 64;
    pool.objects = realloc(pool.objects, pool.room * sizeof *pool.objects);
    if (pool.objects == NULL) standin_refuse("there is no memory for a pool");
  }
  pool.objects[pool.count++] = object;
}

id standin_later(id object) {
  if (pool.pools == 0) standin_refuse("a %s is handed to a pool, and there is none", class_getName(object_getClass(object)));
  push(object);
  return object;
}

void *objc_autoreleasePoolPush(void) {
  push(nil);
  pool.pools++;
  return (void *)(uintptr_t)pool.count;
}

void objc_autoreleasePoolPop(void *token) {
  size_t at = (size_t)(uintptr_t)token;
  if (at == 0 || at > pool.count || pool.objects[at - 1] != nil) {
    standin_refuse("a pool is popped that is none of this thread, or was popped before");
  }
  while (pool.count >= at) {
    id object = pool.objects[--pool.count];
    if (object == nil) {
      pool.pools--;
    } else {
      objc_release(object);
    }
  }
}

/* The method that a message leads to. */
IMP standin_method(id receiver, SEL message);
IMP standin_method(id receiver, SEL message) {
  if (dead(receiver)) {
    standin_refuse("%s is sent to a released %s", sel_getName(message), class_getName(dead(receiver)->was));
  }
  if (!class_respondsToSelector(object_getClass(receiver), message)) {
    standin_refuse("a %s does not know %s", class_getName(object_getClass(receiver)), sel_getName(message));
  }
  return objc_msg_lookup(receiver, message);
}

/*
 * objc_msgSend goes on to the method with all arguments as they came, so it saves the registers that carry some (System V
 * ABI for x86-64) while the method is looked up. Of nil comes 0. With _stret a structure is returned through the first
 * argument, and receiver and selector follow it.
 */
#define SEND(name, receiver, message)                                                                                 \
  __asm__(".text\n.globl " name "\n.type " name ", @function\n" name ":\n"                                            \
          "test " receiver ", " receiver "\njz 1f\n"                                                                  \
          "push %rbp\nmov %rsp, %rbp\nsub $192, %rsp\n"                                                               \
          "mov %rdi, 0(%rsp)\nmov %rsi, 8(%rsp)\nmov %rdx, 16(%rsp)\nmov %rcx, 24(%rsp)\n"                            \
          "mov %r8, 32(%rsp)\nmov %r9, 40(%rsp)\nmov %rax, 48(%rsp)\n"                                                \
          "movaps %xmm0, 64(%rsp)\nmovaps %xmm1, 80(%rsp)\nmovaps %xmm2, 96(%rsp)\nmovaps %xmm3, 112(%rsp)\n"         \
          "movaps %xmm4, 128(%rsp)\nmovaps %xmm5, 144(%rsp)\nmovaps %xmm6, 160(%rsp)\nmovaps %xmm7, 176(%rsp)\n"      \
          "mov " message ", %rax\nmov " receiver ", %rdi\nmov %rax, %rsi\ncall standin_method@PLT\nmov %rax, %r11\n"  \
          "movaps 64(%rsp), %xmm0\nmovaps 80(%rsp), %xmm1\nmovaps 96(%rsp), %xmm2\nmovaps 112(%rsp), %xmm3\n"         \
          "movaps 128(%rsp), %xmm4\nmovaps 144(%rsp), %xmm5\nmovaps 160(%rsp), %xmm6\nmovaps 176(%rsp), %xmm7\n"      \
          "mov 0(%rsp), %rdi\nmov 8(%rsp), %rsi\nmov 16(%rsp), %rdx\nmov 24(%rsp), %rcx\n"                            \
          "mov 32(%rsp), %r8\nmov 40(%rsp), %r9\nmov 48(%rsp), %rax\nleave\njmp *%r11\n"                              \
          "1: xor %eax, %eax\nxor %edx, %edx\npxor %xmm0, %xmm0\nret\n.size " name ", . - " name "\n")
SEND("objc_msgSend", "%rdi", "%rsi");
SEND("objc_msgSend_stret", "%rsi", "%rdx");

/* That a class answers a protocol with the types that it declares; that it answers at all, the compiler checks. */
static void check_types(const char *class, const char *protocol) {
  Class type = objc_getClass(class);
  for (int instance = 0; instance < 2; instance++) {
    unsigned count = 0;
    struct objc_method_description *methods =
        protocol_copyMethodDescriptionList(objc_getProtocol(protocol), YES, instance, &count);
    for (unsigned i = 0; i < count; i++) {
      Method method = instance ? class_getInstanceMethod(type, methods[i].name) : class_getClassMethod(type, methods[i].name);
      if (method == NULL || strcmp(method_getTypeEncoding(method), methods[i].types) != 0) {
        standin_refuse("%s answers %s with other types", class, sel_getName(methods[i].name));
      }
    }
    free(methods);
  }
}

static void look_over(void) {
  zombie = objc_getClass("StandInZombie");
  static const char *const pairs[][2] = {
      {"NSString", "NSString"},           {"NSError", "NSError"},
      {"StandInArray", "NSArray"},        {"MTLCompileOptions", "MTLCompileOptions"},
      {"StandInDevice", "MTLDevice"},     {"StandInBuffer", "MTLBuffer"},
      {"StandInLibrary", "MTLLibrary"},   {"StandInFunction", "MTLFunction"},
      {"StandInQueue", "MTLCommandQueue"}, {"StandInCommands", "MTLCommandBuffer"},
      {"StandInPipeline", "MTLComputePipelineState"}, {"StandInCompute", "MTLComputeCommandEncoder"},
      {"StandInBlit", "MTLBlitCommandEncoder"},
      {"MTLComputePipelineDescriptor", "MTLComputePipelineDescriptor"},
      {"MTLIndirectCommandBufferDescriptor", "MTLIndirectCommandBufferDescriptor"},
      {"StandInIndirect", "MTLIndirectCommandBuffer"},
      {"StandInIndirectCommand", "MTLIndirectComputeCommand"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) check_types(pairs[i][0], pairs[i][1]);
}

void standin_start(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, look_over);
}
