/*
 * Functions of the Objective-C runtime and of Metal, as their public documentation describes them.
 *
 * Only pointers, C strings and numbers of 64 bits occur, so that the bindings are the same on every platform.
 */
#ifndef GATUN_OBJC_METAL_H
#define GATUN_OBJC_METAL_H

typedef struct objc_class *Class;
typedef struct objc_object *id;
typedef struct objc_selector *SEL;
typedef struct objc_method *Method;

/* Objective-C Runtime reference. */
Class objc_getClass(const char *name);
Class object_getClass(id object);
const char *class_getName(Class cls);
SEL sel_registerName(const char *name);
Method class_getInstanceMethod(Class cls, SEL name);
const char *method_getTypeEncoding(Method method);

/* Clang, Automatic Reference Counting, runtime support. */
id objc_retain(id value);
void objc_release(id value);
void *objc_autoreleasePoolPush(void);
void objc_autoreleasePoolPop(void *pool);

/* Sends a message. Called with the types of each message, never as it is declared here. */
void objc_msgSend(void);
/* The same where a structure returns through memory: on x86-64 alone, more than 16 bytes. */
void objc_msgSend_stret(void);

/* Foundation: NSUInteger, which has 64 bits on every platform that Metal is for. */
unsigned long long NSPageSize(void);

/* Metal: an NSArray that belongs to the caller. */
id MTLCopyAllDevices(void);

#endif
