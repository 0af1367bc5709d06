package dev.gatun.metal;

import dev.gatun.metal.generated.objc.objc_h;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code objc_msgSend} with the types of a message. It must be called as the method that it leads
 * to, so there is one downcall per signature, linked when first used.
 */
final class Message {
  /** {@code MTLSize}: three numbers of 64 bits, by value. */
  static final MemoryLayout SIZE =
      MemoryLayout.structLayout(
          ValueLayout.JAVA_LONG.withName("width"),
          ValueLayout.JAVA_LONG.withName("height"),
          ValueLayout.JAVA_LONG.withName("depth"));

  private static final ValueLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout NUMBER = ValueLayout.JAVA_LONG;

  private Message() {}

  /** Receiver, selector: a pointer. */
  static final class Pointer {
    static final MethodHandle SEND = link(POINTER);

    private Pointer() {}
  }

  /** Receiver, selector: a number. */
  static final class Count {
    static final MethodHandle SEND = link(NUMBER);

    private Count() {}
  }

  /** Receiver, selector: nothing. */
  static final class Nothing {
    static final MethodHandle SEND = linkVoid();

    private Nothing() {}
  }

  /** Receiver, selector, pointer: a pointer. */
  static final class PointerOfPointer {
    static final MethodHandle SEND = link(POINTER, POINTER);

    private PointerOfPointer() {}
  }

  /** Receiver, selector, two pointers: a pointer. */
  static final class PointerOfTwoPointers {
    static final MethodHandle SEND = link(POINTER, POINTER, POINTER);

    private PointerOfTwoPointers() {}
  }

  /** Receiver, selector, three pointers: a pointer. */
  static final class PointerOfThreePointers {
    static final MethodHandle SEND = link(POINTER, POINTER, POINTER, POINTER);

    private PointerOfThreePointers() {}
  }

  /** Receiver, selector, two numbers: a pointer. */
  static final class PointerOfTwoNumbers {
    static final MethodHandle SEND = link(POINTER, NUMBER, NUMBER);

    private PointerOfTwoNumbers() {}
  }

  /** Receiver, selector, pointer: nothing. */
  static final class NothingOfPointer {
    static final MethodHandle SEND = linkVoid(POINTER);

    private NothingOfPointer() {}
  }

  /** Receiver, selector, pointer, two numbers: nothing. */
  static final class NothingOfPointerAndTwoNumbers {
    static final MethodHandle SEND = linkVoid(POINTER, NUMBER, NUMBER);

    private NothingOfPointerAndTwoNumbers() {}
  }

  /** Receiver, selector, two sizes by value: nothing. */
  static final class NothingOfTwoSizes {
    static final MethodHandle SEND = linkVoid(SIZE, SIZE);

    private NothingOfTwoSizes() {}
  }

  private static MethodHandle link(MemoryLayout result, MemoryLayout... arguments) {
    return link(FunctionDescriptor.of(result, POINTER, POINTER).appendArgumentLayouts(arguments));
  }

  private static MethodHandle linkVoid(MemoryLayout... arguments) {
    return link(FunctionDescriptor.ofVoid(POINTER, POINTER).appendArgumentLayouts(arguments));
  }

  private static MethodHandle link(FunctionDescriptor signature) {
    return Linker.nativeLinker().downcallHandle(objc_h.objc_msgSend$address(), signature);
  }
}
