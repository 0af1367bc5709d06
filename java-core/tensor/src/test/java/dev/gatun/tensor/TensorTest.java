package dev.gatun.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void readsRows() {
    Tensor tensor = Tensor.ofFloats(Shape.of(2, 2, 3), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertEquals(4, tensor.rows());
    assertEquals(12, tensor.rowBytes());
    assertArrayEquals(new float[] {6, 7, 8}, tensor.row(2).toFloats());
    float[] dst = new float[4];
    tensor.decodeRow(3, dst, 1);
    assertArrayEquals(new float[] {0, 9, 10, 11}, dst);
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.row(4));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.decodeRow(-1, dst, 0));
  }

  @Test
  void scalarsAndEmptyTensorsHaveRows() {
    assertEquals(1, Tensor.ofFloats(Shape.of(), 5).rows());
    assertArrayEquals(new float[] {5}, Tensor.ofFloats(Shape.of(), 5).toFloats());
    assertEquals(0, Tensor.ofFloats(Shape.of(0, 4)).rows());
    assertArrayEquals(new float[0], Tensor.ofFloats(Shape.of(0, 4)).toFloats());
  }

  @Test
  void checksSizesAndBlocks() {
    MemorySegment block = MemorySegment.ofArray(new byte[18]);
    assertEquals(18, new Tensor(DType.Q4_0, Shape.of(1, 32), block).rowBytes());
    assertThrows(
        IllegalArgumentException.class, () -> new Tensor(DType.Q4_0, Shape.of(32, 1), block));
    assertThrows(
        IllegalArgumentException.class, () -> new Tensor(DType.Q4_0, Shape.of(2, 32), block));
    assertThrows(ArithmeticException.class, () -> Shape.of(1L << 32, 1L << 32));
  }
}
