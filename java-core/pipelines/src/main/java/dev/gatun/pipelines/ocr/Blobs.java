package dev.gatun.pipelines.ocr;

import java.util.ArrayList;
import java.util.List;

/** Connected areas of a map, found by filling; pixels that touch at a corner are connected. */
final class Blobs {
  private Blobs() {}

  /**
   * Border pixels of each area whose values exceed the threshold, in the order of their first
   * pixels.
   *
   * @param map values row by row
   * @param most areas beyond this number are left out
   */
  static List<List<Point>> of(float[] map, int width, int height, float threshold, int most) {
    boolean[] seen = new boolean[map.length];
    int[] stack = new int[map.length];
    List<List<Point>> blobs = new ArrayList<>();
    for (int i = 0; i < map.length && blobs.size() < most; i++) {
      if (seen[i] || !(map[i] > threshold)) {
        continue;
      }
      List<Point> border = new ArrayList<>();
      int depth = 0;
      stack[depth++] = i;
      seen[i] = true;
      while (depth > 0) {
        int at = stack[--depth];
        int x = at % width;
        int y = at / width;
        boolean inner = x > 0 && y > 0 && x < width - 1 && y < height - 1;
        for (int dy = Math.max(0, y - 1); dy <= Math.min(height - 1, y + 1); dy++) {
          for (int dx = Math.max(0, x - 1); dx <= Math.min(width - 1, x + 1); dx++) {
            int next = dy * width + dx;
            if (!(map[next] > threshold)) {
              inner = false;
            } else if (!seen[next]) {
              seen[next] = true;
              stack[depth++] = next;
            }
          }
        }
        if (!inner) {
          border.add(new Point(x, y));
        }
      }
      blobs.add(border);
    }
    return blobs;
  }
}
