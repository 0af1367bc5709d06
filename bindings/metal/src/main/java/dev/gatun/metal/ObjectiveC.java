package dev.gatun.metal;

import dev.gatun.ffi.LiveHandles;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.metal.generated.objc.objc_h;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Objective-C runtime: classes, selectors, messages by signature, and pools. Thread-safe; a
 * pool belongs to one thread.
 *
 * <p>Receivers are raw pointers here and stay in this module.
 */
final class ObjectiveC {
  private final LiveHandles handles = new LiveHandles();
  private final Map<String, MemorySegment> selectors = new ConcurrentHashMap<>();

  LiveHandles handles() {
    return handles;
  }

  /** A class by name. */
  static MemorySegment classOf(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found = objc_h.objc_getClass(Pointers.text(name, arena));
      return require("objc_getClass", found, "there is no class " + name);
    }
  }

  /** The name of an object's class. */
  static String className(MemorySegment object) {
    return Pointers.text(objc_h.class_getName(objc_h.object_getClass(object))).orElse("");
  }

  /**
   * The selector of a message. The first time, the receiver's class is asked for the types of its
   * method: a call with others would read and leave nonsense.
   */
  private MemorySegment selector(MemorySegment receiver, String message, FunctionDescriptor types) {
    MemorySegment known = selectors.get(message);
    if (known == null) {
      known = checked(receiver, message, types);
      selectors.put(message, known);
    }
    return known;
  }

  private static MemorySegment checked(
      MemorySegment receiver, String message, FunctionDescriptor types) {
    MemorySegment selector;
    try (Arena arena = Arena.ofConfined()) {
      selector = objc_h.sel_registerName(Pointers.text(message, arena));
    }
    MemorySegment method =
        objc_h.class_getInstanceMethod(objc_h.object_getClass(receiver), selector);
    require(message, method, "a %s does not know it".formatted(className(receiver)));
    String encoding = Pointers.text(objc_h.method_getTypeEncoding(method)).orElse("");
    List<String> here = TypeEncoding.types(types);
    List<String> there = TypeEncoding.types(encoding);
    if (!here.equals(there)) {
      throw new NativeCallException(
          "Metal", message, 0, "it has the types %s, not %s".formatted(there, here));
    }
    return selector;
  }

  /** Takes over an object that a {@code new…} message gave, and releases it when closed. */
  NativeHandle own(String kind, MemorySegment object) {
    return handles.own(kind, object, objc_h::objc_release);
  }

  /** A new object of a class. */
  NativeHandle create(String name) {
    return own(name, pointer(classOf(name), "new"));
  }

  /** Retains an object that belongs to a pool, and releases it when closed. */
  NativeHandle retain(String kind, MemorySegment object) {
    return own(kind, objc_h.objc_retain(object));
  }

  /** A pool: what messages return without {@code new} lives until it is closed. */
  Pool pool() {
    return new Pool(
        handles.own(
            "NSAutoreleasePool",
            objc_h.objc_autoreleasePoolPush(),
            pool -> objc_h.objc_autoreleasePoolPop(pool)));
  }

  /** The scope of a pool; opened and closed by the same thread, the last opened first. */
  record Pool(NativeHandle handle) implements AutoCloseable {
    @Override
    public void close() {
      handle.close();
    }
  }

  MemorySegment pointer(MemorySegment receiver, String message) {
    try {
      return (MemorySegment)
          Message.Pointer.SEND.invokeExact(
              receiver, selector(receiver, message, Message.Pointer.TYPES));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(MemorySegment receiver, String message, MemorySegment a) {
    try {
      return (MemorySegment)
          Message.PointerOfPointer.SEND.invokeExact(
              receiver, selector(receiver, message, Message.PointerOfPointer.TYPES), a);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(MemorySegment receiver, String message, MemorySegment a, MemorySegment b) {
    try {
      return (MemorySegment)
          Message.PointerOfTwoPointers.SEND.invokeExact(
              receiver, selector(receiver, message, Message.PointerOfTwoPointers.TYPES), a, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(
      MemorySegment receiver, String message, MemorySegment a, MemorySegment b, MemorySegment c) {
    try {
      return (MemorySegment)
          Message.PointerOfThreePointers.SEND.invokeExact(
              receiver, selector(receiver, message, Message.PointerOfThreePointers.TYPES), a, b, c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(MemorySegment receiver, String message, long a, long b) {
    try {
      return (MemorySegment)
          Message.PointerOfTwoNumbers.SEND.invokeExact(
              receiver, selector(receiver, message, Message.PointerOfTwoNumbers.TYPES), a, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(MemorySegment receiver, String message, long a) {
    try {
      return (MemorySegment)
          Message.PointerOfNumber.SEND.invokeExact(
              receiver, selector(receiver, message, Message.PointerOfNumber.TYPES), a);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(
      MemorySegment receiver, String message, MemorySegment a, long b, long c, MemorySegment d) {
    try {
      return (MemorySegment)
          Message.PointerOfBytes.SEND.invokeExact(
              receiver, selector(receiver, message, Message.PointerOfBytes.TYPES), a, b, c, d);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(MemorySegment receiver, String message, MemorySegment a, long b, long c) {
    try {
      return (MemorySegment)
          Message.PointerOfPointerAndTwoNumbers.SEND.invokeExact(
              receiver,
              selector(receiver, message, Message.PointerOfPointerAndTwoNumbers.TYPES),
              a,
              b,
              c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  MemorySegment pointer(
      MemorySegment receiver,
      String message,
      MemorySegment a,
      long b,
      MemorySegment c,
      MemorySegment d) {
    try {
      return (MemorySegment)
          Message.PointerOfDescriptor.SEND.invokeExact(
              receiver, selector(receiver, message, Message.PointerOfDescriptor.TYPES), a, b, c, d);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  boolean flag(MemorySegment receiver, String message) {
    try {
      return (byte)
              Message.Flag.SEND.invokeExact(
                  receiver, selector(receiver, message, Message.Flag.TYPES))
          != 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  boolean flag(MemorySegment receiver, String message, long number) {
    try {
      return (byte)
              Message.FlagOfNumber.SEND.invokeExact(
                  receiver, selector(receiver, message, Message.FlagOfNumber.TYPES), number)
          != 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  double real(MemorySegment receiver, String message) {
    try {
      return (double)
          Message.Real.SEND.invokeExact(receiver, selector(receiver, message, Message.Real.TYPES));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A {@code MTLSize}, in memory of the allocator. */
  MemorySegment size(MemorySegment receiver, String message, SegmentAllocator allocator) {
    try {
      return (MemorySegment)
          Message.Size.SEND.invokeExact(
              allocator, receiver, selector(receiver, message, Message.Size.TYPES));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  void send(MemorySegment receiver, String message, boolean a) {
    try {
      Message.NothingOfFlag.SEND.invokeExact(
          receiver, selector(receiver, message, Message.NothingOfFlag.TYPES), (byte) (a ? 1 : 0));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  void send(
      MemorySegment receiver,
      String message,
      MemorySegment a,
      long b,
      MemorySegment c,
      long d,
      long e) {
    try {
      Message.Copy.SEND.invokeExact(
          receiver, selector(receiver, message, Message.Copy.TYPES), a, b, c, d, e);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  void send(MemorySegment receiver, String message, long a) {
    try {
      Message.NothingOfNumber.SEND.invokeExact(
          receiver, selector(receiver, message, Message.NothingOfNumber.TYPES), a);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** With a {@code NSRange}, by value. */
  void sendRange(MemorySegment receiver, String message, MemorySegment a, MemorySegment range) {
    try {
      Message.NothingOfPointerAndRange.SEND.invokeExact(
          receiver, selector(receiver, message, Message.NothingOfPointerAndRange.TYPES), a, range);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** With a {@code NSRange}, by value. */
  void sendRange(
      MemorySegment receiver, String message, MemorySegment a, MemorySegment range, byte b) {
    try {
      Message.Fill.SEND.invokeExact(
          receiver, selector(receiver, message, Message.Fill.TYPES), a, range, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  long number(MemorySegment receiver, String message) {
    try {
      return (long)
          Message.Count.SEND.invokeExact(
              receiver, selector(receiver, message, Message.Count.TYPES));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  void send(MemorySegment receiver, String message) {
    try {
      Message.Nothing.SEND.invokeExact(
          receiver, selector(receiver, message, Message.Nothing.TYPES));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  void send(MemorySegment receiver, String message, MemorySegment a) {
    try {
      Message.NothingOfPointer.SEND.invokeExact(
          receiver, selector(receiver, message, Message.NothingOfPointer.TYPES), a);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  void send(MemorySegment receiver, String message, MemorySegment a, long b, long c) {
    try {
      Message.NothingOfPointerAndTwoNumbers.SEND.invokeExact(
          receiver,
          selector(receiver, message, Message.NothingOfPointerAndTwoNumbers.TYPES),
          a,
          b,
          c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Two {@code MTLSize}, by value. */
  void sendSizes(MemorySegment receiver, String message, MemorySegment a, MemorySegment b) {
    try {
      Message.NothingOfTwoSizes.SEND.invokeExact(
          receiver, selector(receiver, message, Message.NothingOfTwoSizes.TYPES), a, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A text as an {@code NSString} that belongs to the pool. */
  MemorySegment string(String text, Arena arena) {
    return pointer(classOf("NSString"), "stringWithUTF8String:", Pointers.text(text, arena));
  }

  /** The text of an {@code NSString}; empty for nil. */
  String text(MemorySegment string) {
    return string.address() == 0 ? "" : Pointers.text(pointer(string, "UTF8String")).orElse("");
  }

  /** What an {@code NSError} says; nil for none. */
  String describe(MemorySegment error) {
    return error.address() == 0 ? "no message" : text(pointer(error, "localizedDescription"));
  }

  /** What an {@code NSError} says, with its number; also of nil. */
  NativeCallException failure(String message, MemorySegment error) {
    long code = error.address() == 0 ? 0 : number(error, "code");
    return new NativeCallException("Metal", message, code, describe(error));
  }

  /** Refuses nil. */
  static MemorySegment require(String message, MemorySegment object, String why) {
    if (object.address() == 0) {
      throw new NativeCallException("Metal", message, 0, why);
    }
    return object;
  }

  private static IllegalStateException unexpected(Throwable e) {
    if (e instanceof NativeCallException refused) {
      throw refused;
    }
    // A downcall throws nothing of its own; what comes out is a bug in a signature.
    return new IllegalStateException("a message could not be sent", e);
  }
}
