package dev.gatun.pipelines.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Goldens;
import dev.gatun.pipelines.image.Picture;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Cut-out parts against OpenCV's, which looks up places at 32nds of a pixel; see ocr/README. */
class StraighteningTest {
  @Test
  void partsAreThoseOfOpenCv() throws IOException {
    JsonNode golden = Goldens.json("ocr/straight.json");
    int[] size = Goldens.ints(golden.path("size"));
    Picture picture = new Picture(size[0], size[1], Goldens.ints(golden.path("pixels")));
    for (JsonNode each : golden.path("cases")) {
      JsonNode box = each.path("box");
      Quad quad = new Quad(point(box, 0), point(box, 1), point(box, 2), point(box, 3));
      Picture part = Straightening.cut(picture, quad);
      assertEquals(each.at("/size/0").asInt(), part.width());
      assertEquals(each.at("/size/1").asInt(), part.height());
      int[] expected = Goldens.ints(each.path("pixels"));
      long sum = 0;
      for (int i = 0; i < expected.length; i++) {
        for (int shift = 16; shift >= 0; shift -= 8) {
          int difference =
              Math.abs(((expected[i] >> shift) & 255) - ((part.rgb()[i] >> shift) & 255));
          assertTrue(difference <= 6, box + " at " + i + ": " + difference);
          sum += difference;
        }
      }
      assertTrue(sum < 1.5 * expected.length, box + ": " + sum);
    }
  }

  private static Point point(JsonNode box, int i) {
    return new Point(box.get(i).get(0).asDouble(), box.get(i).get(1).asDouble());
  }
}
