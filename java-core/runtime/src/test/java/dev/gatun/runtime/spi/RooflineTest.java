package dev.gatun.runtime.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RooflineTest {
  @Test
  void theMedianIsTakenOfEachRate() {
    var a = new Roofline(1, 30, "int8");
    var b = new Roofline(3, 10, "int8");
    var c = new Roofline(2, 20, "int8");
    assertEquals(Optional.empty(), Roofline.median(List.of()));
    assertEquals(Optional.of(c), Roofline.median(List.of(a, b, c)));
    assertEquals(Optional.of(new Roofline(2, 20, "int8")), Roofline.median(List.of(a, b)));
  }
}
