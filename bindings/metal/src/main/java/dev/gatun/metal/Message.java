package dev.gatun.metal;

import dev.gatun.metal.generated.objc.objc_h;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code objc_msgSend} with the types of a message. It must be called as the method that it leads
 * to, so there is one downcall per signature, linked when first used. {@code TYPES} are those of
 * the method, receiver and selector first.
 */
final class Message {
  /** {@code MTLSize}: three numbers of 64 bits, by value. */
  static final StructLayout SIZE =
      MemoryLayout.structLayout(
          ValueLayout.JAVA_LONG.withName("width"),
          ValueLayout.JAVA_LONG.withName("height"),
          ValueLayout.JAVA_LONG.withName("depth"));

  /** {@code NSRange}: two numbers of 64 bits, by value. */
  static final StructLayout RANGE =
      MemoryLayout.structLayout(
          ValueLayout.JAVA_LONG.withName("location"), ValueLayout.JAVA_LONG.withName("length"));

  private static final ValueLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout NUMBER = ValueLayout.JAVA_LONG;

  /** {@code BOOL} and {@code uint8_t}. */
  private static final ValueLayout BYTE = ValueLayout.JAVA_BYTE;

  /** Whether a structure of more than 16 bytes returns by a function of its own. */
  private static final boolean X86_64 = System.getProperty("os.arch").matches("x86_64|amd64");

  private Message() {}

  /** Receiver, selector: a pointer. */
  static final class Pointer {
    static final FunctionDescriptor TYPES = returns(POINTER);
    static final MethodHandle SEND = link(TYPES);

    private Pointer() {}
  }

  /** Receiver, selector: a number. */
  static final class Count {
    static final FunctionDescriptor TYPES = returns(NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private Count() {}
  }

  /** Receiver, selector: yes or no. */
  static final class Flag {
    static final FunctionDescriptor TYPES = returns(BYTE);
    static final MethodHandle SEND = link(TYPES);

    private Flag() {}
  }

  /** Receiver, selector, number: yes or no. */
  static final class FlagOfNumber {
    static final FunctionDescriptor TYPES = returns(BYTE, NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private FlagOfNumber() {}
  }

  /** Receiver, selector: a float of 64 bits. */
  static final class Real {
    static final FunctionDescriptor TYPES = returns(ValueLayout.JAVA_DOUBLE);
    static final MethodHandle SEND = link(TYPES);

    private Real() {}
  }

  /** Receiver, selector: a size, by value. */
  static final class Size {
    static final FunctionDescriptor TYPES = returns(SIZE);
    static final MethodHandle SEND =
        link(X86_64 ? objc_h.objc_msgSend_stret$address() : objc_h.objc_msgSend$address(), TYPES);

    private Size() {}
  }

  /** Receiver, selector: nothing. */
  static final class Nothing {
    static final FunctionDescriptor TYPES = nothing();
    static final MethodHandle SEND = link(TYPES);

    private Nothing() {}
  }

  /** Receiver, selector, pointer: a pointer. */
  static final class PointerOfPointer {
    static final FunctionDescriptor TYPES = returns(POINTER, POINTER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfPointer() {}
  }

  /** Receiver, selector, two pointers: a pointer. */
  static final class PointerOfTwoPointers {
    static final FunctionDescriptor TYPES = returns(POINTER, POINTER, POINTER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfTwoPointers() {}
  }

  /** Receiver, selector, three pointers: a pointer. */
  static final class PointerOfThreePointers {
    static final FunctionDescriptor TYPES = returns(POINTER, POINTER, POINTER, POINTER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfThreePointers() {}
  }

  /** Receiver, selector, number: a pointer. */
  static final class PointerOfNumber {
    static final FunctionDescriptor TYPES = returns(POINTER, NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfNumber() {}
  }

  /** Receiver, selector, two numbers: a pointer. */
  static final class PointerOfTwoNumbers {
    static final FunctionDescriptor TYPES = returns(POINTER, NUMBER, NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfTwoNumbers() {}
  }

  /** Receiver, selector, pointer, two numbers: a pointer. */
  static final class PointerOfPointerAndTwoNumbers {
    static final FunctionDescriptor TYPES = returns(POINTER, POINTER, NUMBER, NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfPointerAndTwoNumbers() {}
  }

  /** Receiver, selector, pointer, number, two pointers: a pointer. */
  static final class PointerOfDescriptor {
    static final FunctionDescriptor TYPES = returns(POINTER, POINTER, NUMBER, POINTER, POINTER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfDescriptor() {}
  }

  /** Receiver, selector, pointer, two numbers, pointer: a pointer. */
  static final class PointerOfBytes {
    static final FunctionDescriptor TYPES = returns(POINTER, POINTER, NUMBER, NUMBER, POINTER);
    static final MethodHandle SEND = link(TYPES);

    private PointerOfBytes() {}
  }

  /** Receiver, selector, yes or no: nothing. */
  static final class NothingOfFlag {
    static final FunctionDescriptor TYPES = nothing(BYTE);
    static final MethodHandle SEND = link(TYPES);

    private NothingOfFlag() {}
  }

  /** Receiver, selector, number: nothing. */
  static final class NothingOfNumber {
    static final FunctionDescriptor TYPES = nothing(NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private NothingOfNumber() {}
  }

  /** Receiver, selector, pointer: nothing. */
  static final class NothingOfPointer {
    static final FunctionDescriptor TYPES = nothing(POINTER);
    static final MethodHandle SEND = link(TYPES);

    private NothingOfPointer() {}
  }

  /** Receiver, selector, pointer, two numbers: nothing. */
  static final class NothingOfPointerAndTwoNumbers {
    static final FunctionDescriptor TYPES = nothing(POINTER, NUMBER, NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private NothingOfPointerAndTwoNumbers() {}
  }

  /** Receiver, selector, two sizes by value: nothing. */
  static final class NothingOfTwoSizes {
    static final FunctionDescriptor TYPES = nothing(SIZE, SIZE);
    static final MethodHandle SEND = link(TYPES);

    private NothingOfTwoSizes() {}
  }

  /** Receiver, selector, pointer, number, pointer, two numbers: nothing. */
  static final class Copy {
    static final FunctionDescriptor TYPES = nothing(POINTER, NUMBER, POINTER, NUMBER, NUMBER);
    static final MethodHandle SEND = link(TYPES);

    private Copy() {}
  }

  /** Receiver, selector, pointer, range by value: nothing. */
  static final class NothingOfPointerAndRange {
    static final FunctionDescriptor TYPES = nothing(POINTER, RANGE);
    static final MethodHandle SEND = link(TYPES);

    private NothingOfPointerAndRange() {}
  }

  /** Receiver, selector, pointer, range by value, byte: nothing. */
  static final class Fill {
    static final FunctionDescriptor TYPES = nothing(POINTER, RANGE, BYTE);
    static final MethodHandle SEND = link(TYPES);

    private Fill() {}
  }

  private static FunctionDescriptor returns(MemoryLayout result, MemoryLayout... arguments) {
    return FunctionDescriptor.of(result, POINTER, POINTER).appendArgumentLayouts(arguments);
  }

  private static FunctionDescriptor nothing(MemoryLayout... arguments) {
    return FunctionDescriptor.ofVoid(POINTER, POINTER).appendArgumentLayouts(arguments);
  }

  private static MethodHandle link(FunctionDescriptor types) {
    return link(objc_h.objc_msgSend$address(), types);
  }

  private static MethodHandle link(MemorySegment function, FunctionDescriptor types) {
    return Linker.nativeLinker().downcallHandle(function, types);
  }
}
