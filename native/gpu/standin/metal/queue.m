#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Metal's default for command buffers that have not completed. */
enum { MAX_UNCOMPLETED = 64 };

/* Seconds that work lies still when nobody waits for it, so that reading too early is found. */
static const double LAZINESS = 0.002;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void wait_until(StandInQueue *queue, double when) {
  struct timespec time = {(time_t)when, (long)((when - (double)(time_t)when) * 1e9)};
  pthread_cond_timedwait(&queue->changed, &queue->lock, &time);
}

static void *work(void *argument) {
  StandInQueue *queue = argument;
  pthread_mutex_lock(&queue->lock);
  while (!queue->stopping) {
    StandInCommands *commands = queue->first;
    if (commands == nil) {
      pthread_cond_wait(&queue->changed, &queue->lock);
      continue;
    }
    if (queue->wanted < commands->number && now() < commands->committed + LAZINESS) {
      wait_until(queue, commands->committed + LAZINESS);
      continue;
    }
    queue->first = commands->next;
    if (queue->first == nil) queue->last = nil;
    commands->state = MTLCommandBufferStatusScheduled;
    pthread_mutex_unlock(&queue->lock);
    commands->started = now();
    commands->failure = commands->failure == nil ? standin_execute(commands) : commands->failure;
    commands->ended = now();
    pthread_mutex_lock(&queue->lock);
    commands->state = commands->failure == nil ? MTLCommandBufferStatusCompleted : MTLCommandBufferStatusError;
    queue->uncompleted--;
    pthread_cond_broadcast(&queue->changed);
    /*
     * Locked, so that who waits for the end does not find an owner more. May let the queue go, too; a dead object's
     * memory stays.
     */
    objc_release(commands);
  }
  pthread_mutex_unlock(&queue->lock);
  return NULL;
}

StandInQueue *standin_queue(void) {
  StandInQueue *queue = (StandInQueue *)standin_make([StandInQueue class]);
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&queue->changed, &monotonic);
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&queue->lock, &recursive);
  if (pthread_create(&queue->thread, NULL, work, queue) != 0) standin_refuse("there is no thread for a queue");
  return queue;
}

@implementation StandInQueue
- (id<MTLCommandBuffer>)commandBuffer {
  pthread_mutex_lock(&lock);
  while (uncompleted == MAX_UNCOMPLETED) {
    if (uncommitted == MAX_UNCOMPLETED) standin_refuse("%d command buffers are not committed", MAX_UNCOMPLETED);
    wanted = committed;
    pthread_cond_broadcast(&changed);
    pthread_cond_wait(&changed, &lock);
  }
  uncompleted++;
  uncommitted++;
  pthread_mutex_unlock(&lock);
  StandInCommands *commands = (StandInCommands *)standin_make([StandInCommands class]);
  commands->queue = (StandInQueue *)objc_retain(self);
  return standin_later(commands);
}
- (void)finish {
  pthread_mutex_lock(&lock);
  stopping = YES;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  if (pthread_equal(pthread_self(), thread)) {
    pthread_detach(thread);
  } else {
    pthread_join(thread, NULL);
  }
}
@end

struct command *standin_add(StandInCommands *commands) {
  if (commands->count == commands->room) {
    commands->room = commands->room * 2 + 16;
    commands->commands = realloc(commands->commands, commands->room * sizeof *commands->commands);
    if (commands->commands == NULL) standin_refuse("there is no memory for a command");
  }
  struct command *command = &commands->commands[commands->count++];
  memset(command, 0, sizeof *command);
  return command;
}

void standin_use(StandInCommands *commands, StandInBuffer *buffer, size_t from, size_t bytes) {
  for (size_t i = 0; i < commands->use_count; i++) {
    struct use *use = &commands->uses[i];
    if (use->buffer == buffer && use->from <= from && use->from + use->bytes >= from + bytes) return;
  }
  if (commands->use_count == commands->use_room) {
    commands->use_room = commands->use_room * 2 + 16;
    commands->uses = realloc(commands->uses, commands->use_room * sizeof *commands->uses);
    if (commands->uses == NULL) standin_refuse("there is no memory for a command");
  }
  commands->uses[commands->use_count++] = (struct use){(StandInBuffer *)objc_retain(buffer), from, bytes};
}

