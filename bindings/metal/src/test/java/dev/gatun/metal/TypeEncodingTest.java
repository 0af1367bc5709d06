package dev.gatun.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TypeEncodingTest {
  @Test
  void offsetsQualifiersAndNamesCountForNothing() {
    assertEquals(
        List.of("pointer", "pointer", "pointer", "long", "long"),
        TypeEncoding.types("@32@0:8Q16Q24"));
    assertEquals(
        List.of("void", "pointer", "pointer", "{long,long,long}", "{long,long,long}"),
        TypeEncoding.types("v64@0:8{MTLSize=QQQ}16{?=QQQ}40"));
    assertEquals(
        List.of("pointer", "pointer", "pointer", "pointer", "pointer"),
        TypeEncoding.types("@\"<MTLLibrary>\"32@0:8r*16^@24"));
    assertEquals(
        List.of("void", "pointer", "pointer", "pointer", "pointer"),
        TypeEncoding.types("v32@0:8@?16^{__IOSurface=}24"));
    assertEquals(List.of("byte", "pointer", "pointer", "byte"), TypeEncoding.types("B20@0:8c16"));
    assertEquals(List.of("double", "pointer", "pointer"), TypeEncoding.types("d16@0:8"));
  }

  @Test
  void callsAreInTheSameWords() {
    assertEquals(
        TypeEncoding.types("v56@0:8@16{_NSRange=QQ}24C40"), TypeEncoding.types(Message.Fill.TYPES));
    assertEquals(
        TypeEncoding.types("@48@0:8^v16Q24Q32@?40"),
        TypeEncoding.types(Message.PointerOfBytes.TYPES));
    assertEquals(TypeEncoding.types("{?=QQQ}16@0:8"), TypeEncoding.types(Message.Size.TYPES));
  }

  @Test
  void whatNoMessageHasIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> TypeEncoding.types("f16@0:8"));
    assertThrows(IllegalArgumentException.class, () -> TypeEncoding.types("@16@0:8r"));
  }
}
