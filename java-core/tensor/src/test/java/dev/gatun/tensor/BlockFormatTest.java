package dev.gatun.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BlockFormatTest {
  private static final Set<DType> PLAIN_WITHOUT_GOLDEN =
      EnumSet.of(
          DType.F64,
          DType.F32,
          DType.I8,
          DType.I16,
          DType.I32,
          DType.I64,
          DType.U8,
          DType.U16,
          DType.U32,
          DType.U64,
          DType.BOOL,
          DType.STRING,
          DType.Q8_1);

  static Stream<Goldens.Sum> decodeSums() {
    return Goldens.sums().stream().filter(s -> s.operation().equals("decode"));
  }

  static Stream<Goldens.Sum> encodeSums() {
    return Goldens.sums().stream().filter(s -> s.operation().equals("encode"));
  }

  @Test
  void everyTypeHasGoldenOrPlainTest() {
    Set<DType> golden = decodeSums().map(Goldens.Sum::dtype).collect(Collectors.toSet());
    Set<DType> expected = EnumSet.allOf(DType.class);
    expected.removeAll(PLAIN_WITHOUT_GOLDEN);
    assertEquals(expected, golden);
  }

  @ParameterizedTest
  @MethodSource("decodeSums")
  void decodesGoldenBlocks(Goldens.Sum sum) {
    DType dtype = sum.dtype();
    byte[] golden = Goldens.gunzip(dtype + ".decode.gz");
    int blocks = golden.length / (dtype.blockBytes() + 4 * dtype.blockElements());
    int size = blocks * dtype.blockBytes();
    float[] expected = Goldens.floats(Arrays.copyOfRange(golden, size, golden.length));
    float[] actual = new float[expected.length];
    BlockFormat.of(dtype).decode(golden, 0, actual, 0, actual.length);
    for (int i = 0; i < actual.length; i++) {
      assertEquals(
          Float.floatToIntBits(expected[i]),
          Float.floatToIntBits(actual[i]),
          dtype + "[" + i + "]: " + expected[i] + " != " + actual[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("decodeSums")
  void decodesRandomBlocksAsGgml(Goldens.Sum sum) {
    DType dtype = sum.dtype();
    byte[] blocks = Goldens.stream(sum.seed(), sum.blocks() * dtype.blockBytes());
    float[] values = new float[sum.blocks() * dtype.blockElements()];
    BlockFormat.of(dtype).decode(blocks, 0, values, 0, values.length);
    assertEquals(sum.sha256(), Goldens.sha256(Goldens.bytes(values)));

    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(blocks.length + 3L);
      MemorySegment.copy(MemorySegment.ofArray(blocks), 0, segment, 3, blocks.length);
      float[] shifted = new float[values.length + 5];
      BlockFormat.of(dtype).decode(segment, 3, shifted, 5, values.length);
      assertArrayEquals(values, Arrays.copyOfRange(shifted, 5, shifted.length));
      assertArrayEquals(new float[5], Arrays.copyOf(shifted, 5));
    }
  }

  @ParameterizedTest
  @MethodSource("encodeSums")
  void encodesRandomRowsAsGgml(Goldens.Sum sum) {
    DType dtype = sum.dtype();
    float[] values = Goldens.finiteFloats(sum.seed(), sum.blocks() * dtype.blockElements());
    assertEquals(sum.sha256(), Goldens.sha256(encode(dtype, values)));
  }

  @ParameterizedTest
  @MethodSource("encodeSums")
  void encodesEdgeRowsAsGgml(Goldens.Sum sum) {
    DType dtype = sum.dtype();
    float[] values = Goldens.floats(Goldens.gunzip("edges.gz"));
    byte[] expected = Goldens.gunzip(dtype + ".encode.gz");
    byte[] actual = encode(dtype, values);
    int bytes = dtype.blockBytes();
    for (int block = 0; block < expected.length / bytes; block++) {
      assertArrayEquals(
          Arrays.copyOfRange(expected, block * bytes, (block + 1) * bytes),
          Arrays.copyOfRange(actual, block * bytes, (block + 1) * bytes),
          dtype + " block " + block);
    }
    assertEquals(expected.length, actual.length);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STRING")
  void refusesRangesOutsideEitherSide(DType dtype) {
    BlockFormat format = BlockFormat.of(dtype);
    int elements = dtype.blockElements();
    MemorySegment src = MemorySegment.ofArray(new byte[2 * dtype.blockBytes()]);
    float[] dst = new float[2 * elements];
    format.decode(src, 0, dst, 0, 2 * elements);
    format.decode(src, src.byteSize(), dst, dst.length, 0);
    assertThrows(
        IndexOutOfBoundsException.class, () -> format.decode(src, 1, dst, 0, 2 * elements));
    assertThrows(IndexOutOfBoundsException.class, () -> format.decode(src, -1, dst, 0, elements));
    assertThrows(
        IndexOutOfBoundsException.class, () -> format.decode(src, 0, dst, 1, 2 * elements));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> format.decode(new byte[dtype.blockBytes()], 1, dst, 0, elements));
    if (elements > 1) {
      assertThrows(
          IllegalArgumentException.class, () -> format.decode(src, 0, dst, 0, elements - 1));
    }
  }

  @Test
  void convertsPlainTypes() {
    assertArrayEquals(new float[] {-1, 127}, decode(DType.I8, -1, 127));
    assertArrayEquals(new float[] {255, 127}, decode(DType.U8, -1, 127));
    assertArrayEquals(new float[] {1, 0, 1}, decode(DType.BOOL, 1, 0, 7));
    assertArrayEquals(new float[] {-2, 0x1234}, decode(DType.I16, -2, -1, 0x34, 0x12));
    assertArrayEquals(new float[] {65534}, decode(DType.U16, -2, -1));
    assertArrayEquals(new float[] {-2}, decode(DType.I32, -2, -1, -1, -1));
    assertArrayEquals(new float[] {0x1p32f}, decode(DType.U32, -2, -1, -1, -1));
    assertArrayEquals(new float[] {-2}, decode(DType.I64, -2, -1, -1, -1, -1, -1, -1, -1));
    assertArrayEquals(new float[] {0x1p64f}, decode(DType.U64, -2, -1, -1, -1, -1, -1, -1, -1));
    assertArrayEquals(new float[] {-1.5f}, decode(DType.F32, 0, 0, 0xc0, 0xbf));
    assertArrayEquals(new float[] {-1.5f}, decode(DType.F64, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf));
  }

  /** 2^63 + 2^39 lies halfway between two floats; anything more must round up. */
  @Test
  void roundsUnsignedLongsOnce() {
    assertArrayEquals(new float[] {0x1p63f}, decode(DType.U64, 0, 0, 0, 0, 0x80, 0, 0, 0x80));
    assertArrayEquals(
        new float[] {0x1.000002p63f}, decode(DType.U64, 1, 0, 0, 0, 0x80, 0, 0, 0x80));
  }

  @Test
  void q81IgnoresItsSum() {
    byte[] block = new byte[36];
    Bytes.putHalf(block, 0, 0.5f);
    Bytes.putHalf(block, 2, 99);
    block[4] = -128;
    block[35] = 3;
    float[] values = new float[32];
    BlockFormat.of(DType.Q8_1).decode(block, 0, values, 0, 32);
    assertEquals(-64f, values[0]);
    assertEquals(1.5f, values[31]);
  }

  @Test
  void encodersRefuseNonFiniteBlocks() {
    for (DType dtype : new DType[] {DType.Q4_0, DType.Q4_1, DType.Q5_0, DType.Q5_1, DType.Q8_0}) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] values = new float[64];
        values[40] = bad;
        Exception e = assertThrows(IllegalArgumentException.class, () -> encode(dtype, values));
        assertTrue(e.getMessage().contains("element 40"), e.getMessage());
      }
    }
    assertArrayEquals(
        new float[] {Float.NaN, Float.POSITIVE_INFINITY},
        roundTrip(DType.BF16, Float.intBitsToFloat(0x7f800001), Float.POSITIVE_INFINITY));
  }

  @Test
  void plainFloatsRoundTrip() {
    float[] values = {0, -0f, 1.5f, -65504, 0x1p-14f};
    for (DType dtype : new DType[] {DType.F64, DType.F32, DType.F16}) {
      assertArrayEquals(values, roundTrip(dtype, values));
    }
    assertEquals(-65536f, roundTrip(DType.BF16, -65504)[0]);
  }

  @Test
  void saysWhatItCannotDo() {
    assertFalse(BlockFormat.of(DType.Q4_K).canEncode());
    assertThrows(UnsupportedOperationException.class, () -> encode(DType.Q4_K, new float[256]));
    assertThrows(IllegalArgumentException.class, () -> BlockFormat.of(DType.STRING));
  }

  private static float[] decode(DType dtype, int... bytes) {
    byte[] data = new byte[bytes.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) bytes[i];
    }
    int count = data.length / dtype.blockBytes();
    return new Tensor(dtype, Shape.of(count), MemorySegment.ofArray(data)).toFloats();
  }

  private static byte[] encode(DType dtype, float[] values) {
    byte[] out = new byte[(int) dtype.byteSize(values.length)];
    BlockFormat.of(dtype).encode(values, 0, MemorySegment.ofArray(out), 0, values.length);
    byte[] shifted = new byte[out.length + 7];
    BlockFormat.of(dtype).encode(values, 0, shifted, 7, values.length);
    assertArrayEquals(out, Arrays.copyOfRange(shifted, 7, shifted.length));
    return out;
  }

  private static float[] roundTrip(DType dtype, float... values) {
    float[] back = new float[values.length];
    BlockFormat.of(dtype).decode(encode(dtype, values), 0, back, 0, back.length);
    return back;
  }
}
