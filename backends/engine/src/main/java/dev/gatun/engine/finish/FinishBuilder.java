package dev.gatun.engine.finish;

import dev.gatun.engine.finish.FinishPart.Curve;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes parts of elementwise nodes, as few as possible: factors, summands and bounds that follow
 * each other become one curve.
 */
final class FinishBuilder {
  private final int most;
  private final List<FinishPart> parts = new ArrayList<>();

  /**
   * @param most number of parts that kernels take
   */
  FinishBuilder(int most) {
    this.most = most;
  }

  List<FinishPart> parts() {
    return parts;
  }

  /**
   * Adds what a node does to x.
   *
   * @param numbers the value of a constant of one element
   * @return whether it could be added
   */
  boolean add(Node node, Value x, Function<Value, Optional<Float>> numbers) {
    List<FinishPart> before = List.copyOf(parts);
    boolean added = tryToAdd(node, x, numbers);
    if (added && parts.size() > most) {
      parts.clear();
      parts.addAll(before);
      return false;
    }
    return added;
  }

  private boolean tryToAdd(Node node, Value x, Function<Value, Optional<Float>> numbers) {
    return switch (node.op()) {
      // Not every kernel set has a logarithm of its own.
      case Unary(Unary.Function function) -> function != Unary.Function.LOG && unary(function);
      case Binary(Binary.Function function) -> {
        boolean reversed = node.input(1).id() == x.id();
        Optional<Float> number = numbers.apply(node.input(reversed ? 0 : 1));
        yield number.isPresent() && scalar(function, number.get(), reversed);
      }
      default -> false;
    };
  }

  /** Adds a function of x and another value; false when there are too many parts. */
  boolean other(Binary.Function function, boolean reversed, int other) {
    return parts.size() < most && parts.add(new FinishPart.Other(function, reversed, other));
  }

  /** Multiplies with what a chain makes of the same value; false when that is no part. */
  boolean gate(FinishBuilder chain) {
    if (chain.parts.size() != 1 || parts.size() >= most) {
      return false;
    }
    switch (chain.parts.getFirst()) {
      case FinishPart.Function(Unary.Function function) when function == Unary.Function.SIGMOID ->
          parts.add(new FinishPart.Function(Unary.Function.SILU));
      // (u f) y is u y f but for rounding.
      case Curve curve when !curve.gated() && isZero(curve.lastShift()) ->
          parts.add(
              new Curve(
                  curve.factor(),
                  curve.shift(),
                  curve.low(),
                  curve.high(),
                  true,
                  curve.lastFactor(),
                  -0f));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean unary(Unary.Function function) {
    switch (function) {
      case NEG -> multiply(-1);
      case RELU -> bound(0, Float.POSITIVE_INFINITY);
      default -> parts.add(new FinishPart.Function(function));
    }
    return true;
  }

  private boolean scalar(Binary.Function function, float value, boolean reversed) {
    boolean bound = function == Binary.Function.MAX || function == Binary.Function.MIN;
    if (Float.isNaN(value) || (Float.isInfinite(value) && !bound)) {
      return false;
    }
    switch (function) {
      case ADD -> shift(value);
      case SUB -> {
        if (reversed) {
          multiply(-1);
        }
        shift(reversed ? value : -value);
      }
      case MUL -> multiply(value);
      case DIV -> {
        if (reversed || value == 0 || Float.isInfinite(1 / value)) {
          return false;
        }
        multiply(1 / value);
      }
      case MAX -> bound(value, Float.POSITIVE_INFINITY);
      case MIN -> bound(Float.NEGATIVE_INFINITY, value);
      case POW -> {
        return false;
      }
    }
    return true;
  }

  /** The curve at the end, taken out; one that does nothing when there is none. */
  private Curve last() {
    return !parts.isEmpty() && parts.getLast() instanceof Curve
        ? (Curve) parts.removeLast()
        : Curve.NONE;
  }

  private static Curve affine(float factor, float shift) {
    return new Curve(
        factor, shift, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, false, 1, -0f);
  }

  private static boolean isZero(float shift) {
    return shift == 0;
  }

  private static boolean isBounded(Curve curve) {
    return curve.low() != Float.NEGATIVE_INFINITY || curve.high() != Float.POSITIVE_INFINITY;
  }

  /** Whether nothing follows the bounds. */
  private static boolean isOpen(Curve curve) {
    return curve.lastFactor() == 1 && isZero(curve.lastShift());
  }

  private void multiply(float value) {
    Curve c = last();
    boolean first = !c.gated() && !isBounded(c);
    float factor = first ? c.factor() * value : c.lastFactor() * value;
    float shift = first ? c.shift() * value : c.lastShift() * value;
    if (Float.isInfinite(factor) || Float.isInfinite(shift)) {
      parts.add(c);
      parts.add(affine(value, -0f));
    } else if (first) {
      parts.add(new Curve(factor, isZero(shift) ? -0f : shift, c.low(), c.high(), false, 1, -0f));
    } else {
      parts.add(
          new Curve(
              c.factor(),
              c.shift(),
              c.low(),
              c.high(),
              c.gated(),
              factor,
              isZero(shift) ? -0f : shift));
    }
  }

  private void shift(float value) {
    Curve c = last();
    boolean first = !c.gated() && !isBounded(c);
    if (first && isZero(c.shift())) {
      parts.add(new Curve(c.factor(), value, c.low(), c.high(), false, 1, -0f));
    } else if (!first && isZero(c.lastShift())) {
      parts.add(
          new Curve(c.factor(), c.shift(), c.low(), c.high(), c.gated(), c.lastFactor(), value));
    } else {
      parts.add(c);
      parts.add(affine(1, value));
    }
  }

  private void bound(float low, float high) {
    Curve c = last();
    float from = Math.max(c.low(), low);
    float to = Math.min(c.high(), high);
    // Of bounds in the other order, the one that comes last wins.
    if (!c.gated() && isOpen(c) && from <= to) {
      parts.add(new Curve(c.factor(), c.shift(), from, to, false, 1, -0f));
    } else {
      if (!c.equals(Curve.NONE)) {
        parts.add(c);
      }
      parts.add(new Curve(1, -0f, low, high, false, 1, -0f));
    }
  }
}
