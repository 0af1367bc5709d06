/* Texts, errors, lists, options. */
#include "standin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

NSString *standin_text(const char *text) {
  NSString *string = (NSString *)standin_make([NSString class]);
  string->text = strdup(text);
  return string;
}

@implementation NSString
+ (NSString *)stringWithUTF8String:(const char *)text {
  if (text == NULL) standin_refuse("stringWithUTF8String: of no text");
  return standin_later(standin_text(text));
}
- (const char *)UTF8String {
  return text;
}
- (void)finish {
  free(text);
}
@end

NSError *standin_error(const char *domain, NSInteger code, const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  NSError *error = (NSError *)standin_make([NSError class]);
  error->number = code;
  error->where = standin_text(domain);
  error->what = standin_text(text);
  return error;
}

@implementation NSError
- (NSInteger)code {
  return number;
}
- (NSString *)domain {
  return where;
}
- (NSString *)localizedDescription {
  return what;
}
- (void)finish {
  objc_release(where);
  objc_release(what);
}
@end

@implementation StandInArray
- (NSUInteger)count {
  return 1;
}
- (id)objectAtIndex:(NSUInteger)index {
  if (index != 0) standin_refuse("index %lu of a list of 1", index);
  return only;
}
- (void)finish {
  objc_release(only);
}
@end

@implementation MTLCompileOptions
+ (id)new {
  return standin_make([MTLCompileOptions class]);
}
- (void)setFastMathEnabled:(BOOL)fast {
  precise = !fast;
}
@end
