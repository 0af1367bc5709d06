package dev.gatun.pipelines.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.Goldens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Boxes against OpenCV's and Clipper's; see ocr/README. */
class BoxFinderTest {
  private static float[] map(JsonNode runs) {
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < runs.size(); i += 2) {
      for (int k = 0; k < runs.get(i + 1).asInt(); k++) {
        values.add(runs.get(i).asInt() / 255f);
      }
    }
    float[] map = new float[values.size()];
    for (int i = 0; i < map.length; i++) {
      map[i] = values.get(i);
    }
    return map;
  }

  private static List<Point> points(JsonNode box) {
    List<Point> points = new ArrayList<>();
    box.forEach(point -> points.add(new Point(point.get(0).asDouble(), point.get(1).asDouble())));
    return points;
  }

  @Test
  void boxesAreThoseOfOpenCv() throws IOException {
    int count = 0;
    for (JsonNode golden : Goldens.json("ocr/boxes.json").path("cases")) {
      int[] size = Goldens.ints(golden.path("size"));
      int[] picture = Goldens.ints(golden.path("picture"));
      List<Quad> found =
          new BoxFinder(0.3f, 0.6)
              .find(map(golden.path("runs")), size[0], size[1], picture[0], picture[1]);
      List<Quad> expected = new ArrayList<>();
      golden.path("boxes").forEach(box -> expected.add(Quad.ordered(points(box))));
      assertEquals(expected.size(), found.size());
      for (Quad box : expected) {
        Quad nearest =
            found.stream()
                .min(Comparator.comparingDouble(other -> distance(box, other)))
                .orElseThrow();
        assertTrue(distance(box, nearest) <= 2, box + " is not among " + found);
        count++;
      }
    }
    assertTrue(count > 20, count + " boxes");
  }

  /** Largest distance of a corner of one from the nearest corner of the other. */
  private static double distance(Quad a, Quad b) {
    return a.points().stream()
        .mapToDouble(point -> b.points().stream().mapToDouble(point::distance).min().orElseThrow())
        .max()
        .orElseThrow();
  }

  @Test
  void boxesStandInReadingOrder() {
    float[] map = new float[128 * 128];
    int[][] areas = {{70, 12}, {10, 15}, {10, 60}, {70, 58}};
    for (int[] area : areas) {
      for (int y = area[1]; y < area[1] + 12; y++) {
        for (int x = area[0]; x < area[0] + 40; x++) {
          map[y * 128 + x] = 0.9f;
        }
      }
    }
    List<Quad> boxes = new BoxFinder(0.3f, 0.6).find(map, 128, 128, 128, 128);
    assertEquals(4, boxes.size());
    assertTrue(boxes.get(0).topLeft().x() < boxes.get(1).topLeft().x());
    assertTrue(boxes.get(1).bottomLeft().y() < boxes.get(2).topLeft().y());
    assertTrue(boxes.get(2).topLeft().x() < boxes.get(3).topLeft().x());
  }

  @Test
  void aMapOfNoiseGivesNoBox() {
    float[] map = new float[64 * 64];
    map[5] = Float.NaN;
    map[100] = 1;
    assertEquals(List.of(), new BoxFinder(0.3f, 0.6).find(map, 64, 64, 64, 64));
  }
}