/* The host knows that these ended, and all that were committed before: it sees memory again. The queue is locked. */
static void seen(StandInQueue *queue, unsigned long number) {
  StandInCommands **link = &queue->unseen;
  while (*link != nil && (*link)->number > number) link = &(*link)->earlier;
  StandInCommands *commands = *link;
  *link = nil;
  for (; commands != nil; commands = commands->earlier) {
    for (size_t i = 0; i < commands->use_count; i++) {
      struct use *use = &commands->uses[i];
      memory_show(&use->buffer->memory, use->from, use->bytes);
    }
  }
}

@implementation StandInCommands
- (id<MTLComputeCommandEncoder>)computeCommandEncoder {
  return standin_encoder([StandInCompute class], self);
}
- (id<MTLBlitCommandEncoder>)blitCommandEncoder {
  return standin_encoder([StandInBlit class], self);
}
- (void)commit {
  if (encoder != nil) standin_refuse("a command buffer is committed before its encoder has ended");
  if (number != 0) standin_refuse("a command buffer is committed twice");
  for (size_t i = 0; i < use_count; i++) memory_hide(&uses[i].buffer->memory, uses[i].from, uses[i].bytes);
  unsigned long left = ATOMIC_GET(standin_fail);
  if (left > 0 && ATOMIC_ADD(standin_fail, -1) == 0) {
    failure = standin_error("MTLCommandBufferErrorDomain", MTLCommandBufferErrorOutOfMemory, "the device gave up");
  }
  objc_retain(self);
  pthread_mutex_lock(&queue->lock);
  committed = now();
  number = ++queue->committed;
  state = MTLCommandBufferStatusCommitted;
  queue->uncommitted--;
  earlier = queue->unseen;
  queue->unseen = self;
  if (queue->last == nil) {
    queue->first = self;
  } else {
    queue->last->next = self;
  }
  queue->last = self;
  pthread_cond_broadcast(&queue->changed);
  pthread_mutex_unlock(&queue->lock);
}
- (void)waitUntilCompleted {
  if (number == 0) standin_refuse("waitUntilCompleted before commit");
  pthread_mutex_lock(&queue->lock);
  if (queue->wanted < number) queue->wanted = number;
  pthread_cond_broadcast(&queue->changed);
  while (state < MTLCommandBufferStatusCompleted) pthread_cond_wait(&queue->changed, &queue->lock);
  seen(queue, number);
  pthread_mutex_unlock(&queue->lock);
}
- (NSUInteger)status {
  pthread_mutex_lock(&queue->lock);
  NSUInteger result = state;
  if (result >= MTLCommandBufferStatusCompleted) seen(queue, number);
  pthread_mutex_unlock(&queue->lock);
  return result;
}
- (NSError *)error {
  return [self status] == MTLCommandBufferStatusError ? failure : nil;
}
- (CFTimeInterval)GPUStartTime {
  return [self status] < MTLCommandBufferStatusCompleted ? 0 : started;
}
- (CFTimeInterval)GPUEndTime {
  return [self status] < MTLCommandBufferStatusCompleted ? 0 : ended;
}
- (void)finish {
  if (encoder != nil) standin_refuse("a command buffer is released before its encoder has ended");
  pthread_mutex_lock(&queue->lock);
  if (number == 0) {
    queue->uncommitted--;
    queue->uncompleted--;
    pthread_cond_broadcast(&queue->changed);
  } else {
    seen(queue, number);
  }
  pthread_mutex_unlock(&queue->lock);
  for (size_t i = 0; i < count; i++) {
    objc_release(commands[i].pipeline);
    objc_release(commands[i].indirect);
    free(commands[i].params);
  }
  for (size_t i = 0; i < use_count; i++) objc_release(uses[i].buffer);
  free(commands);
  free(uses);
  objc_release(failure);
  objc_release(queue);
}
@end
