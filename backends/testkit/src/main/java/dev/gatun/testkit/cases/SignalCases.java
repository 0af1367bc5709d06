package dev.gatun.testkit.cases;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.AffineGrid;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Dft;
import dev.gatun.graph.op.Stft;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.testkit.Bound;
import dev.gatun.testkit.ConformanceCase;
import dev.gatun.testkit.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Fourier transforms, and grids for sampling: lengths of all kinds, every axis, both directions.
 */
final class SignalCases {
  /**
   * A bin is a sum of at most 67 normal values, of size 10. The bound leaves room for lengths that
   * are no powers of two as convolutions in single precision (Bluestein), whose sums are longer.
   */
  private static final Bound SUMS = Bound.relative(2e-5, 1e-3);

  private SignalCases() {}

  static Stream<ConformanceCase> all() {
    return Stream.of(
        ElementwiseCases.of("DFT/lengths", SignalCases::lengths),
        ElementwiseCases.of("DFT/axes", SignalCases::axes),
        ElementwiseCases.of("DFT/cut and filled", SignalCases::cutAndFilled),
        ElementwiseCases.of("STFT/frames", SignalCases::frames),
        ElementwiseCases.of("STFT/complex", SignalCases::complex),
        ElementwiseCases.of("AffineGrid/planes and volumes", SignalCases::grids));
  }

  private static List<Dim> dims(long... sizes) {
    return Arrays.stream(sizes).<Dim>mapToObj(Dim::of).toList();
  }

  private static Value number(Sketch sketch, String name, long number) {
    return sketch.constant(name, new Array(DType.I64, Shape.of(), number));
  }

  /** Powers of two, primes, and one number. */
  private static Scenario lengths(String name) {
    Sketch sketch = new Sketch(name);
    for (long n : new long[] {1, 2, 7, 16, 30, 67}) {
      Value real = sketch.normal("real" + n, 3, n, 1);
      Value complex = sketch.normal("complex" + n, 2, n, 2);
      Value axis = number(sketch, "axis" + n, 1);
      List<Dim> half = dims(3, n / 2 + 1, 2);
      sketch.output("half" + n, new Dft(false, true, half), real, Value.ABSENT, axis);
      List<Dim> whole = dims(3, n, 2);
      sketch.output("whole" + n, new Dft(false, false, whole), real, Value.ABSENT, axis);
      for (boolean inverse : List.of(false, true)) {
        Dft op = new Dft(inverse, false, dims(2, n, 2));
        sketch.output("complex" + n + inverse, op, complex, Value.ABSENT, axis);
      }
    }
    return sketch.scenario(SUMS);
  }

  private static Scenario axes(String name) {
    Sketch sketch = new Sketch(name);
    Value real = sketch.normal("real", 5, 4, 9, 1);
    Value complex = sketch.normal("complex", 5, 4, 9, 2);
    for (int axis = 0; axis < 3; axis++) {
      long[] half = {5, 4, 9, 2};
      half[axis] = half[axis] / 2 + 1;
      Value along = number(sketch, "axis" + axis, axis);
      sketch.output("half" + axis, new Dft(false, true, dims(half)), real, Value.ABSENT, along);
      Value back = number(sketch, "back" + axis, axis - 4);
      Dft inverse = new Dft(true, false, dims(5, 4, 9, 2));
      sketch.output("inverse" + axis, inverse, complex, Value.ABSENT, back);
    }
    sketch.output(
        "usual", new Dft(false, false, dims(5, 4, 9, 2)), complex, Value.ABSENT, Value.ABSENT);
    return sketch.scenario(SUMS);
  }

  /** Fewer numbers than there are, and more, which are 0. */
  private static Scenario cutAndFilled(String name) {
    Sketch sketch = new Sketch(name);
    Value x = sketch.normal("x", 2, 11, 3, 2);
    Value axis = number(sketch, "axis", 1);
    for (long n : new long[] {1, 8, 20}) {
      Value length = number(sketch, "length" + n, n);
      for (boolean inverse : List.of(false, true)) {
        Dft op = new Dft(inverse, false, dims(2, n, 3, 2));
        sketch.output("y" + n + inverse, op, x, length, axis);
      }
    }
    return sketch.scenario(SUMS);
  }

  /** With and without a window and a length, steps that divide the signal and that do not. */
  private static Scenario frames(String name) {
    Sketch sketch = new Sketch(name);
    Value real = sketch.normal("real", 2, 37, 1);
    Value window = sketch.constant("window", sketch.data().uniform(0, 1, 16));
    Value sixteen = number(sketch, "sixteen", 16);
    for (long step : new long[] {1, 7, 40}) {
      long frames = 1 + (37 - 16) / step;
      Value each = number(sketch, "step" + step, step);
      Stft half = new Stft(true, dims(2, frames, 9, 2));
      sketch.output("windowed" + step, half, real, each, window, sixteen);
      sketch.output("plain" + step, half, real, each, Value.ABSENT, sixteen);
      Stft whole = new Stft(false, dims(2, frames, 16, 2));
      sketch.output("whole" + step, whole, real, each, window, Value.ABSENT);
    }
    Value five = number(sketch, "five", 5);
    Value all = number(sketch, "all", 37);
    sketch.output("line", new Stft(true, dims(2, 1, 19, 2)), real, five, Value.ABSENT, all);
    return sketch.scenario(SUMS);
  }

  private static Scenario complex(String name) {
    Sketch sketch = new Sketch(name);
    Value signal = sketch.normal("signal", 2, 29, 2);
    Value window = sketch.constant("window", sketch.data().uniform(0, 1, 12));
    Value step = number(sketch, "step", 3);
    Value twelve = number(sketch, "twelve", 12);
    Stft op = new Stft(false, dims(2, 6, 12, 2));
    sketch.output("windowed", op, signal, step, window, Value.ABSENT);
    sketch.output("plain", op, signal, step, Value.ABSENT, twelve);
    return sketch.scenario(SUMS);
  }

  /** One element between corners is left out: frameworks disagree about where it lies. */
  private static Scenario grids(String name) {
    Sketch sketch = new Sketch(name);
    Value plane = sketch.normal("plane", 2, 2, 3);
    Value volume = sketch.normal("volume", 2, 3, 4);
    Value line = sketch.constant("line", longs(2, 3, 5, 1));
    Value size = sketch.constant("size", longs(2, 3, 5, 7));
    Value sizes = sketch.constant("sizes", longs(2, 1, 3, 4, 6));
    sketch.output("line", new AffineGrid(false, dims(2, 5, 1, 2)), plane, line);
    for (boolean corners : List.of(false, true)) {
      sketch.output("plane" + corners, new AffineGrid(corners, dims(2, 5, 7, 2)), plane, size);
      AffineGrid op = new AffineGrid(corners, dims(2, 3, 4, 6, 3));
      sketch.output("volume" + corners, op, volume, sizes);
    }
    return sketch.scenario(Bound.relative(2e-6, 2e-6));
  }

  private static Array longs(long... numbers) {
    double[] values = Arrays.stream(numbers).asDoubleStream().toArray();
    return new Array(DType.I64, Shape.of((long) numbers.length), values);
  }
}
