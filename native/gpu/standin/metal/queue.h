/* Queues: command buffers are executed by a thread of their queue, in order, some time after they were committed. */
#ifndef GATUN_STANDIN_QUEUE_H
#define GATUN_STANDIN_QUEUE_H

#include "standin.h"

#include <pthread.h>

@class StandInCommands;

/* A piece of work. */
struct command {
  enum { DISPATCH, COPY, FILL } kind;
  StandInPipeline *pipeline;
  StandInBuffer *buffers[MAX_BUFFERS]; /* of a copy: source, target; of a fill: the target */
  size_t offsets[MAX_BUFFERS];
  uint8_t *params;
  uint32_t grid[3], threads;
  size_t length;
  uint8_t value;
};

/* A part of a buffer that work uses. */
struct use {
  StandInBuffer *buffer;
  size_t from, bytes;
};

@interface StandInQueue : StandIn <MTLCommandQueue> {
@public
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  StandInCommands *first, *last;   /* committed, not executed; retained */
  StandInCommands *unseen;         /* committed, and the host has not seen that they ended; latest first */
  unsigned long committed, wanted; /* numbers; somebody waits for all up to `wanted` */
  unsigned uncompleted, uncommitted;
  BOOL stopping;
}
@end

@interface StandInCommands : StandIn <MTLCommandBuffer> {
@public
  StandInQueue *queue;
  StandInCommands *next, *earlier; /* in the queue's two lists */
  unsigned long number;            /* 0 until it is committed */
  struct command *commands;
  size_t count, room;
  struct use *uses;
  size_t use_count, use_room;
  id encoder; /* the open one */
  NSUInteger state;
  NSError *failure;
  CFTimeInterval committed, started, ended;
}
@end

StandInQueue *standin_queue(void);
/* A command to be filled in; what it uses is noted with the other. */
struct command *standin_add(StandInCommands *commands);
void standin_use(StandInCommands *commands, StandInBuffer *buffer, size_t from, size_t bytes);
/* An encoder, which the pool owns. */
id standin_encoder(Class class, StandInCommands *commands);
/* Executes all; nil, or what went wrong. */
NSError *standin_execute(StandInCommands *commands);

@interface StandInEncoder : StandIn {
@public
  StandInCommands *commands;
  BOOL ended;
}
@end

@interface StandInCompute : StandInEncoder <MTLComputeCommandEncoder> {
@public
  StandInPipeline *pipeline;
  StandInBuffer *buffers[MAX_BUFFERS];
  size_t offsets[MAX_BUFFERS];
  uint8_t bytes[MAX_BUFFERS][MAX_BYTES];
  size_t lengths[MAX_BUFFERS]; /* of bytes; 0 where there are none */
}
@end

@interface StandInBlit : StandInEncoder <MTLBlitCommandEncoder>
@end

#endif
