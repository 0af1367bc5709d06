package dev.gatun.formats.gguf;

/** The types of metadata values in a GGUF file. */
public enum GgufType {
  U8(0, 1, "u8"),
  I8(1, 1, "i8"),
  U16(2, 2, "u16"),
  I16(3, 2, "i16"),
  U32(4, 4, "u32"),
  I32(5, 4, "i32"),
  F32(6, 4, "f32"),
  BOOL(7, 1, "bool"),
  STRING(8, 0, "string"),
  ARRAY(9, 0, "array"),
  U64(10, 8, "u64"),
  I64(11, 8, "i64"),
  F64(12, 8, "f64");

  private static final GgufType[] ALL = values();

  private final int number;
  private final int size;
  private final String label;

  GgufType(int number, int size, String label) {
    this.number = number;
    this.size = size;
    this.label = label;
  }

  /** The type with this number, or null. */
  static GgufType of(int number) {
    for (GgufType type : ALL) {
      if (type.number == number) {
        return type;
      }
    }
    return null;
  }

  /** The number that stands for the type in a file. */
  int number() {
    return number;
  }

  /** Bytes of a value; 0 for strings and arrays, whose size varies. */
  int size() {
    return size;
  }

  boolean isInteger() {
    return size > 0 && !isFloating() && this != BOOL;
  }

  boolean isFloating() {
    return this == F32 || this == F64;
  }

  @Override
  public String toString() {
    return label;
  }
}
